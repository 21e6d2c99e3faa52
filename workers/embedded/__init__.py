"""The Redis of `wiredesk run`: a server program of its own for one directory."""
