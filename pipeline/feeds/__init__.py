"""Feeds: what they say, and when to ask them again. Pure: no socket, clock or dice."""

from pipeline.feeds.parse import parse_feed

__all__ = ["parse_feed"]
