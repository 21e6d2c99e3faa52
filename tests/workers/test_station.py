"""The station: when it is done, and what it says when a part of it breaks."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any, cast

import pytest

from pipeline.models import FeedEntry
from pipeline.policies import Settings
from pipeline.storage import open_store
from pipeline.storage.base import Batch, Store
from workers.clock import utc_now
from workers.station import is_done, open_station


@pytest.fixture
def url(tmp_path: Path) -> str:
    """The URL of a store that is not there yet."""
    return f"sqlite:///{tmp_path / 'desk.db'}"


@pytest.fixture
def store(url: str) -> Iterator[Store]:
    """An empty store."""
    opened = open_store(url)
    yield opened
    opened.close()


@pytest.fixture
def environ(url: str, redis_url: str) -> Mapping[str, str]:
    """The environment of the station's workers."""
    return {**os.environ, "WIREDESK_STORE_URL": url, "WIREDESK_REDIS_URL": redis_url}


def accept(store: Store) -> str:
    """Accept an URL; returns its key."""
    store.accept_urls([FeedEntry(url="https://beacon.example/ferry")], utc_now())
    store.assign_crawls("look", utc_now(), limit=1, per_host=1)
    (accepted,) = store.crawl_batch("look")
    store.put_back(["look"])
    return accepted.key


def test_an_empty_store_is_done(store: Store) -> None:
    """There is nothing to wait for."""
    assert is_done(store)


def test_what_is_due_or_assigned_is_waited_for(store: Store) -> None:
    """An URL in a batch is as much to do as one that waits."""
    accept(store)
    assert not is_done(store)
    store.assign_crawls("batch", utc_now(), limit=1, per_host=1)
    assert not is_done(store)


class Overtaken:
    """A store whose URLs are assigned by the scheduler right after somebody asked for the batches."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def __getattr__(self, name: str) -> Any:
        return getattr(self._store, name)

    def batches(self) -> tuple[Batch, ...]:
        found = self._store.batches()
        self._store.assign_crawls("batch", utc_now() + timedelta(seconds=1), limit=1, per_host=1)
        return found


def test_what_is_assigned_between_two_looks_is_waited_for(store: Store) -> None:
    """First it is in no batch, then it is not due: it is not done all the same."""
    accept(store)
    assert not is_done(cast("Store", Overtaken(store)))


class Buggy:
    """A store in which the scheduler meets a bug."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def __getattr__(self, name: str) -> Any:
        if name == "assign_polls":
            raise RuntimeError("the tide is out")
        return getattr(self._store, name)


def test_a_bug_of_the_scheduler_ends_the_station(store: Store, redis_url: str, environ: Mapping[str, str]) -> None:
    """Nothing would be handed out any more; whoever waits is told."""
    buggy = cast("Store", Buggy(store))
    with (
        pytest.raises(RuntimeError, match="the tide is out"),
        open_station(
            buggy, redis_url=redis_url, settings=Settings(), partners=(), workers=1, environ=environ
        ) as station,
    ):
        station.wait(lambda _: None, until_done=False)
