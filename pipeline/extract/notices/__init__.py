"""What an article says about its own origin: rules, and what they find in HTML and in text."""
