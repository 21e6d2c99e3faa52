"""Records, their versions and the change feed, on both databases."""

from __future__ import annotations

import pytest

from pipeline.storage import Store
from tests.pipeline.storage.samples import NOW, entry, gone, key, put, record, stored, uri


def test_a_record_and_its_urls_outcome_are_stored_at_once(store: Store) -> None:
    """What the transaction wrote is there when its block ends."""
    store.accept_urls([entry("ferry")], NOW)
    with store.begin() as transaction:
        assert transaction.outcome(key("ferry")) is None
        made = record("ferry", transaction.next_seq())
        transaction.put_record(made)
        transaction.end_url(key("ferry"), stored(uri("ferry")))
        assert transaction.current(uri("ferry")) == made
        assert transaction.outcome(key("ferry")) == stored(uri("ferry"))
    assert store.changes() == (made,)
    assert dict(store.end_of([key("ferry")])) == {key("ferry"): stored(uri("ferry"))}
    assert (store.counts().records, store.counts().seq, store.waiting()) == (1, 1, 0)


def test_a_block_that_raises_leaves_nothing(store: Store) -> None:
    """A transaction whose block raises is as if it had never been; its numbers are used by the next."""
    store.accept_urls([entry("ferry")], NOW)
    with pytest.raises(LookupError), store.begin() as transaction:  # noqa: PT012  the block is what is tested
        transaction.put_record(record("ferry", transaction.next_seq()))
        transaction.end_url(key("ferry"), stored(uri("ferry")))
        raise LookupError
    assert (store.changes(), store.waiting(), store.counts().records) == ((), 1, 0)
    assert put(store, "ferry").seq == 1


def test_an_url_keeps_its_first_outcome(store: Store) -> None:
    """An URL that ended while its record was made keeps that outcome, and is counted once."""
    store.accept_urls([entry("ferry")], NOW)
    store.end_url(key("ferry"), gone())
    with store.begin() as transaction:
        transaction.end_url(key("ferry"), stored(uri("ferry")))
        transaction.end_url(key("never"), stored(uri("never")))
    assert dict(store.end_of([key("ferry"), key("never")])) == {key("ferry"): gone()}
    assert store.counts().ended == {"gone": {"http_410": 1}}


def test_the_change_feed_shows_each_record_once(store: Store) -> None:
    """The change feed has the current version of each record, where it last changed, and old versions stay."""
    first, other, second = put(store, "ferry"), put(store, "bridge"), put(store, "ferry", version=2)
    assert [made.seq for made in (first, other, second)] == [1, 2, 3]
    assert store.changes() == (other, second)
    assert store.changes(since=2) == (second,)
    assert store.changes(limit=1) == (other,)
    assert store.versions(uri("ferry")) == (first, second)
    assert dict(store.current_records([uri("ferry"), uri("none")])) == {uri("ferry"): second}
    assert store.counts().records == 2


def test_the_same_version_is_overwritten(store: Store) -> None:
    """A record whose syndication changed keeps its version and takes a new place in the change feed."""
    put(store, "ferry")
    again = put(store, "ferry")
    assert again.seq == 2
    assert (store.changes(), store.versions(uri("ferry")), store.counts().records) == ((again,), (again,), 1)


def test_stored_twice_is_stored_once(store: Store) -> None:
    """The same record in a second transaction changes nothing."""
    made = put(store, "ferry")
    with store.begin() as transaction:
        transaction.put_record(made)
    assert (store.changes(), store.counts().records) == ((made,), 1)


def test_all_records_are_read_page_by_page(store: Store) -> None:
    """Reading everything gives each current record once, by its place in the change feed."""
    with store.begin() as transaction:
        for n in range(450):
            transaction.put_record(record(f"story-{n}", transaction.next_seq()))
    assert [made.seq for made in store.iterate_records()] == list(range(1, 451))


def test_many_records_are_found_by_uri(store: Store) -> None:
    """A list of uris longer than a statement takes gives all that exist."""
    with store.begin() as transaction:
        for n in range(3):
            transaction.put_record(record(f"story-{n}", transaction.next_seq()))
        found = transaction.records(uri(f"story-{n}") for n in range(1_200))
    assert sorted(found) == [uri(f"story-{n}") for n in range(3)]


def test_versions_are_the_current_ones(store: Store) -> None:
    """By uri, of those that exist."""
    put(store, "ferry")
    put(store, "ferry", version=2)
    put(store, "quay")
    with store.begin() as transaction:
        assert transaction.versions([uri("ferry"), uri("quay"), uri("none")]) == {uri("ferry"): 2, uri("quay"): 1}
