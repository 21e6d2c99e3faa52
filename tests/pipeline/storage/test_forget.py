"""What is forgotten and what never is, on both databases."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta

from pipeline.models import Feed
from pipeline.storage import Store
from tests.pipeline.storage.samples import (
    FEED,
    NOW,
    entries,
    entry,
    failed,
    gone,
    key,
    minutes,
    put,
    record,
    state,
    stored,
    uri,
)  # fmt: skip

YEAR = timedelta(days=365)
OTHER_FEED = "https://quay-news.example/feed"


def forget_all(store: Store, before: datetime) -> int:
    """Forget until there is nothing more; returns how many rows."""
    total = 0
    while some := store.forget(before):
        total += some
    return total


def add(store: Store, *urls: str) -> None:
    """Add feeds."""
    store.add_feeds([Feed(url=url) for url in urls], NOW)


def test_what_a_feed_carries_no_more_is_forgotten(store: Store) -> None:
    """An ended URL that its feed has not carried for long is accepted anew when it comes back; its record is there."""
    add(store, FEED)
    store.accept(FEED, [entry("ferry")], state(), NOW)
    store.retry(key("ferry"), failed(), NOW, counts=True)
    store.end_url(key("ferry"), stored(uri("ferry")))
    put(store, "ferry")
    store.accept(FEED, [entry("quay")], state(), NOW + YEAR)
    assert forget_all(store, NOW + YEAR / 2) == 2
    assert store.trace(key("ferry")) is None
    assert store.accept(FEED, [entry("ferry")], state(), NOW + YEAR) == 1
    assert [found.uri for found in store.changes()] == [uri("ferry")]


def test_a_static_feed_does_not_come_back_as_new(store: Store) -> None:
    """Entries of a feed that has not changed, could not be read or was paused for years are still carried."""
    add(store, FEED)
    store.accept(FEED, entries(3), state(), NOW)
    for each in entries(3):
        store.end_url(key(each.url.rpartition("/")[2]), gone())
    store.accept(FEED, (), state(), NOW + YEAR)
    assert forget_all(store, NOW + YEAR) == 0
    assert store.accept(FEED, entries(4), state(), NOW + 2 * YEAR) == 1


def test_an_entry_that_stays_while_others_come_is_kept(store: Store) -> None:
    """What the newest document carries is not forgotten, however long ago it came out."""
    add(store, FEED)
    for month in range(24):
        store.accept(FEED, [entry("about-us"), entry(f"story-{month}")], state(), NOW + month * YEAR / 12)
    store.end_url(key("about-us"), gone())
    assert forget_all(store, NOW + 1.5 * YEAR) == 18
    assert store.unseen([entry("about-us")]) == 0


def test_what_has_not_ended_is_kept(store: Store) -> None:
    """An URL that waits is never forgotten; its sighting may be."""
    add(store, FEED)
    store.accept(FEED, [entry("ferry")], state(), NOW)
    store.accept(FEED, [entry("quay")], state(), NOW + YEAR)
    assert forget_all(store, NOW + YEAR) == 1
    assert (store.waiting(), store.trace(key("ferry")) is not None) == (2, True)


def test_an_url_is_kept_as_long_as_one_feed_carries_it(store: Store) -> None:
    """Each feed has its own memory; that of a feed that was removed goes with time."""
    add(store, FEED, OTHER_FEED)
    for feed in (FEED, OTHER_FEED):
        store.accept(feed, [entry("ferry")], state(), NOW)
    store.end_url(key("ferry"), gone())
    store.accept(FEED, [entry("quay")], state(), NOW + YEAR)
    assert forget_all(store, NOW + YEAR) == 1
    assert store.unseen([entry("ferry")]) == 0
    store.remove_feed(OTHER_FEED)
    assert forget_all(store, NOW + YEAR) == 2
    assert store.unseen([entry("ferry")]) == 1


def test_imports_are_forgotten_by_their_end(store: Store) -> None:
    """An URL that came in without a feed is forgotten by the time that it ended."""
    with store.begin() as transaction:
        transaction.put_record(record("import", transaction.next_seq()))
        transaction.end_arrival(entry("import"), stored(uri("import")))
    assert forget_all(store, NOW) == 0
    assert forget_all(store, NOW + minutes(1)) == 1


def test_nothing_is_lost_between_forgetting_and_polling(store: Store) -> None:
    """A feed that brings back old entries while they are forgotten: each is there afterwards, none is an error."""
    add(store, FEED, OTHER_FEED)
    old = entries(60)
    store.accept(OTHER_FEED, old, state(), NOW)
    for each in old:
        store.end_url(key(each.url.rpartition("/")[2]), gone())
    store.accept(OTHER_FEED, [entry("quay")], state(), NOW + YEAR)
    done = threading.Event()

    def forget() -> None:
        while not done.is_set():
            store.forget(NOW + YEAR)

    with ThreadPoolExecutor(2) as threads:
        forgetting = [threads.submit(forget) for _ in range(2)]
        try:
            for start in range(0, 60, 3):
                store.accept(FEED, old[start : start + 3], state(), NOW + YEAR + minutes(start))
        finally:
            done.set()
        for each in forgetting:
            each.result()
    assert store.unseen(old) == 0
    assert all(store.trace(key(each.url.rpartition("/")[2])) for each in old)
