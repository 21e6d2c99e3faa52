"""The ports of the store: what compositions and workers may ask of it; implemented for SQLite and PostgreSQL.

The store is the truth. An URL is accepted when its row is committed here, and each accepted URL ends exactly once.
Work is assigned to batches here (a batch is an id in Redis and rows in the store): a worker that gets a batch id claims
the rows that are still assigned to it, so a batch that is delivered twice, late or never does no harm.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import datetime
from typing import Protocol

from pipeline.models import (
    AcceptedUrl,
    Correction,
    Feed,
    FeedEntry,
    FeedState,
    Link,
    Member,
    Outcome,
    Value,
)
from pipeline.record import FeedSighting, Record

#: From a feed's state as it is to what it is to be; None: leave it.
FeedChange = Callable[[FeedState], FeedState | None]


class StoredFeed(Value, frozen=True, kw_only=True):
    """A feed with its state, as kept."""

    feed: Feed
    state: FeedState
    added_at: datetime
    #: The poll batch that it is assigned to.
    batch_id: str | None = None


class Batch(Value, frozen=True, kw_only=True):
    """Work that was assigned and has not come back."""

    id: str
    #: poll, crawl
    kind: str
    assigned_at: datetime
    size: int


class Counts(Value, frozen=True, kw_only=True):
    """What the store holds."""

    feeds: int
    #: Accepted URLs not ended: waiting, and of these assigned to a batch.
    waiting: int
    assigned: int
    #: Ended URLs by ending and reason: {"stored": {"ok": 40}, "gone": {"http_410": 1}}
    ended: dict[str, dict[str, int]]
    records: int
    clusters: int
    #: Clusters of two members and more.
    shared_clusters: int
    #: The newest place in the change feed.
    seq: int


class Trace(Value, frozen=True, kw_only=True):
    """The way of one URL through wiredesk."""

    url: AcceptedUrl
    sightings: tuple[FeedSighting, ...]
    batch_id: str | None
    not_before: datetime | None
    #: Every attempt that did not end the URL, oldest first, then the ending.
    attempts: tuple[Outcome, ...]
    outcome: Outcome | None


class RecordTransaction(Protocol):
    """One transaction that stores one record, its cluster's changes and its URL's outcome; all or nothing.

    It holds the one write lock of the change feed from the first statement, so that transactions commit in the order of
    their `seq` and of any two copies the second always sees the first.
    """

    def outcome(self, key: str) -> Outcome | None:
        """Return how the URL has ended already, None while it has not (or was never accepted)."""

    def current(self, uri: str) -> Record | None:
        """Return the current version of a record."""

    def records(self, uris: Iterable[str]) -> Mapping[str, Record]:
        """Return the current versions that exist, by uri."""

    def versions(self, uris: Iterable[str]) -> Mapping[str, int]:
        """Return the numbers of the current versions that exist, by uri; much cheaper than the records."""

    def sightings(self, key: str) -> tuple[FeedSighting, ...]:
        """Return the feeds that carried the URL."""

    def next_seq(self) -> int:
        """Return a new place in the change feed."""

    def neighbourhood(self, uris: Iterable[str]) -> tuple[tuple[Member, ...], tuple[Link, ...], tuple[Correction, ...]]:
        """Return all members of the clusters that the uris are in, their links, and the corrections that name them."""

    def linked(self, uri: str) -> tuple[str, ...]:
        """Return the uris that `uri` has links with, in whatever cluster they are."""

    def waiting_pairs(self, uri: str) -> tuple[str, ...]:
        """Return the uris that found `uri` in the index before it was stored (see put_waiting_pair)."""

    def put_waiting_pair(self, *, missing: str, seen_by: str) -> None:
        """Note that `seen_by` shares text with `missing`, which is in the index but not yet in the store."""

    def put_member(self, member: Member, cluster_id: str) -> None:
        """Save a member and the cluster it is in, replacing what was known of its uri."""

    def assign_clusters(self, cluster_of: Mapping[str, str]) -> None:
        """Set the cluster of members by uri."""

    def replace_links(self, uri: str, links: Sequence[Link]) -> None:
        """Replace all links of `uri` by these; each link names `uri` on one side. Settles its waiting pairs."""

    def add_links(self, links: Sequence[Link]) -> None:
        """Add or overwrite single links."""

    def put_record(self, record: Record) -> None:
        """Save a record as the current version of its uri; the same (uri, version) is overwritten."""

    def end_url(self, key: str, outcome: Outcome) -> None:
        """End an accepted URL. An URL that has ended keeps its first outcome; one never accepted is ignored."""

    def end_arrival(self, entry: FeedEntry, outcome: Outcome) -> None:
        """Accept and end, in one step, an URL that came in with its page (an import); one that is there just ends."""


class Store(Protocol):
    """Everything that is kept. Every method is one transaction, safe to call from any thread and process."""

    def close(self) -> None:
        """Release connections."""

    # feeds

    def add_feeds(self, feeds: Iterable[Feed], now: datetime) -> int:
        """Add feeds, due at once; one that is there keeps its state and takes the new title, groups and priority.
        Returns how many were new."""

    def remove_feed(self, url: str) -> bool:
        """Remove a feed and its state; accepted URLs stay. Returns whether it was there."""

    def feeds(self) -> tuple[StoredFeed, ...]:
        """Return all feeds, by URL."""

    def feeds_at(self, domain: str) -> tuple[StoredFeed, ...]:
        """Return the feeds in whose own or adopted address the name stands, by URL, and maybe a few others; the others
        are not read out of the database, so this is far cheaper than `feeds`."""

    def feed(self, url: str) -> StoredFeed | None:
        """Return one feed."""

    def change_feed(self, url: str, change: FeedChange) -> FeedState | None:
        """Change a feed's state in one step, so that nothing written at the same time is lost. Returns the new state,
        None when there is no such feed or `change` wants nothing changed; `change` may be called more than once, and
        uses no store. A feed whose next poll is set anew, or that is muted, leaves its batch."""

    def assign_polls(self, batch_id: str, now: datetime, limit: int) -> int:
        """Assign up to `limit` feeds that are due and in no batch. Returns how many."""

    def poll_batch(self, batch_id: str) -> tuple[StoredFeed, ...]:
        """Return the feeds that are still assigned to the batch."""

    def accept(self, feed_url: str, entries: Sequence[FeedEntry], state: FeedState, now: datetime) -> int:
        """In one transaction: accept the entries that are new, note for each that this feed carries it (first and last
        sighting), save the feed's state, and take the feed out of its batch. New is an entry whose URL was never
        accepted, unless this feed has carried it under its id with another link. Its priority is the feed's, one lower
        where its date says that it is no fresh news.
        Returns how many were new. For a feed removed meanwhile, its entries are accepted all the same. What others have
        changed while the poll was on its way is kept: a pause, a sooner poll, what a hub said."""

    def accept_pushed(
        self, feed_url: str, entries: Sequence[FeedEntry], change: FeedChange, now: datetime
    ) -> FeedState | None:
        """In one transaction: change the feed's state as change_feed does, and accept the entries as accept does.
        Returns the new state; None, and nothing is accepted, when there is no such feed or nothing is to change."""

    # URLs

    def accept_urls(self, entries: Sequence[FeedEntry], now: datetime, *, priority: int = 0) -> int:
        """Accept URLs that came in without a feed. Returns how many were new."""

    def assign_crawls(self, batch_id: str, now: datetime, *, limit: int, per_host: int) -> int:
        """Assign accepted, unassigned URLs whose not_before has passed: at most `per_host` of a host, none of a host
        that has URLs in another batch; hosts in turn (by who has waited longest), higher priority first within a host,
        then oldest first. Returns how many."""

    def crawl_batch(self, batch_id: str) -> tuple[AcceptedUrl, ...]:
        """Return the URLs that are still assigned to the batch and have not ended."""

    def retry(self, key: str, outcome: Outcome, not_before: datetime, *, counts: bool) -> None:
        """Note an attempt that did not end the URL, and make it wait until `not_before`, in no batch.
        An attempt that `counts` raises AcceptedUrl.attempts."""

    def give_back(self, keys: Iterable[str]) -> None:
        """Take URLs that were not tried out of their batch; they may be assigned again at once."""

    def end_url(self, key: str, outcome: Outcome) -> bool:
        """End an URL that gave no record. False when it had ended before (its first outcome stays)."""

    def waiting(self) -> int:
        """Return how many accepted URLs have not ended; cheap enough to ask every second."""

    def unseen(self, entries: Iterable[FeedEntry]) -> int:
        """Return how many of these entries `accept` would take as new in the feeds that they name."""

    def forget(self, before: datetime) -> int:
        """Forget some of the sightings that no feed has carried since, and of the URLs that ended before then and have
        no sighting left. Returns how many; 0: there is nothing more."""

    # batches

    def batches(self) -> tuple[Batch, ...]:
        """Return the batches that still have feeds or unended URLs assigned."""

    def put_back(self, batch_ids: Iterable[str]) -> int:
        """Take everything out of these batches, to be assigned again. Returns how many feeds and URLs."""

    def next_due(self) -> datetime | None:
        """Return when the next feed or unassigned URL is due, None when there is none."""

    # records

    def begin(self) -> AbstractContextManager[RecordTransaction]:
        """Begin a record transaction: committed at the end of the block, rolled back when the block raises."""

    def current_records(self, uris: Iterable[str]) -> Mapping[str, Record]:
        """Return the current versions that exist, by uri, with their clusters' sizes now; without a lock."""

    def changes(self, since: int = 0, limit: int = 1_000) -> tuple[Record, ...]:
        """Return up to `limit` current records with seq > since, by seq, with their clusters' sizes now."""

    def versions(self, uri: str) -> tuple[Record, ...]:
        """Return all versions of a record, oldest first."""

    def members(self, cluster_id: str) -> tuple[Member, ...]:
        """Return the members of a cluster; a member's own first cluster id stays valid as an alias."""

    def links(self, uris: Iterable[str]) -> tuple[Link, ...]:
        """Return the links among the uris."""

    def iterate_records(self) -> Iterator[Record]:
        """Yield every current record by seq, in constant memory: for the rebuild of the index."""

    def newest_seq(self) -> int:
        """Return the newest place in the change feed, 0 when nothing was stored yet."""

    def indexed_seq(self) -> int:
        """Return up to which place the copy index was whole when it was looked at last, 0 when it never was."""

    def set_indexed_seq(self, seq: int) -> None:
        """Note up to which place the copy index is whole."""

    def put_correction(self, correction: Correction) -> None:
        """Save an editor's word; a later word on the same two replaces it."""

    def corrections(self) -> tuple[Correction, ...]:
        """Return all corrections, oldest first."""

    # reports

    def counts(self) -> Counts:
        """Return what the store holds."""

    def trace(self, key: str) -> Trace | None:
        """Return the way of one URL."""

    def end_of(self, keys: Iterable[str]) -> Mapping[str, Outcome]:
        """Return the outcomes of those URLs that have ended."""
