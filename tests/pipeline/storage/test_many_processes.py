"""Several processes on one store, and processes that are killed; on both databases."""

from __future__ import annotations

import os
from contextlib import ExitStack

import pytest

from pipeline.storage import Store, open_store
from tests.pipeline.storage.processes import TIMEOUT_S, running, told_until_end
from tests.pipeline.storage.samples import NOW, entries, key, put, uri
from tests.pipeline.storage.writers import accept_same, assign, die_inside, store_records


def test_the_change_feed_never_skips(store_url: str, store: Store) -> None:
    """A consumer that reads on from the last seq it saw meets every record, in order, while four processes write."""
    seen: list[str] = []
    last = 0
    with ExitStack() as stack:
        writers = [stack.enter_context(running(store_records, store_url, f"w{n}", 25)) for n in range(4)]
        while len(seen) < 100:
            for made in store.changes(since=last, limit=7):
                assert made.seq > last
                last = made.seq
                seen.append(made.uri)
        told = [told for _, pipe in writers for told in told_until_end(pipe)]
    assert sorted(seen) == sorted(uri(path) for path, _ in told)
    assert sorted(seq for _, seq in told) == list(range(1, 101))
    assert (store.waiting(), store.counts().records) == (0, 100)


def test_what_a_killed_writer_acknowledged_is_there(store_url: str, store: Store) -> None:
    """After kill -9 every acknowledged record is stored, and each stored record has its outcome."""
    acknowledged: list[str] = []
    for round_ in range(2):
        with running(store_records, store_url, f"r{round_}", 10_000) as (process, pipe):
            for path, _ in told_until_end(pipe):
                acknowledged.append(path)
                if len(acknowledged) == 20 * (round_ + 1):
                    process.kill()
    records = {made.uri for made in store.iterate_records()}
    assert {uri(path) for path in acknowledged} <= records
    ended = store.end_of(key(made.rpartition(":")[2]) for made in records)
    assert {outcome.uri for outcome in ended.values()} == records
    found = store.counts()
    assert (found.records, found.ended) == (len(records), {"stored": {"ok": len(records)}})


def test_nothing_is_left_of_half_a_transaction(store_url: str, store: Store) -> None:
    """A writer that dies inside its transaction leaves neither record nor outcome, and holds up nobody."""
    with running(die_inside, store_url) as (process, pipe):
        assert pipe.recv() == "inside"
        process.join(TIMEOUT_S)
    assert (store.changes(), store.waiting(), store.end_of([key("half")])) == ((), 1, {})
    assert put(store, "next").seq == 1


def test_schedulers_in_two_processes_assign_nothing_twice(store_url: str, store: Store) -> None:
    """Each URL is assigned by one of two schedulers, none by both."""
    for n in range(30):
        store.accept_urls(entries(2, f"host-{n}.example"), NOW)
    with running(assign, store_url, "one", 30) as (_, one), running(assign, store_url, "two", 30) as (_, two):
        keys = one.recv() + two.recv()
    assert (len(keys), len(set(keys))) == (60, 60)


def test_the_same_urls_from_two_processes_are_accepted_once(store_url: str, store: Store) -> None:
    """Two processes that accept the same URLs in opposite orders neither block each other nor count twice."""
    with running(accept_same, store_url, False) as (_, one), running(accept_same, store_url, True) as (_, two):
        assert one.recv() + two.recv() == 1_000
    assert store.waiting() == 1_000


@pytest.mark.filterwarnings("ignore:This process:DeprecationWarning")
def test_a_store_survives_a_fork(store_url: str, store: Store) -> None:
    """Parent and child go on with a store that was open at the fork, each with connections of its own."""
    put(store, "before")
    child = os.fork()
    if child == 0:
        code = 1
        try:
            put(store, "child")
            code = 0 if len(store.changes()) == 2 else 2
        finally:
            os._exit(code)
    assert os.waitpid(child, 0)[1] == 0
    put(store, "parent")
    again = open_store(store_url)
    assert [made.uri for made in again.changes()] == [uri("before"), uri("child"), uri("parent")]
    again.close()
