"""The crawl job with the desk of a worker: each URL leaves its batch ended, waiting or given back."""

from __future__ import annotations

import dataclasses
import threading
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest

from pipeline.errors import NeverAgain, TryLater
from pipeline.fetch import Client
from pipeline.models import WORKER_LOST, AcceptedUrl, Ending, FeedEntry, Outcome, Page
from pipeline.policies import FetchPolicy, PolitenessPolicy
from pipeline.urls import url_key
from workers.clock import utc_now
from workers.console import Console
from workers.desk import WorkerDesk, open_desk
from workers.jobs import crawl, crawl_batch, crawl_one, crawl_urls, ending_of
from workers.queue.begun import Begun


@pytest.fixture
def desk(redis_url: str, tmp_path: Path) -> Iterator[WorkerDesk]:
    """The desk of a worker with an empty store."""
    environ = {"WIREDESK_STORE_URL": f"sqlite:///{tmp_path / 'desk.db'}"}
    with open_desk(Console(None, environ), redis_url) as opened:
        yield opened


class Answer(Client):
    """A client that gives one answer to whatever is asked."""

    def __init__(self, error: Exception) -> None:
        super().__init__(FetchPolicy(), PolitenessPolicy(), None)
        self._error = error

    def get(self, url: str, **_: Any) -> Page:
        raise self._error


class Watched(Answer):
    """One that notes what was asked, and how many requests were open then."""

    def __init__(self, error: Exception) -> None:
        super().__init__(error)
        self.asked: list[tuple[str, int]] = []
        self._open = 0
        self._lock = threading.Lock()

    def get(self, url: str, **_: Any) -> Page:
        with self._lock:
            self._open += 1
            self.asked.append((url, self._open))
        try:
            return super().get(url)
        finally:
            with self._lock:
                self._open -= 1


def with_answer(desk: WorkerDesk, error: Exception) -> WorkerDesk:
    """Return the desk with a client that raises the error."""
    return dataclasses.replace(desk, client=Answer(error))


def batch(desk: WorkerDesk, *paths: str, accepted: datetime | None = None) -> tuple[AcceptedUrl, ...]:
    """Accept URLs of one host and assign them to a batch; returns the batch."""
    entries = [FeedEntry(url=f"https://beacon.example/{path}") for path in paths]
    desk.store.accept_urls(entries, accepted or utc_now())
    desk.store.assign_crawls("batch", utc_now(), limit=9, per_host=9)
    return desk.store.crawl_batch("batch")


def test_a_failure_waits_for_another_try(desk: WorkerDesk) -> None:
    """In no batch, one attempt used up."""
    (url,) = batch(desk, "ferry")
    crawl_one(with_answer(desk, TryLater("http_503")), url, Begun(desk.redis, "batch"))
    trace = desk.store.trace(url.key)
    assert trace is not None
    assert (trace.outcome, trace.batch_id, trace.url.attempts) == (None, None, 1)
    assert trace.not_before is not None
    assert trace.not_before > utc_now()


def test_a_failure_of_an_old_url_ends_it(desk: WorkerDesk) -> None:
    """However many attempts it had."""
    (url,) = batch(desk, "ferry", accepted=utc_now() - timedelta(days=8))
    assert crawl_one(with_answer(desk, TryLater("http_503")), url, Begun(desk.redis, "batch")).ending == Ending.FAILED
    assert desk.store.end_of([url.key])[url.key].reason == "http_503"


def test_an_url_that_nobody_asked_for_yet_does_not_end(desk: WorkerDesk) -> None:
    """However long ago it was accepted: a long queue before one host loses nothing."""
    (url,) = batch(desk, "ferry", accepted=utc_now() - timedelta(days=8))
    crawl_one(
        with_answer(desk, TryLater("host_busy", not_before=utc_now(), counts=False)), url, Begun(desk.redis, "batch")
    )
    assert desk.store.end_of([url.key]) == {}
    assert desk.store.waiting() == 1


def test_a_bug_uses_up_attempts_and_then_ends_the_url(desk: WorkerDesk) -> None:
    """So that no page is tried for ever."""
    buggy = with_answer(desk, KeyError("tide"))
    (url,) = batch(desk, "ferry")
    for attempts in range(desk.settings.retry.max_attempts):
        outcome = crawl_one(buggy, msgspec.structs.replace(url, attempts=attempts), Begun(desk.redis, "batch"))
    assert (outcome.ending, outcome.reason) == (Ending.FAILED, "bug")
    assert desk.store.waiting() == 0


def test_a_busy_host_gives_the_rest_back(desk: WorkerDesk) -> None:
    """One waits for the host's turn, the others can be assigned again."""
    urls = batch(desk, "1", "2", "3")
    busy = TryLater("host_busy", not_before=utc_now() + timedelta(minutes=1), counts=False)
    crawl_urls(with_answer(desk, busy), list(urls), float("inf"), Begun(desk.redis, "batch"))
    assert desk.store.batches() == ()
    assert desk.store.assign_crawls("next", utc_now(), limit=9, per_host=9) == 2


def test_a_draining_worker_gives_everything_back(desk: WorkerDesk) -> None:
    """Nothing is fetched any more."""
    batch(desk, "1", "2")
    desk.draining.set()
    crawl("batch")
    assert desk.store.batches() == ()
    assert desk.store.assign_crawls("next", utc_now(), limit=9, per_host=9) == 2


def test_a_batch_that_comes_late_finds_nothing(desk: WorkerDesk) -> None:
    """What was put back is somebody else's."""
    urls = batch(desk, "1", "2")
    desk.store.put_back(["batch"])
    desk.store.assign_crawls("next", utc_now(), limit=9, per_host=9)
    crawl("batch")
    assert {url.key for url in desk.store.crawl_batch("next")} == {url.key for url in urls}


def test_a_suspect_is_tried_alone_and_last(desk: WorkerDesk) -> None:
    """Nothing is in flight beside it, and what kills for the second time comes after what may not kill at all."""
    entries = [FeedEntry(url=f"https://paper{number}.example/") for number in range(6)]
    desk.store.accept_urls(entries, utc_now())
    lost = Outcome(ending=Ending.FAILED, reason=WORKER_LOST, at=utc_now())
    for number in (1, 1, 4):
        desk.store.retry(url_key(entries[number].url), lost, utc_now(), counts=False)
    desk.store.assign_crawls("batch", utc_now(), limit=9, per_host=9)
    watched = Watched(NeverAgain("http_410"))
    crawl_batch(dataclasses.replace(desk, client=watched), "batch")
    assert watched.asked[-2:] == [(entries[4].url, 1), (entries[1].url, 1)]
    assert {url for url, _ in watched.asked} == {entry.url for entry in entries}
    assert desk.store.counts().ended == {"gone": {"http_410": 6}}


def test_a_worker_thawed_late_ends_nothing_twice(desk: WorkerDesk) -> None:
    """Its batch was put back and ended by another one."""
    (url,) = batch(desk, "ferry")
    crawl_one(with_answer(desk, NeverAgain("http_410")), url, Begun(desk.redis, "batch"))
    crawl_one(with_answer(desk, TryLater("http_503")), url, Begun(desk.redis, "batch"))
    crawl_one(with_answer(desk, NeverAgain("http_404")), url, Begun(desk.redis, "batch"))
    assert desk.store.counts().ended == {"gone": {"http_410": 1}}
    assert desk.store.waiting() == 0


@pytest.mark.parametrize(
    ("reason", "ending"),
    [
        ("http_404", Ending.GONE),
        ("http_410", Ending.GONE),
        ("robots_disallowed", Ending.REFUSED),
        ("private_address", Ending.REFUSED),
        ("too_large", Ending.FAILED),
    ],
)
def test_a_permanent_failure_has_its_ending(reason: str, ending: Ending) -> None:
    """Gone, refused or failed."""
    assert ending_of(reason) == ending
