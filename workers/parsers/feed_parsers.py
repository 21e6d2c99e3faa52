"""Reading and finding feeds in the guarded child, with values in and out."""

from __future__ import annotations

from pipeline.codec import from_msgpack, to_msgpack
from pipeline.feeds import FoundFeed
from pipeline.models import Page, ParsedFeed
from pipeline.policies import Settings
from workers.guard.guard import Guard
from workers.parsers.feed_tasks import FeedSetup, FoundFeeds


class FeedParsers:
    """The part of the guarded child that knows feeds."""

    def __init__(self, guard: Guard) -> None:
        self.guard = guard

    @classmethod
    def alone(cls, settings: Settings) -> FeedParsers:
        """Return parsers with a child of their own that knows nothing but feeds."""
        return cls(
            Guard("workers.parsers.feed_tasks:init", to_msgpack(FeedSetup(poll=settings.poll)), settings.extract)
        )

    def feed(self, page: Page) -> ParsedFeed:
        """Return the entries of a feed. Raises FeedUnreadable, GuardKilled."""
        return from_msgpack(self.guard.call("feed", to_msgpack(page)), ParsedFeed)

    def discover(self, page: Page) -> tuple[FoundFeed, ...]:
        """Return the feeds that a page is or names. Raises GuardKilled."""
        return from_msgpack(self.guard.call("discover", to_msgpack(page)), FoundFeeds).feeds

    def sitemaps(self, robots: Page) -> tuple[FoundFeed, ...]:
        """Return the sitemaps that a robots.txt names. Raises GuardKilled."""
        return from_msgpack(self.guard.call("sitemaps", to_msgpack(robots)), FoundFeeds).feeds
