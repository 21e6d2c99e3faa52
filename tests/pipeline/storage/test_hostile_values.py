"""Values that a database refuses: they are stored clean, the same on both."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from pipeline.errors import NeverAgain
from pipeline.models import Correction, Feed, FeedEntry, Outcome
from pipeline.storage import Store, columns
from pipeline.urls import url_key
from tests.pipeline.storage.samples import FEED, NOW, entry, failed, key, minutes, record, state, uri

BAD = "NUL \0, half a pair \ud83d, \udc00"
CLEAN = "NUL \ufffd, half a pair \ufffd, \ufffd"

anything = st.text(st.characters(exclude_categories=()), max_size=30)


def test_text_that_no_database_takes_is_stored_clean(store: Store) -> None:
    """NUL and lone surrogates become U+FFFD, in values and in columns of their own."""
    bad = FeedEntry(url=entry("story").url, entry_id=BAD, title=BAD, authors=(BAD,), source_name=BAD)
    assert store.accept(FEED, [bad], state(title=BAD), NOW) == 1
    store.retry(key("story"), Outcome(ending="failed", reason=BAD, detail=BAD, at=NOW), NOW, counts=True)  # type: ignore[arg-type]
    found = store.trace(key("story"))
    assert found is not None
    assert (found.url.entry.title, found.url.entry.authors) == (CLEAN, (CLEAN,))
    assert (found.sightings[0].entry_id, found.sightings[0].source, found.attempts[0].detail) == (CLEAN, CLEAN, CLEAN)


def test_feeds_batches_and_uris_may_be_called_anything(store: Store) -> None:
    """A name that no database takes still names the same thing when it is asked for again."""
    store.add_feeds([Feed(url=FEED + BAD)], NOW)
    assert store.assign_polls(BAD, NOW, 5) == 1
    assert len(store.poll_batch(BAD)) == 1
    with store.begin() as transaction:
        transaction.put_record(replace(record("x", transaction.next_seq()), uri=BAD, headline=BAD))
    assert store.versions(BAD)[0].headline == CLEAN
    store.put_correction(Correction(kind="join", a=BAD, b="b", at=NOW, note=BAD))
    assert store.corrections()[0].note == CLEAN


def test_long_urls_are_taken(store: Store) -> None:
    """An URL beyond what an index takes is accepted like any other, for an article and for a feed."""
    long = "https://harbour-times.example/" + "9f" * 4_000
    store.add_feeds([Feed(url=long)], NOW)
    assert store.accept(long, [FeedEntry(url=long)], state(), NOW) == 1
    assert store.assign_crawls("c", NOW, limit=9, per_host=9) == 1


def test_times_at_the_ends_of_the_calendar_are_kept(store: Store) -> None:
    """The first and the last moment that Python knows come back as they were."""
    first, last = datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC)
    store.add_feeds([Feed(url=FEED)], first)
    store.change_feed(FEED, lambda _: state(last))
    found = store.feed(FEED)
    assert found is not None
    assert (found.added_at, found.state.next_poll_at, store.next_due()) == (first, last, last)


def test_priorities_beyond_all_bounds_are_clamped(store: Store) -> None:
    """A priority larger than a database's integers is the largest one."""
    store.accept_urls([entry("low")], NOW, priority=-(10**30))
    store.accept_urls([entry("high")], NOW, priority=10**30)
    store.assign_crawls("c", NOW, limit=1, per_host=1)
    assert store.crawl_batch("c")[0].key == key("high")


def test_a_value_too_large_for_a_database_ends_its_url(monkeypatch: pytest.MonkeyPatch, store: Store) -> None:
    """A value beyond what PostgreSQL takes is refused by name, and the store goes on."""
    monkeypatch.setattr(columns, "MAX_JSON_BYTES", 10_000)
    with pytest.raises(NeverAgain, match="too_large"), store.begin() as transaction:
        transaction.put_record(record("vast", transaction.next_seq(), body="x" * 20_000))
    assert store.changes() == ()


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(title=anything, path=anything, reason=anything, detail=anything)
def test_any_text_goes_in_and_comes_out(store: Store, title: str, path: str, reason: str, detail: str) -> None:
    """Whatever the text, it is stored, found again, and holds nothing that the other database would refuse."""
    item = FeedEntry(url=f"https://harbour-times.example/{path}", title=title)
    try:
        name = url_key(item.url)
    except ValueError:
        name = "none"
    store.accept_urls([item], NOW)
    store.retry(name, replace(failed(), reason=reason, detail=detail), NOW + minutes(1), counts=True)
    found = store.trace(name)
    assert name == "none" or found is not None
    if found is not None and found.url.entry.url == item.url:
        assert found.attempts[-1].detail == columns.clean_text(detail)


def test_records_hold_unsigned_numbers(store: Store) -> None:
    """Numbers beyond 63 bits inside a value are kept."""
    with store.begin() as transaction:
        transaction.put_record(replace(record("x", transaction.next_seq()), word_count=2**63 + 1))
    assert store.versions(uri("x"))[0].word_count == 2**63 + 1
