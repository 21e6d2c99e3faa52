"""Feeds and their polls, on both databases."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from pipeline.models import Feed, PollNote
from pipeline.storage import Store
from tests.pipeline.storage.samples import FEED, NOW, entries, entry, key, minutes, state

OTHER = "https://hill-gazette.example/rss"


def test_new_feeds_are_due_at_once(store: Store) -> None:
    """Feeds that are added are counted once and are due now."""
    assert store.add_feeds([Feed(url=OTHER), Feed(url=FEED), Feed(url=FEED)], NOW) == 2
    assert [stored.feed.url for stored in store.feeds()] == [FEED, OTHER]
    assert store.next_due() == NOW


def test_a_known_feed_keeps_its_state(store: Store) -> None:
    """Adding a feed again changes its title, groups and priority, not what its polls left behind."""
    store.add_feeds([Feed(url=FEED)], NOW)
    known = store.change_feed(FEED, lambda _: state(etag='"1"'))
    again = Feed(url=FEED, title="Harbour Times", groups=("north",), priority=2)
    assert store.add_feeds([again], NOW + minutes(1)) == 0
    found = store.feed(FEED)
    assert found is not None
    assert (found.feed, found.state, found.added_at) == (again, known, NOW)


@pytest.mark.parametrize(
    ("url", "adopted", "found"),
    [
        ("https://www.hill_gazette.example/rss", None, True),
        ("HTTP://User@WWW.Hill_Gazette.Example:80/rss", None, True),
        (FEED, "https://rss.hill_gazette.example/news", True),
        ("https://hillygazette.example/rss", None, False),
        (FEED, "https://rss.hillygazette.example/news", False),
    ],
)
def test_feeds_are_found_by_their_domain(store: Store, url: str, adopted: str | None, found: bool) -> None:
    """By their own address or the one that they have moved to; signs of a search pattern stand for themselves."""
    store.add_feeds([Feed(url=url), Feed(url="https://other.example/rss")], NOW)
    store.change_feed(url, lambda before: replace(before, poll_url=adopted))
    assert [stored.feed.url for stored in store.feeds_at("hill_gazette.example")] == [url] * found


def test_feeds_are_found_by_a_foreign_name(store: Store) -> None:
    """Written in its own letters or in Punycode."""
    urls = ["https://www.b\u00fccher.example/rss", "https://xn--bcher-kva.example/rss"]
    store.add_feeds([Feed(url=url) for url in (*urls, FEED)], NOW)
    assert [stored.feed.url for stored in store.feeds_at("xn--bcher-kva.example")] == urls


def test_a_feed_is_removed_once(store: Store) -> None:
    """A removed feed is gone; removing it again says so."""
    store.add_feeds([Feed(url=FEED)], NOW)
    assert (store.remove_feed(FEED), store.remove_feed(FEED), store.feed(FEED)) == (True, False, None)


def test_polls_are_assigned_to_one_batch(store: Store) -> None:
    """A feed that is due goes into one batch, and into no other while it is there."""
    store.add_feeds([Feed(url=FEED), Feed(url=OTHER)], NOW)
    assert store.assign_polls("p1", NOW - minutes(1), 10) == 0
    assert store.assign_polls("p1", NOW, 1) == 1
    assert store.assign_polls("p2", NOW, 10) == 1
    assert store.assign_polls("p3", NOW, 10) == 0
    found = {stored.feed.url for batch in ("p1", "p2") for stored in store.poll_batch(batch)}
    assert found == {FEED, OTHER}


def test_assigning_a_batch_again_gives_no_more(store: Store) -> None:
    """A batch that was assigned, and whose answer was lost, is not assigned a second load."""
    store.add_feeds([Feed(url=f"{FEED}/{n}") for n in range(5)], NOW)
    assert [store.assign_polls("p1", NOW, 3), store.assign_polls("p1", NOW, 3)] == [3, 3]
    assert len(store.poll_batch("p1")) == 3


def test_accept_saves_entries_and_state_at_once(store: Store) -> None:
    """A poll's new URLs and the feed's new state are there together, and the feed has left its batch."""
    store.add_feeds([Feed(url=FEED, priority=4)], NOW)
    store.assign_polls("p1", NOW, 10)
    assert store.accept(FEED, entries(3), state(etag='"2"'), NOW) == 3
    found = store.feed(FEED)
    assert found is not None
    assert (found.state, found.batch_id, store.poll_batch("p1")) == (state(etag='"2"'), None, ())
    store.assign_crawls("c1", NOW, limit=9, per_host=9)
    assert [url.priority for url in store.crawl_batch("c1")] == [4, 4, 4]


def test_a_removed_feeds_entries_are_accepted(store: Store) -> None:
    """A feed that was removed while it was polled does not take its entries with it, and does not come back."""
    assert store.accept(FEED, entries(2), state(), NOW) == 2
    assert (store.feeds(), store.waiting()) == ((), 2)


def test_a_muted_feed_is_not_due(store: Store) -> None:
    """A feed that is muted is never assigned, until its state says otherwise."""
    store.add_feeds([Feed(url=FEED)], NOW)
    store.change_feed(FEED, lambda before: replace(before, muted="paused"))
    assert (store.assign_polls("p1", NOW, 10), store.next_due()) == (0, None)
    store.change_feed(FEED, lambda before: replace(before, muted=None))
    assert store.assign_polls("p1", NOW, 10) == 1


def test_a_pause_outlives_the_poll_on_its_way(store: Store) -> None:
    """A feed that is paused while its poll is on the way stays paused when the poll comes in."""
    store.add_feeds([Feed(url=FEED)], NOW)
    store.assign_polls("p1", NOW, 10)
    store.change_feed(FEED, lambda before: replace(before, muted="paused"))
    store.accept(FEED, entries(1), state(etag='"3"'), NOW)
    found = store.feed(FEED)
    assert found is not None
    assert (found.state.muted, found.state.etag) == ("paused", '"3"')


def test_a_feeds_history_comes_back_as_it_was(store: Store) -> None:
    """All of a state is kept: validators byte for byte, times to the microsecond."""
    store.add_feeds([Feed(url=FEED)], NOW)
    note = PollNote(at=NOW, result="ok", status=200, entries=9, new_entries=2)
    full = state(etag='W/"ü\\"', last_modified="Sun", recent_times=(NOW + minutes(1 / 7),), history=(note,))
    store.accept(FEED, (), full, NOW)
    found = store.feed(FEED)
    assert found is not None
    assert found.state == full


def test_each_feed_that_carries_an_url_is_noted(store: Store) -> None:
    """An URL that two feeds carry is accepted once, with both sightings and their first and last times."""
    first = entry("story")
    store.accept(FEED, [first], state(), NOW)
    assert store.accept(OTHER, [first], state(), NOW + minutes(5)) == 0
    store.accept(FEED, [first], state(), NOW + minutes(900))
    with store.begin() as transaction:
        seen = transaction.sightings(key("story"))
    assert [(s.feed_url, s.entry_id, s.first_seen_at, s.last_seen_at) for s in seen] == [
        (FEED, "id-story", NOW, NOW + minutes(900)),
        (OTHER, "id-story", NOW + minutes(5), NOW + minutes(5)),
    ]
