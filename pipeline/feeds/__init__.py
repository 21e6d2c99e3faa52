"""Feeds: what they say, where they are, and when to ask them again. Pure: no socket, clock or dice."""

from pipeline.feeds.discover import FoundFeed, discover, sitemaps, well_known
from pipeline.feeds.explain import describe, explain, silence
from pipeline.feeds.opml import read_feed_list, read_lines, read_opml, write_opml
from pipeline.feeds.parse import parse_feed
from pipeline.feeds.schedule import next_poll
from pipeline.feeds.validators import is_unchanged, request_validators

__all__ = [
    "FoundFeed",
    "describe",
    "discover",
    "explain",
    "is_unchanged",
    "next_poll",
    "parse_feed",
    "read_feed_list",
    "read_lines",
    "read_opml",
    "request_validators",
    "silence",
    "sitemaps",
    "well_known",
    "write_opml",
]
