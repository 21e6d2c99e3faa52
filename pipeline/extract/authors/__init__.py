"""The authors of an article: the byline, the names in it, the words around them."""
