"""What is new in a feed: by URL, and by id where a feed gives an entry a new link; on both databases."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from datetime import datetime, timedelta
from itertools import count

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from pipeline.models import Feed, FeedEntry
from pipeline.storage import Store, open_store
from pipeline.storage.identity import is_same_piece
from pipeline.urls import url_key
from tests.pipeline.storage.samples import FEED, NOW, failed, gone, key, minutes, state, stored, uri

OTHER_FEED = "https://quay-news.example/feed"
HOUR = timedelta(hours=1)
FERRY = FeedEntry(
    url="https://harbour-times.example/ferry-back",
    feed_url=FEED,
    entry_id="tag:harbour-times.example,2026:77",
    title="The ferry is back",
    published=NOW - HOUR,
)


def polled(store: Store, *entries: FeedEntry, at: datetime = NOW, feed: str = FEED) -> int:
    """Accept the entries of a poll; returns how many were new, which `unseen` has to have said before."""
    named = [replace(entry, feed_url=feed) for entry in entries]
    expected = store.unseen(named)
    new = store.accept(feed, named, state(), at)
    assert new == expected
    return new


def test_an_id_that_changes_with_every_poll_changes_nothing(store: Store) -> None:
    """One link is one entry, whatever its id."""
    assert [polled(store, replace(FERRY, entry_id=f"build-{n}")) for n in range(5)] == [1, 0, 0, 0, 0]


@pytest.mark.parametrize(
    "changed",
    [
        {"url": "https://harbour-times.example/ferry-back?visit=2"},
        {"url": "https://harbour-times.example/ferry-back?visit=3", "published": NOW},
        {"url": "https://harbour-times.example/the-ferry-is-here", "title": "The ferry is here"},
        {"url": "https://www2.harbour-times.example/2026/ferry-back"},
    ],
    ids=["parameter", "parameter and date", "new headline in the link", "new place"],
)
def test_a_known_entry_with_a_new_link_is_no_new_entry(store: Store, changed: dict[str, object]) -> None:
    """The id, and the moment or the title and place, say that it is the same piece; it is seen again, not accepted."""
    assert polled(store, FERRY) == 1
    assert polled(store, replace(FERRY, **changed), at=NOW + timedelta(days=1)) == 0
    trace = store.trace(key("ferry-back"))
    assert trace is not None
    assert [sighting.last_seen_at for sighting in trace.sightings] == [NOW + timedelta(days=1)]
    assert store.waiting() == 1


@pytest.mark.parametrize(
    "changed",
    [
        {"title": "The quay is closed", "published": NOW},
        {"title": "The quay is closed", "published": None},
        {"published": NOW},
    ],
    ids=["title and date", "no date", "date"],
)
def test_an_id_used_again_for_another_piece_is_new(store: Store, changed: dict[str, object]) -> None:
    """Where title or moment say that it is another piece at another place, the link decides."""
    assert polled(store, FERRY) == 1
    assert polled(store, replace(FERRY, url="https://harbour-times.example/quay", **changed)) == 1


def test_a_day_alone_is_no_moment(store: Store) -> None:
    """Two pieces of one day under one id are two."""
    day = NOW.replace(hour=0)
    assert polled(store, replace(FERRY, published=day)) == 1
    quay = replace(FERRY, url="https://harbour-times.example/quay", title="The quay", published=day)
    assert polled(store, quay) == 1


def test_ids_count_within_one_feed(store: Store) -> None:
    """The same id in another feed says nothing."""
    assert polled(store, FERRY) == 1
    assert polled(store, replace(FERRY, url="https://quay-news.example/ferry"), feed=OTHER_FEED) == 1


def test_a_mended_link_is_accepted(store: Store) -> None:
    """An entry whose link was dead is new under its next link; one that gave a record is not."""
    polled(store, FERRY)
    mended = replace(FERRY, url="https://harbour-times.example/ferry-is-back")
    assert polled(store, mended) == 0
    store.end_url(key("ferry-back"), gone())
    assert polled(store, mended) == 1
    store.end_url(key("ferry-is-back"), stored(uri("ferry")))
    assert polled(store, replace(FERRY, url="https://harbour-times.example/ferry")) == 0


def test_ids_of_any_length_and_content_are_kept(store: Store) -> None:
    """An id of 100 KB with a NUL in it is an id."""
    strange = replace(FERRY, entry_id="\0" + "ø" * 100_000)
    assert polled(store, strange) == 1
    assert polled(store, replace(strange, url=strange.url + "?n=2")) == 0


def test_a_recent_sighting_is_not_written_again(store: Store) -> None:
    """The last sighting is told to within some hours; the first exactly."""
    for hours in (0, 1, 5, 7, 8):
        polled(store, FERRY, at=NOW + hours * HOUR)
    trace = store.trace(key("ferry-back"))
    assert trace is not None
    assert [(seen.first_seen_at, seen.last_seen_at) for seen in trace.sightings] == [(NOW, NOW + 7 * HOUR)]


dates = st.none() | st.sampled_from(
    [NOW, NOW - HOUR, NOW - timedelta(days=4_000), NOW + timedelta(days=1), NOW.replace(hour=0)]
)
paths = st.integers(0, 5).map(lambda n: f"https://harbour-times.example/p{n}")
ids = st.none() | st.sampled_from(["a", "b", "c"])
pieces = st.builds(FeedEntry, url=paths, entry_id=ids, title=st.sampled_from(["A", "B"]) | st.none(), published=dates)
numbers = count()
polls = st.lists(st.lists(pieces, min_size=1, max_size=5), min_size=1, max_size=6)


@pytest.fixture(scope="module")
def one_store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    """A store for many examples, each with a feed and hosts of its own."""
    with closing(open_store(f"sqlite:///{tmp_path_factory.mktemp('identity') / 'wiredesk.db'}")) as store:
        yield store


@settings(max_examples=30, deadline=None, phases=(Phase.explicit, Phase.generate))
@given(polls=polls)
def test_no_entry_is_lost_whatever_its_date(one_store: Store, polls: list[list[FeedEntry]]) -> None:
    """Each entry of each poll was accepted, or that feed has carried its id, and the same piece was accepted."""
    host = f"paper-{next(numbers)}.example"
    feed = f"https://{host}/feed"
    one_store.add_feeds([Feed(url=feed)], NOW)
    accepted: dict[str, FeedEntry] = {}
    ids: set[str] = set()
    for number, entries in enumerate(polls):
        mine = [replace(e, feed_url=feed, url=e.url.replace("harbour-times.example", host)) for e in entries]
        ids.update(entry.entry_id for entry in mine if entry.entry_id)
        polled(one_store, *mine, at=NOW + number * minutes(30), feed=feed)
        for entry in mine:
            if one_store.trace(url_key(entry.url)):
                accepted.setdefault(entry.url, entry)
            else:
                assert entry.entry_id in ids
                assert any(is_same_piece(entry, old) for old in accepted.values())


def test_an_attempt_that_failed_is_no_end(store: Store) -> None:
    """While the old link is still tried, the new one waits."""
    polled(store, FERRY)
    store.retry(key("ferry-back"), failed(), NOW + minutes(5), counts=True)
    assert polled(store, replace(FERRY, url="https://harbour-times.example/ferry")) == 0
