"""One article by several addresses: shorteners and redirectors, from the accepted URL to the record and its trace."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from itertools import product
from pathlib import Path

import pytest
from click.testing import CliRunner

from pipeline.models import Ending, FeedEntry, FeedState, Outcome
from pipeline.urls import url_key
from tests.services.web import Reply, Web, redirect
from tests.workers.deployment import article
from workers.cli import cli
from workers.clock import utc_now
from workers.console import Console
from workers.desk import WorkerDesk, open_desk
from workers.jobs import crawl_one
from workers.queue.begun import Begun

STORY = "http://beacon.example/0"


def leads_on(link: str) -> Reply:
    """What a shortener sends to a browser."""
    head = f'<noscript><META http-equiv="refresh" content="0;URL={link}"></noscript><title>{link}</title>'
    return Reply(body=f'<head>{head}</head><script>location.replace("{link}")</script>'.encode())


def moved(link: str) -> Reply:
    """A permanent redirect."""
    return redirect(link, 301)


def found(link: str) -> Reply:
    """A temporary one."""
    return redirect(link, 302)


@pytest.fixture
def environ(web: Web, tmp_path: Path) -> dict[str, str]:
    """The settings of a desk whose names below .example are the test's server."""
    for number in range(6):
        web.on(f"/{number}", Reply(body=article("beacon.example", number)), host="beacon.example")
    return {
        "WIREDESK_STORE_URL": f"sqlite:///{tmp_path / 'desk.db'}",
        "WIREDESK_FETCH_HOSTS": f'{{"*.example" = "127.0.0.1:{web.port}"}}',
        "WIREDESK_POLITENESS_DELAY_S": "0",
        "WIREDESK_POLITENESS_RESPONSE_FACTOR": "0",
    }


@pytest.fixture
def desk(environ: dict[str, str], redis_url: str) -> Iterator[WorkerDesk]:
    """The desk of a worker with an empty store."""
    with open_desk(Console(None, environ), redis_url) as opened:
        yield opened


def crawl(desk: WorkerDesk, *links: str) -> list[Outcome]:
    """Accept each link from a feed of its own, then fetch and ingest them in this order."""
    later = FeedState(next_poll_at=utc_now() + timedelta(days=1))
    for link in links:
        desk.store.accept(f"{link}/rss", [FeedEntry(url=link, feed_url=f"{link}/rss")], later, utc_now())
    desk.store.assign_crawls(links[0], utc_now(), limit=9, per_host=9)
    batch = {url.entry.url: url for url in desk.store.crawl_batch(links[0])}
    return [crawl_one(desk, batch[link], Begun(desk.redis, "batch")) for link in links]


def test_a_short_link_and_the_direct_one_are_one_record(desk: WorkerDesk, environ: dict[str, str], web: Web) -> None:
    """Under the address where the story is, whichever comes first; the second is a duplicate, and its trace says of what."""
    for number, (lead, direct_first) in enumerate(product((moved, found, leads_on), (True, False))):
        direct, short = f"http://beacon.example/{number}", f"http://short.example/x{number}"
        web.on(f"/x{number}", lead(direct), host="short.example")
        links = (direct, short) if direct_first else (short, direct)
        first, second = crawl(desk, *links)
        assert (first.ending, second.ending, second.uri) == (Ending.STORED, Ending.DUPLICATE, first.uri)
        record = desk.store.changes(since=number)[0]
        assert (record.uri, record.url, record.syndication.role) == (first.uri, direct, "solo")
        shown = CliRunner().invoke(cli, ["trace", links[1]], env=environ).output
        assert "duplicate: ok" in shown
        assert f"record    {record.uri}" in shown
        assert (f"page      {direct}, to which this URL led" in shown) is direct_first
    counts = desk.store.counts()
    assert (counts.records, counts.clusters, counts.ended) == (6, 6, {"stored": {"ok": 6}, "duplicate": {"ok": 6}})


def test_a_redirectors_link_is_the_direct_one(desk: WorkerDesk) -> None:
    """The address that it carries was accepted already: one URL, carried by two feeds."""
    crawl(desk, STORY)
    wrapped = "https://www.google.com/url?q=http%3A%2F%2Fbeacon.example%2F0&sa=t"
    assert url_key(wrapped) == url_key(STORY)
    later = FeedState(next_poll_at=utc_now() + timedelta(days=1))
    assert desk.store.accept("http://alerts.example/rss", [FeedEntry(url=wrapped)], later, utc_now()) == 0
    trace = desk.store.trace(url_key(wrapped))
    assert trace is not None
    assert [seen.feed_url for seen in trace.sightings] == [f"{STORY}/rss", "http://alerts.example/rss"]
