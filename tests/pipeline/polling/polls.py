"""Polling for tests: a real store, a real client against a loopback server, and a clock that the test sets."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from msgspec.structs import replace

from pipeline.feeds import discover, parse_feed
from pipeline.fetch import Client
from pipeline.models import Feed, FeedState, PollNote
from pipeline.policies import FetchPolicy, PolitenessPolicy, PollPolicy
from pipeline.polling.poll import PollDesk, poll_feed
from pipeline.storage import open_store
from tests.services.web import Reply, Web

NOON = datetime(2026, 5, 4, 12, 0, tzinfo=UTC)


class Clock:
    """Stands still until it is told otherwise."""

    def __init__(self) -> None:
        self.now = NOON

    def __call__(self) -> datetime:
        return self.now

    def pass_(self, **time: float) -> None:
        """Let time go by."""
        self.now += timedelta(**time)


class Polling:
    """A desk and its clock."""

    def __init__(self, desk: PollDesk, client: Client, clock: Clock) -> None:
        self.desk = desk
        self.client = client
        self.clock = clock

    def use(self, **parts: Any) -> None:
        """Give the desk other parts."""
        self.desk = dataclasses.replace(self.desk, **parts)

    def add(self, *urls: str) -> None:
        """Add feeds."""
        self.desk.store.add_feeds([Feed(url=url) for url in urls], self.clock())

    def state(self, url: str) -> FeedState:
        """What is known of a feed."""
        stored = self.desk.store.feed(url)
        assert stored is not None
        return stored.state

    def set(self, url: str, **changes: Any) -> None:
        """Change what is known of a feed."""
        self.desk.store.change_feed(url, lambda state: replace(state, **changes))

    def poll(self, url: str, dice: float = 0.5) -> PollNote:
        """Poll a feed."""
        stored = self.desk.store.feed(url)
        assert stored is not None
        return poll_feed(self.desk, stored, dice)

    def accepted(self) -> list[str]:
        """The URLs that were accepted."""
        self.desk.store.assign_crawls("all", self.clock() + timedelta(days=1), limit=1_000, per_host=1_000)
        return sorted(url.entry.url for url in self.desk.store.crawl_batch("all"))


@contextmanager
def polling(web: Web, folder: Path, *, hosts: dict[str, str] | None = None, **parts: Any) -> Iterator[Polling]:
    """Yield a desk without delays and robots.txt; every name below .example is the server, but for `hosts`."""
    clock = Clock()
    politeness = PolitenessPolicy(delay_s=0.0, max_delay_s=0.0, robots=False)
    client = Client(FetchPolicy(total_timeout_s=10.0, hosts=web.hosts | (hosts or {})), politeness, None, clock=clock)
    store = open_store(f"sqlite:///{folder / 'polls.db'}")
    settings: dict[str, Any] = {
        "parse": lambda page: parse_feed(page, PollPolicy()),
        "discover": discover,
        "policy": PollPolicy(),
    }
    try:
        yield Polling(PollDesk(store=store, client=client, clock=clock, **(settings | parts)), client, clock)
    finally:
        store.close()
        client.close()


def xml(body: str, *headers: tuple[str, str], status: int = 200) -> Reply:
    """An answer of XML."""
    return Reply(status, (("Content-Type", "application/xml"), *headers), body.encode())


def rss(*links: str, published: datetime | None = None, head: str = "") -> str:
    """A feed of these links."""
    date = f"<pubDate>{published:%a, %d %b %Y %H:%M:%S} GMT</pubDate>" if published else ""
    items = "".join(f"<item><title>Tide</title><link>{link}</link>{date}</item>" for link in links)
    return f"<rss version='2.0' xmlns:atom='http://www.w3.org/2005/Atom'><channel><title>The Beacon</title>{head}{items}</channel></rss>"


def index(*sitemaps: str) -> str:
    """A sitemap index; the first is the newest."""
    rows = (
        f"<sitemap><loc>{url}</loc><lastmod>2026-05-{28 - n:02}</lastmod></sitemap>" for n, url in enumerate(sitemaps)
    )
    return f"<sitemapindex xmlns='http://www.sitemaps.org/schemas/sitemap/0.9'>{''.join(rows)}</sitemapindex>"


def sitemap(*urls: str, day: int = 1) -> str:
    """A sitemap."""
    rows = (f"<url><loc>{url}</loc><lastmod>2026-04-{day:02}</lastmod></url>" for url in urls)
    return f"<urlset xmlns='http://www.sitemaps.org/schemas/sitemap/0.9'>{''.join(rows)}</urlset>"
