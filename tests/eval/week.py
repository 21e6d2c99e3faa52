"""A week of real polls: the whole composition against the corpus' publishers on loopback, the clock alone is virtual.

The store says what is due next, and the clock jumps there. What the publishers were asked is counted on their servers,
what was accepted when is read from the store.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from pipeline.feeds import discover, parse_feed
from pipeline.fetch import Client
from pipeline.models import Feed
from pipeline.policies import FetchPolicy, PolitenessPolicy
from pipeline.polling.poll import PollDesk, poll_feed
from pipeline.storage import open_store
from pipeline.urls import normalize_url
from tests.eval.archives import END, START, Archive
from tests.eval.publishers import MANNERS, Manner, Publisher, open_publisher
from tests.eval.reckoning import NAIVE_TIMES, POLICY, FeedWeek, Week
from tests.pipeline.polling.polls import Clock
from tests.services.web import Web

#: Feeds in one batch, as in operation.
_BATCH = 32
_ALL = 1_000_000


def run_week(archives: list[Archive], folder: Path, *, seed: int = 1, rotation: int = 0) -> Week:
    """Return the week in which the feeds were polled from START to END; the store's file is left in the folder.

    The publishers' manners go round; the next `rotation` gives each the next manner.
    """
    clock = Clock()
    clock.now = START
    with Web() as web, open_desk(web, folder, clock) as desk:
        publishers = [
            open_publisher(web, archive, MANNERS[(archive.number - 1 + rotation) % len(MANNERS)], clock)
            for archive in archives
        ]
        desk.store.add_feeds([Feed(url=publisher.archive.url) for publisher in publishers], START)
        new = poll_until(desk, clock, END, random.Random(seed))
        desk.store.put_back(["aside"])
        desk.store.assign_crawls("all", END, limit=_ALL, per_host=_ALL)
        accepted = list(desk.store.crawl_batch("all"))
    times = {normalize_url(url.entry.url): url.accepted_at for url in accepted}
    return Week(feeds=[FeedWeek(publisher=publisher, accepted=times) for publisher in publishers], new=new,
                accepted=accepted)  # fmt: skip


@contextmanager
def open_desk(web: Web, folder: Path, clock: Clock) -> Iterator[PollDesk]:
    """Yield a desk with a store of its own, that keeps to robots.txt and never lets a host rest."""
    politeness = PolitenessPolicy(delay_s=0.0, max_delay_s=0.0)
    client = Client(FetchPolicy(hosts=web.hosts), politeness, None, clock=clock)
    store = open_store(f"sqlite:///{folder / 'week.db'}")
    try:
        yield PollDesk(store=store, client=client, parse=lambda page: parse_feed(page, POLICY), discover=discover,
                       policy=POLICY, clock=clock)  # fmt: skip
    finally:
        store.close()
        client.close()


def poll_until(desk: PollDesk, clock: Clock, end: datetime, dice: random.Random) -> int:
    """Poll what is due when it is due, until the end; returns how many entries were new.

    What was accepted is set aside, as crawlers would take it, so that only feeds are due.
    """
    number = new = 0
    while (due := desk.store.next_due()) is not None and due < end:
        clock.now = max(clock.now, due)
        number += 1
        desk.store.assign_polls(f"poll {number}", clock.now, _BATCH)
        notes = [poll_feed(desk, stored, dice.random()) for stored in desk.store.poll_batch(f"poll {number}")]
        assert all(note.result != "failed" for note in notes), notes
        news = sum(note.new_entries for note in notes)
        if news:
            desk.store.assign_crawls("aside", clock.now, limit=_ALL, per_host=_ALL)
        new += news
    return new


def poll_naively(archive: Archive, folder: Path, manner: Manner) -> Publisher:
    """Return a publisher that was asked every quarter of an hour of the week, without validators."""
    clock = Clock()
    with Web() as web, open_desk(web, folder, clock) as desk:
        publisher = open_publisher(web, archive, manner, clock)
        for at in NAIVE_TIMES:
            clock.now = at
            desk.client.get(archive.url, kind="feed")
    return publisher
