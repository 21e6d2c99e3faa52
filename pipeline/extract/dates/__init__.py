"""The dates of an article: what each source states, read with precision and zone."""
