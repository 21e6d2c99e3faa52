"""Polling: from a feed that is due to accepted URLs; with its sitemaps, its moves and its hub."""
