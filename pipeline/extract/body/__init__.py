"""The body of an article: which of the page's text blocks it is made of."""

from pipeline.extract.body.body import Body, read_body
from pipeline.extract.body.hints import Hints, make_hints

__all__ = ["Body", "Hints", "make_hints", "read_body"]
