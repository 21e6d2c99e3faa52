"""The store on SQLite and PostgreSQL: each method of Store in base.py as one transaction."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime

from sqlalchemy import Connection

from pipeline.models import (
    AcceptedUrl,
    Correction,
    Feed,
    FeedEntry,
    FeedState,
    Link,
    Member,
    Outcome,
)
from pipeline.record import Record
from pipeline.storage import batches, clusters, feeds, forget, identity, records, reports, urls
from pipeline.storage.base import Batch, Counts, FeedChange, RecordTransaction, StoredFeed, Trace
from pipeline.storage.database import Database
from pipeline.storage.statements import add_tallies
from pipeline.storage.transaction import SqlRecordTransaction

_PAGE = 200


class SqlStore:
    """Implements Store. What each method does is said there."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._read = database.read
        self._write = database.write

    def close(self) -> None:
        self._database.close()

    # feeds

    def add_feeds(self, feeds_: Iterable[Feed], now: datetime) -> int:
        added = tuple(feeds_)
        return self._write(lambda connection: feeds.add_feeds(connection, added, now))

    def remove_feed(self, url: str) -> bool:
        return self._write(lambda connection: feeds.remove_feed(connection, url))

    def feeds(self) -> tuple[StoredFeed, ...]:
        return self._read(feeds.all_feeds)

    def feeds_at(self, domain: str) -> tuple[StoredFeed, ...]:
        return self._read(lambda connection: feeds.feeds_at(connection, domain))

    def feed(self, url: str) -> StoredFeed | None:
        return self._read(lambda connection: feeds.one_feed(connection, url))

    def change_feed(self, url: str, change: FeedChange) -> FeedState | None:
        return self._write(lambda connection: feeds.change_feed(connection, url, change))

    def assign_polls(self, batch_id: str, now: datetime, limit: int) -> int:
        return self._write(lambda connection: feeds.assign_polls(connection, batch_id, now, limit))

    def poll_batch(self, batch_id: str) -> tuple[StoredFeed, ...]:
        return self._read(lambda connection: feeds.poll_batch(connection, batch_id))

    def accept(self, feed_url: str, entries: Sequence[FeedEntry], state: FeedState, now: datetime) -> int:
        return self._write(lambda connection: urls.accept(connection, feed_url, entries, state, now))

    def accept_pushed(
        self, feed_url: str, entries: Sequence[FeedEntry], change: FeedChange, now: datetime
    ) -> FeedState | None:
        def work(connection: Connection) -> FeedState | None:
            state = feeds.change_feed(connection, feed_url, change)
            if state is not None:
                urls.accept(connection, feed_url, entries, state, now)
            return state

        return self._write(work)

    # URLs

    def accept_urls(self, entries: Sequence[FeedEntry], now: datetime, *, priority: int = 0) -> int:
        return self._write(lambda connection: urls.accept_urls(connection, entries, now, priority))

    def assign_crawls(self, batch_id: str, now: datetime, *, limit: int, per_host: int) -> int:
        return self._write(
            lambda connection: batches.assign_crawls(connection, batch_id, now, limit=limit, per_host=per_host)
        )

    def crawl_batch(self, batch_id: str) -> tuple[AcceptedUrl, ...]:
        return self._read(lambda connection: batches.crawl_batch(connection, batch_id))

    def retry(self, key: str, outcome: Outcome, not_before: datetime, *, counts: bool) -> None:
        self._write(lambda connection: urls.retry(connection, key, outcome, not_before, counts=counts))

    def give_back(self, keys: Iterable[str]) -> None:
        wanted = tuple(keys)
        self._write(lambda connection: urls.give_back(connection, wanted))

    def end_url(self, key: str, outcome: Outcome) -> bool:
        def end(connection: Connection) -> bool:
            ended = urls.end_url(connection, key, outcome)
            add_tallies(connection, {(outcome.ending, outcome.reason): int(ended)})
            return ended

        return self._write(end)

    def waiting(self) -> int:
        return self._read(reports.waiting)

    def unseen(self, entries: Iterable[FeedEntry]) -> int:
        asked = tuple(entries)
        return self._read(lambda connection: identity.unseen(connection, asked))

    def forget(self, before: datetime) -> int:
        return self._write(lambda connection: forget.forget(connection, before))

    # batches

    def batches(self) -> tuple[Batch, ...]:
        return self._read(batches.batches)

    def put_back(self, batch_ids: Iterable[str]) -> int:
        wanted = tuple(batch_ids)
        return self._write(lambda connection: batches.put_back(connection, wanted))

    def next_due(self) -> datetime | None:
        return self._read(batches.next_due)

    # records

    @contextmanager
    def begin(self) -> Iterator[RecordTransaction]:
        with self._database.transaction(SqlRecordTransaction) as transaction:
            yield transaction
            transaction.finish()

    def current_records(self, uris: Iterable[str]) -> Mapping[str, Record]:
        wanted = tuple(uris)

        def read(connection: Connection) -> dict[str, Record]:
            found = records.current_records(connection, wanted)
            return {record.uri: record for record in clusters.with_sizes(connection, found.values())}

        return self._read(read)

    def changes(self, since: int = 0, limit: int = 1_000) -> tuple[Record, ...]:
        return self._read(lambda c: clusters.with_sizes(c, records.changes(c, since, limit)))

    def versions(self, uri: str) -> tuple[Record, ...]:
        return self._read(lambda connection: records.versions(connection, uri))

    def members(self, cluster_id: str) -> tuple[Member, ...]:
        return self._read(lambda connection: clusters.members_of(connection, cluster_id))

    def links(self, uris: Iterable[str]) -> tuple[Link, ...]:
        wanted = tuple(uris)
        return self._read(lambda connection: clusters.links_among(connection, wanted))

    def iterate_records(self) -> Iterator[Record]:
        # Page by page: a read transaction left open for long would keep the write-ahead log from being folded in.
        page = self.changes(limit=_PAGE)
        while page:
            yield from page
            page = self.changes(since=page[-1].seq, limit=_PAGE)

    def newest_seq(self) -> int:
        return self._read(records.newest_seq)

    def indexed_seq(self) -> int:
        return self._read(records.indexed_seq)

    def set_indexed_seq(self, seq: int) -> None:
        self._write(lambda connection: records.save_indexed_seq(connection, seq))

    def put_correction(self, correction: Correction) -> None:
        self._write(lambda connection: clusters.put_correction(connection, correction))

    def corrections(self) -> tuple[Correction, ...]:
        return self._read(clusters.all_corrections)

    # reports

    def counts(self) -> Counts:
        return self._read(reports.counts)

    def trace(self, key: str) -> Trace | None:
        return self._read(lambda connection: reports.trace(connection, key))

    def end_of(self, keys: Iterable[str]) -> Mapping[str, Outcome]:
        wanted = tuple(keys)
        return self._read(lambda connection: urls.outcomes(connection, wanted))
