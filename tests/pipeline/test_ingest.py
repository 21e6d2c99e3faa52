"""From a page to a stored record, on a real store and a real index."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from itertools import permutations
from pathlib import Path
from typing import cast

import msgspec
import pytest
import redis

from pipeline.ingest import Arrival, Desk, arrival_of, correct, ingest_page
from pipeline.models import Candidate, Correction, Ending, FeedEntry, FeedState, Fingerprint, Page
from pipeline.policies import Partner
from pipeline.record import Record
from pipeline.storage.base import Store
from pipeline.urls import url_key
from tests.pipeline.desks import open_desk
from tests.pipeline.newsroom import NOON, copy, original, unrelated

PARTNERS = (
    Partner(name="The Beacon", domains=("beacon.example",)),
    Partner(name="The Lantern", domains=("lantern.example",)),
)


@pytest.fixture
def desk(tmp_path: Path, redis_client: redis.Redis) -> Iterator[Desk]:
    """A desk without a guarded child: the same functions, in this process."""
    with open_desk(tmp_path, redis_client, PARTNERS) as found:
        yield found


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


def edited(at: datetime, modified: datetime | None = None) -> Page:
    """Return another state of the original, fetched at this time; `modified`: what it says of itself."""
    body = original().body.replace(b"on Thursday", b"on Friday")
    if modified:
        tag = f"<meta property='article:modified_time' content='{modified.isoformat()}'></head>"
        body = body.replace(b"</head>", tag.encode())
    return msgspec.structs.replace(original(at), body=body)


def test_an_older_state_that_comes_later_changes_nothing(desk: Desk) -> None:
    """As from an archive after the live page: the newer fetch stays the current version, and the outcome says so."""
    ingest_page(desk, arrival_of(original()))
    before = list(desk.store.changes())
    outcome = ingest_page(desk, arrival_of(edited(NOON - timedelta(days=9))))
    assert (outcome.ending, outcome.reason, outcome.version) == (Ending.UNCHANGED, "older", 1)
    assert list(desk.store.changes()) == before
    assert desk.store.counts().ended == {"stored": {"ok": 1}}


@pytest.mark.parametrize(("day", "versions"), [(2, 1), (3, 2), (4, 2)])
def test_a_page_knows_best_when_it_was_modified(day: int, versions: int, desk: Desk) -> None:
    """A cache may give an old state to the later of two fetches; where the two dates are the same, the fetch decides."""
    live = edited(NOON, modified=NOON.replace(day=3))
    other = edited(NOON + timedelta(hours=1), modified=NOON.replace(day=day))
    ingest_page(desk, arrival_of(live))
    changed = msgspec.structs.replace(other, body=other.body.replace(b"on Friday", b"on Sunday"))
    ingest_page(desk, arrival_of(changed))
    (record,) = desk.store.changes()
    assert (record.version, record.date_modified is None) == (versions, False)


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


def test_a_correction_of_a_record_that_is_not_there_is_not_kept(desk: Desk) -> None:
    """It would be applied to whatever comes under that uri."""
    ingest_page(desk, arrival_of(original()))
    (record,) = desk.store.changes()
    with pytest.raises(KeyError, match="urn:wiredesk:article:0"):
        correct(
            desk.store, Correction(kind="join", a="urn:wiredesk:article:0", b=record.uri, at=NOON), desk.registry, NOON
        )
    assert desk.store.corrections() == ()


def shared_cluster(desk: Desk) -> bool:
    """Return whether the two papers' records are in one cluster."""
    return len({record.syndication.cluster_id for record in desk.store.changes()}) == 1


def changed_original() -> Page:
    """Return The Beacon's page after an edit."""
    return msgspec.structs.replace(original(), body=original().body.replace(b"on Thursday", b"on Friday"))


def test_a_new_version_keeps_its_copies_when_the_index_is_lost(desk: Desk, redis_client: redis.Redis) -> None:
    """Its links are in the store; they are measured anew on the new text."""
    for make in (original, copy):
        ingest_page(desk, arrival_of(make()))
    redis_client.flushall()
    ingest_page(desk, arrival_of(changed_original()))
    assert shared_cluster(desk)
    link = desk.store.links([record.uri for record in desk.store.changes()])
    assert len(link) == 1


def test_a_new_version_without_the_text_leaves_its_copies(desk: Desk) -> None:
    """A link that was there is measured anew, not carried on."""
    for make in (original, copy):
        ingest_page(desk, arrival_of(make()))
    other = msgspec.structs.replace(unrelated(), requested_url=original().url, url=original().url)
    ingest_page(desk, arrival_of(other))
    assert not shared_cluster(desk)


class Meanwhile:
    """A store in which something happens right after records were read without the lock."""

    def __init__(self, store: Store, happens: Callable[[], object]) -> None:
        self._store = store
        self._happens = happens

    def __getattr__(self, name: str) -> object:
        return getattr(self._store, name)

    def current_records(self, uris: Iterable[str]) -> Mapping[str, Record]:
        found = self._store.current_records(uris)
        self._happens()
        return found


def with_meanwhile(desk: Desk, page: Page) -> Desk:
    """Return the desk of a worker that is overtaken by another one, which stores the page."""
    store = Meanwhile(desk.store, lambda: store_without_index(desk, page))
    return dataclasses.replace(desk, store=cast("Store", store))


def store_without_index(desk: Desk, page: Page) -> None:
    """Store a page whose look-up in the index came before all others."""
    ingest_page(dataclasses.replace(desk, index=NoCandidates()), arrival_of(page))


class NoCandidates:
    """An index that knows nobody yet."""

    def look_up_and_insert(
        self, uri: str, fingerprint: Fingerprint, *, exact: tuple[str, ...] = (), keep: bool = False
    ) -> tuple[Candidate, ...]:
        return ()


def test_a_candidate_that_gets_the_same_text_meanwhile_is_found(desk: Desk) -> None:
    """The other one looked before this one was in the index, and stored after this one had compared."""
    other = msgspec.structs.replace(unrelated(), requested_url=original().url, url=original().url)
    ingest_page(desk, arrival_of(other))
    (stood,) = desk.store.changes()
    known = dataclasses.replace(desk, index=OneCandidate(stood.uri))
    ingest_page(with_meanwhile(known, original()), arrival_of(copy()))
    assert desk.store.counts().records == 2
    assert shared_cluster(desk)


def test_a_candidate_that_loses_the_text_meanwhile_is_no_copy(desk: Desk) -> None:
    """A link is with the text that the store has under the lock."""
    ingest_page(desk, arrival_of(original()))
    other = msgspec.structs.replace(unrelated(), requested_url=original().url, url=original().url)
    ingest_page(with_meanwhile(desk, other), arrival_of(copy()))
    assert desk.store.counts().records == 2
    assert not shared_cluster(desk)


class OneCandidate:
    """An index in which another worker has just put the new text of an article."""

    def __init__(self, uri: str) -> None:
        self._uri = uri

    def look_up_and_insert(
        self, uri: str, fingerprint: Fingerprint, *, exact: tuple[str, ...] = (), keep: bool = False
    ) -> tuple[Candidate, ...]:
        return (Candidate(uri=self._uri, shared=20),)
