"""From a page to a stored record: the order of the stages.

extract (guarded) → look up and insert in the index → compare with what is stored → in one transaction: settle the
cluster, store the record, tell the other members, end the URL.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

import msgspec

from pipeline.copies import DECIDER_VERSION, Partners, attribute, cluster_id, compare, exact_keys, same_verdict
from pipeline.errors import NotAnArticle
from pipeline.models import (
    Candidate,
    Correction,
    Ending,
    Extracted,
    FeedEntry,
    Fingerprint,
    Link,
    Outcome,
    Page,
)
from pipeline.policies import CopyPolicy, Partner
from pipeline.record import Record, Syndication
from pipeline.records import draft_record, is_older, member_of, next_version, place_record
from pipeline.storage.base import RecordTransaction, Store
from pipeline.urls import record_uri, url_key


class Index(Protocol):
    """The fingerprint index, as far as ingestion needs it."""

    def look_up_and_insert(
        self, uri: str, fingerprint: Fingerprint, *, exact: tuple[str, ...] = (), keep: bool = False
    ) -> tuple[Candidate, ...]:
        """Return the articles that share text or a key, and insert this one, in one atomic step."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """What ingestion works with; made once per process."""

    store: Store
    index: Index
    extract: Callable[[Page, FeedEntry | None], Extracted]
    partners: tuple[Partner, ...]
    registry: Partners
    copies: CopyPolicy
    rules_version: str
    clock: Callable[[], datetime]


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrival:
    """A page that came in, and what it came for."""

    page: Page
    entry: FeedEntry
    #: url_key() of the accepted URL.
    key: str
    trace_id: str
    #: The partner whose archive this is: the index never forgets it.
    partner: str | None = None
    #: An import: the page may come again, as a new version, after its URL has ended.
    again: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """What an article shares with one version of another; nothing where the link is None."""

    version: int
    link: Link | None


def arrival_of(page: Page, entry: FeedEntry | None = None, *, partner: str | None = None) -> Arrival:
    """Return the arrival of a page that was not asked for by a feed."""
    entry = entry or FeedEntry(url=page.requested_url)
    key = url_key(page.requested_url)
    return Arrival(page=page, entry=entry, key=key, trace_id=uuid.uuid4().hex, partner=partner, again=True)


def ingest_page(desk: Desk, arrival: Arrival) -> Outcome:
    """Store the article of a page, settle its cluster, end its URL; returns how the URL ended.

    Raises TryLater when the guarded child had to be killed, ServiceError when store or index are away.
    """
    try:
        extracted = desk.extract(arrival.page, arrival.entry)
    except NotAnArticle as error:
        detail = error.detail or None
        outcome = Outcome(ending=Ending.NOT_ARTICLE, reason=error.reason, detail=detail, at=desk.clock())
        return end_arrival(desk, arrival, outcome)
    return store_article(desk, arrival, extracted)


def end_arrival(desk: Desk, arrival: Arrival, outcome: Outcome) -> Outcome:
    """End an arrival that gave no record; returns the outcome."""
    with desk.store.begin() as tx:
        tx.end_arrival(arrival.entry, outcome)
    return outcome


def store_article(desk: Desk, arrival: Arrival, extracted: Extracted) -> Outcome:
    """Store an extracted article; see ingest_page."""
    draft = draft_of(arrival, extracted, desk.partners, desk.rules_version, desk.clock())
    candidates = desk.index.look_up_and_insert(
        draft.uri, extracted.fingerprint, exact=exact_keys(member_of(draft)), keep=keeps(draft, desk.registry)
    )
    found = {candidate.uri for candidate in candidates} - {draft.uri}
    # Comparing takes long, so it is done before the lock is taken; what changes until then is compared again.
    compared = compare_all(draft, desk.store.current_records(found), desk.copies)
    with desk.store.begin() as tx:
        ended = tx.outcome(arrival.key)
        if ended is not None and not arrival.again:
            return ended
        outcome = settle(desk, tx, arrival, draft, found=found, compared=compared)
        tx.end_arrival(arrival.entry, outcome)
    return outcome


def keeps(record: Record, registry: Partners) -> bool:
    """Return whether the index never forgets the record: a partner's archive, by import or by the registry."""
    partner = registry.at(record.publisher.domain)
    return record.provenance.partner_archive is not None or (partner is not None and partner.keep)


def draft_of(
    arrival: Arrival, extracted: Extracted, partners: tuple[Partner, ...], rules_version: str, now: datetime
) -> Record:
    """Return the record as far as the page alone tells."""
    uri = record_uri(arrival.page.url)
    alone = Syndication(
        cluster_id=cluster_id(uri), role="solo", confidence=1.0, decided_at=now, decider_version=DECIDER_VERSION
    )
    return draft_record(
        article=extracted.article,
        page=arrival.page,
        fingerprint=extracted.fingerprint,
        partners=partners,
        rules_version=rules_version,
        trace_id=arrival.trace_id,
        partner_archive=arrival.partner,
        syndication=alone,
    )


def compare_all(draft: Record, others: Mapping[str, Record], policy: CopyPolicy) -> Mapping[str, Comparison]:
    """Return what the draft shares with each of the others, by uri."""
    mine = member_of(draft)
    return {
        uri: Comparison(
            version=other.version,
            link=compare(mine, draft.article_body, member_of(other), other.article_body, policy),
        )
        for uri, other in others.items()
    }


def settle(
    desk: Desk,
    tx: RecordTransaction,
    arrival: Arrival,
    draft: Record,
    *,
    found: AbstractSet[str],
    compared: Mapping[str, Comparison],
) -> Outcome:
    """Store the draft in its place and give every member of its cluster its verdict; returns the outcome.

    `found` are the candidates of the index. For one that is not stored yet, since it arrives at this moment, a waiting
    pair is left, which it finds when it is stored.
    """
    now = desk.clock()
    current = tx.current(draft.uri)
    version, event = next_version(current, draft)
    if current is not None and (event is None or is_older(draft, current)):
        return unchanged(current, arrival, now, reason="older" if event else "ok")
    links, missing = links_now(tx, draft, desk.copies, found=found, compared=compared)
    for uri in sorted(missing):
        tx.put_waiting_pair(missing=uri, seen_by=draft.uri)
    sightings = tx.sightings(arrival.key)
    placed = place_record(
        draft, version=version, seq=tx.next_seq(), event=event or "created", syndication=draft.syndication,
        sightings=sightings,
    )  # fmt: skip
    verdicts = judge(tx, placed, links, desk.registry, now)
    tx.put_record(msgspec.structs.replace(placed, syndication=verdicts[placed.uri]))
    tell_others(tx, placed.uri, verdicts)
    return Outcome(ending=Ending.STORED, reason="ok", uri=placed.uri, version=version, at=now)


def links_now(
    tx: RecordTransaction,
    draft: Record,
    policy: CopyPolicy,
    *,
    found: AbstractSet[str],
    compared: Mapping[str, Comparison],
) -> tuple[tuple[Link, ...], AbstractSet[str]]:
    """Return the draft's links with the texts as they stand under the lock, and the uris that are not stored yet.

    Beside the candidates, these are the records that waited for the draft, and those that its version before had links
    with: an index that was lost, or has forgotten them, takes no links away.
    """
    near = {*found, *tx.waiting_pairs(draft.uri), *tx.linked(draft.uri)} - {draft.uri}
    versions = tx.versions(near)
    stale = [uri for uri, version in versions.items() if uri not in compared or compared[uri].version != version]
    newest = {**compared, **compare_all(draft, tx.records(stale), policy)}
    links = tuple(newest[uri].link for uri in sorted(newest))
    return tuple(link for link in links if link is not None), near - versions.keys()


def unchanged(current: Record, arrival: Arrival, now: datetime, *, reason: str) -> Outcome:
    """Return the outcome of a page whose record is there already, in this state or a newer one.

    It is the same URL again, or another way to it.
    """
    same_url = url_key(current.requested_url) == arrival.key
    ending = Ending.UNCHANGED if same_url else Ending.DUPLICATE
    return Outcome(ending=ending, reason=reason, uri=current.uri, version=current.version, at=now)


def judge(
    tx: RecordTransaction, record: Record, links: Sequence[Link], registry: Partners, now: datetime
) -> Mapping[str, Syndication]:
    """Save the record's membership and links; returns the verdict on every member of the clusters that they touch."""
    others = {uri for link in links for uri in (link.a, link.b)} - {record.uri}
    members, known, corrections = tx.neighbourhood([record.uri, *sorted(others)])
    mine = member_of(record)
    verdicts = attribute(
        members=(*(m for m in members if m.uri != mine.uri), mine),
        links=(*(link for link in known if mine.uri not in (link.a, link.b)), *links),
        corrections=corrections,
        partners=registry,
        now=now,
    )
    tx.put_member(mine, verdicts[mine.uri].cluster_id)
    tx.replace_links(mine.uri, links)
    tx.assign_clusters({uri: verdict.cluster_id for uri, verdict in verdicts.items() if uri != mine.uri})
    return verdicts


def tell_others(tx: RecordTransaction, uri: str, verdicts: Mapping[str, Syndication]) -> int:
    """Give every other member whose verdict changed a new place in the change feed; returns how many."""
    told = 0
    for record in sorted(tx.records(set(verdicts) - {uri}).values(), key=lambda record: record.seq):
        verdict = verdicts[record.uri]
        if same_verdict(record.syndication, verdict):
            continue
        tx.put_record(msgspec.structs.replace(record, seq=tx.next_seq(), event="reattributed", syndication=verdict))
        told += 1
    return told


def correct(store: Store, correction: Correction, registry: Partners, now: datetime) -> int:
    """Save an editor's word on two records and judge their clusters anew; returns how many records changed.

    Raises KeyError when one of the two is not there; then nothing is saved.
    """
    missing = {correction.a, correction.b} - store.current_records([correction.a, correction.b]).keys()
    if missing:
        raise KeyError(min(missing))
    store.put_correction(correction)
    with store.begin() as tx:
        members, links, corrections = tx.neighbourhood([correction.a, correction.b])
        verdicts = attribute(members=members, links=links, corrections=corrections, partners=registry, now=now)
        tx.assign_clusters({uri: verdict.cluster_id for uri, verdict in verdicts.items()})
        return tell_others(tx, "", verdicts)
