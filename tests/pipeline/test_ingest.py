"""From a page to a stored record, on a real store and a real index."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import permutations
from pathlib import Path

import msgspec
import pytest
import redis

from pipeline.copies import Partners
from pipeline.extract import make_reader
from pipeline.index import FingerprintIndex
from pipeline.ingest import Arrival, Desk, arrival_of, correct, ingest_page
from pipeline.models import Correction, Ending, FeedEntry, FeedState, Page
from pipeline.parsing import parse_page
from pipeline.policies import CopyPolicy, ExtractPolicy, Partner
from pipeline.record import Record
from pipeline.settings import load_notice_rules
from pipeline.storage import open_store
from pipeline.urls import url_key
from tests.pipeline.newsroom import NOON, copy, original, unrelated

PARTNERS = (
    Partner(name="The Beacon", domains=("beacon.example",)),
    Partner(name="The Lantern", domains=("lantern.example",)),
)


@pytest.fixture
def desk(tmp_path: Path, redis_client: redis.Redis) -> Iterator[Desk]:
    """A desk without a guarded child: the same functions, in this process."""
    store = open_store(f"sqlite:///{tmp_path / 'desk.db'}")
    copies = CopyPolicy()
    reader = make_reader(ExtractPolicy(), load_notice_rules(None), PARTNERS)
    yield Desk(
        store=store,
        index=FingerprintIndex(redis_client, copies),
        extract=lambda page, entry: parse_page(page, entry, reader, copies),
        partners=PARTNERS,
        registry=Partners(PARTNERS),
        copies=copies,
        rules_version="test",
        clock=lambda: NOON,
    )
    store.close()


def stored(desk: Desk) -> dict[str, Record]:
    """Return the current records by their host."""
    return {record.url.split("/")[2]: record for record in desk.store.changes()}


def test_a_page_becomes_a_record(desk: Desk) -> None:
    """With its text, its place in the change feed, and one outcome."""
    outcome = ingest_page(desk, arrival_of(original()))
    record = stored(desk)["www.beacon.example"]
    assert (outcome.ending, outcome.uri, record.version, record.event) == (Ending.STORED, record.uri, 1, "created")
    assert record.article_body.startswith("The last ferry of the evening")
    assert record.syndication.role == "solo"


@pytest.mark.parametrize("order", list(permutations([original, copy, unrelated])))
def test_a_copy_finds_its_original_in_any_order(desk: Desk, order: tuple[object, ...]) -> None:
    """The Beacon's page is the original, The Lantern's the copy, the bakers' story stands alone."""
    for make in order:
        ingest_page(desk, arrival_of(make()))  # type: ignore[operator]
    records = list(desk.store.changes())
    roles = {record.url.split("/", 3)[3]: record.syndication.role for record in records}
    assert roles == {"2026/05/ferry": "original", "news/archive/ferry/1881": "copy", "news/bakers": "solo"}
    assert len({record.syndication.cluster_id for record in records}) == 2


def test_the_notices_are_data(desk: Desk) -> None:
    """Both leave the text; the one that lost its name keeps its link."""
    ingest_page(desk, arrival_of(copy()))
    record = stored(desk)["www.lantern.example"]
    assert "partner" not in record.article_body
    assert {"https://www.beacon.example/"} == {notice.target_url for notice in record.notices}
    assert len(record.notices) == 2


def test_the_original_that_comes_later_reattributes_the_copy(desk: Desk) -> None:
    """The copy's row moves on in the change feed; its version stays."""
    ingest_page(desk, arrival_of(copy()))
    before = stored(desk)["www.lantern.example"]
    ingest_page(desk, arrival_of(original()))
    after = stored(desk)["www.lantern.example"]
    assert ("reattributed", before.version) == (after.event, after.version)
    assert after.seq > before.seq
    assert after.syndication.original is not None
    assert after.syndication.original.url == original().url


def test_the_same_page_again_changes_nothing(desk: Desk) -> None:
    """No version, no event, the outcome says so."""
    ingest_page(desk, arrival_of(original()))
    before = list(desk.store.changes())
    assert ingest_page(desk, arrival_of(original())).ending == Ending.UNCHANGED
    assert list(desk.store.changes()) == before


def test_a_changed_page_is_a_new_version(desk: Desk) -> None:
    """The change feed holds it once, as updated."""
    ingest_page(desk, arrival_of(original()))
    changed = original().body.replace(b"on Thursday", b"on Friday")
    ingest_page(desk, arrival_of(msgspec.structs.replace(original(), body=changed)))
    (record,) = desk.store.changes()
    assert (record.version, record.event) == (2, "updated")
    assert [r.version for r in desk.store.versions(record.uri)] == [1, 2]


def accepted(desk: Desk, url: str) -> Arrival:
    """Return the arrival of an URL that a feed brought."""
    entry = FeedEntry(url=url, feed_url="https://www.beacon.example/rss", entry_id="1")
    desk.store.accept("https://www.beacon.example/rss", [entry], FeedState(next_poll_at=NOON), NOON)
    return Arrival(
        page=msgspec.structs.replace(original(), requested_url=url), entry=entry, key=url_key(url), trace_id="t"
    )


def test_delivered_twice_is_stored_once(desk: Desk) -> None:
    """The first outcome stays."""
    arrival = accepted(desk, original().url)
    assert ingest_page(desk, arrival) == ingest_page(desk, arrival)
    assert desk.store.counts().ended == {"stored": {"ok": 1}}


def test_two_ways_to_one_page_are_one_record(desk: Desk) -> None:
    """The second URL ends as a duplicate."""
    ingest_page(desk, accepted(desk, original().url))
    outcome = ingest_page(desk, accepted(desk, "https://www.beacon.example/short/7"))
    assert outcome.ending == Ending.DUPLICATE
    assert desk.store.counts().records == 1


def test_the_record_tells_which_feed_brought_it(desk: Desk) -> None:
    """Under provenance."""
    ingest_page(desk, accepted(desk, original().url))
    (record,) = desk.store.changes()
    assert [feed.feed_url for feed in record.provenance.feeds] == ["https://www.beacon.example/rss"]


def test_a_page_without_article_ends_with_the_reason(desk: Desk) -> None:
    """Once, and counted."""
    empty = Page(
        requested_url="https://www.beacon.example/",
        url="https://www.beacon.example/",
        status=200,
        content_type="text/html",
        body=b"<html><body><p>Hello</p></body></html>",
        fetched_at=NOON,
    )
    assert ingest_page(desk, arrival_of(empty)).ending == Ending.NOT_ARTICLE
    assert sum(desk.store.counts().ended["not-article"].values()) == 1


def test_every_member_tells_how_many_there_are(desk: Desk) -> None:
    """Also the one that was stored when it was alone; its place in the change feed does not move for that."""
    for make in (original, copy, unrelated):
        ingest_page(desk, arrival_of(make()))
    counts = {record.url: record.syndication.member_count for record in desk.store.changes()}
    assert {original().url: 2, copy().url: 2, unrelated().url: 1} == counts


def test_an_editor_can_split_and_join(desk: Desk) -> None:
    """A correction outlives what the texts say."""
    for make in (original, copy):
        ingest_page(desk, arrival_of(make()))
    a, b = sorted(record.uri for record in desk.store.changes())
    correct(desk.store, Correction(kind="split", a=a, b=b, at=NOON), desk.registry, NOON)
    assert len({record.syndication.cluster_id for record in desk.store.changes()}) == 2
    correct(desk.store, Correction(kind="join", a=a, b=b, at=NOON.replace(hour=13)), desk.registry, NOON)
    assert len({record.syndication.cluster_id for record in desk.store.changes()}) == 1
