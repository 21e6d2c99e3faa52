"""What other processes do to a store in these tests; started with multiprocessing's spawn."""

from __future__ import annotations

import os
import signal
from multiprocessing.connection import Connection

import alembic.op
from msgspec.structs import replace

from pipeline.models import FeedState
from pipeline.storage import open_store
from tests.pipeline.storage.samples import FEED, NOW, entries, entry, key, minutes, record, stored, uri


def store_records(url: str, name: str, number: int, told: Connection) -> None:
    """Accept URLs and store their records one by one; tell each that was acknowledged."""
    store = open_store(url)
    for n in range(number):
        path = f"{name}-{n}"
        store.accept_urls([entry(path)], NOW)
        with store.begin() as transaction:
            seq = transaction.next_seq()
            transaction.put_record(record(path, seq))
            transaction.end_url(key(path), stored(uri(path)))
        told.send((path, seq))
    store.close()
    told.close()


def die_inside(url: str, told: Connection) -> None:
    """Write a record and die before the commit, as kill -9 does it."""
    store = open_store(url)
    store.accept_urls([entry("half")], NOW)
    with store.begin() as transaction:
        transaction.put_record(record("half", transaction.next_seq()))
        transaction.end_url(key("half"), stored(uri("half")))
        told.send("inside")
        os.kill(os.getpid(), signal.SIGKILL)


def deliver(url: str, number: int, told: Connection) -> None:
    """Count deliveries of a hub one by one, and tell how many were counted."""
    store = open_store(url)
    told.send(sum(store.change_feed(FEED, with_delivery) is not None for _ in range(number)))
    store.close()


def with_delivery(state: FeedState) -> FeedState:
    """Return the state with one more delivery."""
    assert state.push is not None
    return replace(state, push=replace(state.push, deliveries=state.push.deliveries + 1))


def poll(url: str, number: int, told: Connection) -> None:
    """Save polls one by one, each with the state that it began with, and tell how many."""
    store = open_store(url)
    for n in range(number):
        stored = store.feed(FEED)
        assert stored is not None
        store.accept(FEED, (), replace(stored.state, etag=f'"{n}"', next_poll_at=NOW + minutes(n)), NOW)
    told.send(number)
    store.close()


def assign(url: str, name: str, hosts: int, told: Connection) -> None:
    """Assign batches until nothing is due, as one of several schedulers, and tell the keys."""
    store = open_store(url)
    keys: list[str] = []
    for n in range(hosts):
        if store.assign_crawls(f"{name}-{n}", NOW, limit=6, per_host=2):
            keys += [found.key for found in store.crawl_batch(f"{name}-{n}")]
    store.close()
    told.send(keys)


def accept_same(url: str, reverse: bool, told: Connection) -> None:
    """Accept the same URLs as another process, in the other order, and tell how many were new."""
    store = open_store(url)
    new = 0
    for n in range(20):
        chosen = entries(50, f"host-{n}.example")
        new += store.accept_urls(chosen[::-1] if reverse else chosen, NOW)
    store.close()
    told.send(new)


def open_only(url: str, told: Connection) -> None:
    """Open the store, which makes the schema, and tell the number of feeds."""
    store = open_store(url)
    told.send(store.counts().feeds)
    store.close()


def die_migrating(url: str, _told: Connection) -> None:
    """Open a new store and die at the last statement that makes its schema."""
    alembic.op.bulk_insert = lambda *_: os.kill(os.getpid(), signal.SIGKILL)
    open_store(url)
