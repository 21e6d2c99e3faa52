"""The tasks of the guarded child that read feeds and look for them: bytes in, bytes out."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial

from pipeline.codec import from_msgpack, to_msgpack
from pipeline.feeds import FoundFeed, discover, parse_feed, sitemaps
from pipeline.models import Page, Value
from pipeline.policies import PollPolicy

Task = Callable[[bytes], bytes]


class FeedSetup(Value, frozen=True, kw_only=True):
    """The settings that reading feeds depends on."""

    poll: PollPolicy


class FoundFeeds(Value, frozen=True, kw_only=True):
    """What was found, surest first."""

    feeds: tuple[FoundFeed, ...]


def init(payload: bytes) -> Mapping[str, Task]:
    """Return the tasks by name for a FeedSetup: a child that reads nothing but feeds is quick to start."""
    return feed_tasks(from_msgpack(payload, FeedSetup).poll)


def feed_tasks(policy: PollPolicy) -> Mapping[str, Task]:
    """Return the tasks by name."""
    return {"feed": partial(feed, policy), "discover": discovered, "sitemaps": named_sitemaps}


def feed(policy: PollPolicy, payload: bytes) -> bytes:
    """Return the ParsedFeed of a Page. Raises FeedUnreadable."""
    return to_msgpack(parse_feed(from_msgpack(payload, Page), policy))


def discovered(payload: bytes) -> bytes:
    """Return the FoundFeeds of a Page: itself when it is a feed, else those that it names."""
    return to_msgpack(FoundFeeds(feeds=discover(from_msgpack(payload, Page))))


def named_sitemaps(payload: bytes) -> bytes:
    """Return the FoundFeeds of a robots.txt."""
    robots = from_msgpack(payload, Page)
    return to_msgpack(FoundFeeds(feeds=sitemaps(robots.body.decode("utf-8", "replace"), robots.url)))
