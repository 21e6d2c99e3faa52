"""The poll job with the desk of a worker: one feed's bug is its own."""

from __future__ import annotations

import dataclasses
from pathlib import Path

from pipeline.models import Feed, Page, ParsedFeed
from tests.pipeline.polls import rss, xml
from tests.services.web import Web
from workers.clock import utc_now
from workers.console import Console
from workers.desk import open_desk
from workers.jobs import poll_one

BEACON = "http://beacon.example/rss"


def broken(_: Page) -> ParsedFeed:
    """A parser with a bug."""
    raise KeyError("tide")


def test_a_bug_costs_one_poll_of_one_feed(web: Web, redis_url: str, tmp_path: Path) -> None:
    """It is noted as a failure, and the feed is not due again at once."""
    web.on("/rss", xml(rss("http://beacon.example/1")))
    environ = {
        "WIREDESK_STORE_URL": f"sqlite:///{tmp_path / 'desk.db'}",
        "WIREDESK_FETCH_HOSTS": f'{{"*.example" = "127.0.0.1:{web.port}"}}',
        "WIREDESK_POLITENESS_DELAY_S": "0",
    }
    with open_desk(Console(None, environ), redis_url) as desk:
        desk.store.add_feeds([Feed(url=BEACON)], utc_now())
        (stored,) = desk.store.feeds()
        poll_one(dataclasses.replace(desk, polls=dataclasses.replace(desk.polls, parse=broken)), stored)
        (failed,) = desk.store.feeds()
        assert failed.state.history[0].reason == "bug"
        assert failed.state.next_poll_at > utc_now()
        poll_one(desk, failed)
        (mended,) = desk.store.feeds()
        assert (mended.state.history[0].result, mended.state.failures) == ("ok", 0.0)
