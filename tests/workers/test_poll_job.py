"""The poll job with the desk of a worker: one feed's bug is its own."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import msgspec
import pytest

from pipeline.errors import TryLater
from pipeline.models import Feed, Page, ParsedFeed
from tests.pipeline.polling.polls import rss, xml
from tests.services.web import Web
from workers.clock import utc_now
from workers.console import Console
from workers.desk import open_desk
from workers.jobs import poll_one
from workers.queue.begun import Begun

BEACON = "http://beacon.example/rss"


def broken(_: Page) -> ParsedFeed:
    """A parser with a bug."""
    raise KeyError("tide")


class BusyHost:
    """A client whose host has no turn for us."""

    def get(
        self,
        url: str,
        *,
        kind: str = "feed",
        etag: str | None = None,
        last_modified: str | None = None,
        max_wait_s: float = 0.0,
    ) -> Page:
        raise TryLater("host_busy", not_before=utc_now(), counts=False)


@pytest.mark.parametrize("drains", [True, False])
def test_a_pause_outlasts_a_poll_that_does_not_come_about(redis_url: str, tmp_path: Path, drains: bool) -> None:
    """The operator paused the feed while its poll was on the way, and the worker drains, or the host is busy."""
    environ = {"WIREDESK_STORE_URL": f"sqlite:///{tmp_path / 'desk.db'}"}
    with open_desk(Console(None, environ), redis_url) as desk:
        desk.store.add_feeds([Feed(url=BEACON)], utc_now())
        desk.store.assign_polls("batch", utc_now(), 1)
        (stored,) = desk.store.poll_batch("batch")
        desk.store.change_feed(BEACON, lambda state: msgspec.structs.replace(state, muted="paused"))
        if drains:
            desk.draining.set()
        poll_one(
            dataclasses.replace(desk, polls=dataclasses.replace(desk.polls, client=BusyHost())),
            stored,
            Begun(desk.redis, "batch"),
        )
        (after,) = desk.store.feeds()
        assert (after.state.muted, after.batch_id) == ("paused", None)


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
        poll_one(
            dataclasses.replace(desk, polls=dataclasses.replace(desk.polls, parse=broken)),
            stored,
            Begun(desk.redis, "batch"),
        )
        (failed,) = desk.store.feeds()
        assert failed.state.history[0].reason == "bug"
        assert failed.state.next_poll_at > utc_now()
        poll_one(desk, failed, Begun(desk.redis, "batch"))
        (mended,) = desk.store.feeds()
        assert (mended.state.history[0].result, mended.state.failures) == ("ok", 0.0)
