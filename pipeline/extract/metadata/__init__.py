"""The metadata of an article: every field from the best source on the page that has it."""
