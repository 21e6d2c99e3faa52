"""The transaction that stores one record: see RecordTransaction in base.py."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from sqlalchemy import Connection

from pipeline.models import Correction, FeedEntry, Link, Member, Outcome
from pipeline.record import FeedSighting, Record
from pipeline.storage import clusters, records, sightings, urls
from pipeline.storage.statements import add_tallies
from pipeline.urls import url_key


class SqlRecordTransaction:
    """One open transaction that holds the change feed's write lock. Used in one thread, inside one block."""

    def __init__(self, connection: Connection) -> None:
        """Take the write lock."""
        self._connection = connection
        self._locked_seq = records.lock_seq(connection)
        self._seq = self._locked_seq
        self._tallies: Counter[tuple[str, str]] = Counter()

    def finish(self) -> None:
        """Write what was gathered; the last statements before the commit."""
        if self._seq != self._locked_seq:
            records.save_seq(self._connection, self._seq)
        add_tallies(self._connection, self._tallies)

    def outcome(self, key: str) -> Outcome | None:
        return urls.outcome_of(self._connection, key)

    def current(self, uri: str) -> Record | None:
        return records.current_record(self._connection, uri)

    def records(self, uris: Iterable[str]) -> Mapping[str, Record]:
        return records.current_records(self._connection, uris)

    def versions(self, uris: Iterable[str]) -> Mapping[str, int]:
        return records.current_versions(self._connection, uris)

    def sightings(self, key: str) -> tuple[FeedSighting, ...]:
        return sightings.sightings_of(self._connection, key)

    def next_seq(self) -> int:
        self._seq += 1
        return self._seq

    def neighbourhood(self, uris: Iterable[str]) -> tuple[tuple[Member, ...], tuple[Link, ...], tuple[Correction, ...]]:
        return clusters.neighbourhood(self._connection, uris)

    def linked(self, uri: str) -> tuple[str, ...]:
        return clusters.linked(self._connection, uri)

    def waiting_pairs(self, uri: str) -> tuple[str, ...]:
        return clusters.waiting_for(self._connection, uri)

    def put_waiting_pair(self, *, missing: str, seen_by: str) -> None:
        clusters.put_waiting_pair(self._connection, missing, seen_by)

    def put_member(self, member: Member, cluster_id: str) -> None:
        clusters.put_member(self._connection, member, cluster_id)

    def assign_clusters(self, cluster_of: Mapping[str, str]) -> None:
        clusters.assign_clusters(self._connection, cluster_of)

    def replace_links(self, uri: str, links: Sequence[Link]) -> None:
        clusters.replace_links(self._connection, uri, links)

    def add_links(self, links: Sequence[Link]) -> None:
        clusters.add_links(self._connection, links)

    def put_record(self, record: Record) -> None:
        self._tallies[records.RECORDS] += records.put_record(self._connection, record)

    def end_url(self, key: str, outcome: Outcome) -> None:
        self._end(key, outcome)

    def end_arrival(self, entry: FeedEntry, outcome: Outcome) -> None:
        key = url_key(entry.url)
        if self._end(key, outcome):
            return
        row = urls.url_row(key, entry, outcome.at) | {"ended_at": outcome.at, "outcome": outcome}
        if self._connection.scalar(urls.insert_new(self._connection.dialect.name), row):
            self._tallies[urls.ACCEPTED] += 1
            self._tallies[outcome.ending, outcome.reason] += 1
            sightings.note_sightings(self._connection, {key: entry}, None, outcome.at)

    def _end(self, key: str, outcome: Outcome) -> bool:
        ended = urls.end_url(self._connection, key, outcome)
        self._tallies[outcome.ending, outcome.reason] += ended
        return ended
