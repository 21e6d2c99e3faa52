"""The copy index made whole from the store: after Redis was lost, restored from an older copy, or started anew.

The store keeps up to which place of its change feed the index was whole when it was looked at last. What was stored
after that may have been looked up in an index that lacked something, so it is looked up again.
"""

from __future__ import annotations

import threading
import uuid
from collections.abc import Iterator
from datetime import datetime

import redis

from pipeline.copies import Partners, exact_keys, fingerprint
from pipeline.index import FingerprintIndex, IndexMark
from pipeline.ingest import keeps
from pipeline.models import Candidate
from pipeline.policies import CopyPolicy
from pipeline.record import Record
from pipeline.records import member_of
from pipeline.records.assemble import first_seen
from pipeline.rejoin import rejoin
from pipeline.storage.base import Store

_DAY_S = 86_400
#: Records that are read at a time.
_PAGE = 200
#: How often it is looked whether the batches that began before have ended.
_LOOK_S = 0.5


class IndexLost(Exception):
    """This making leads nowhere."""

    def __init__(self) -> None:
        super().__init__("Redis was lost again, or another makes the index")


class Rebuild:
    """The making of one index."""

    def __init__(self, store: Store, client: redis.Redis, policy: CopyPolicy, registry: Partners) -> None:
        """`client` must return bytes."""
        self._store = store
        self._policy = policy
        self._registry = registry
        self._index = FingerprintIndex(client, policy)
        self._mark = IndexMark(client, policy)
        self._token = uuid.uuid4().hex

    def lacking_since(self) -> int | None:
        """Return the place after which the index may lack records, 0 for all of it; None when it is whole.

        When it is whole, that is noted in the store and in the index. Raises ServiceError.
        """
        # In this order: what is stored by now was looked up in an index that still has its mark afterwards.
        newest = self._store.newest_seq()
        known = self._store.indexed_seq()
        mark = self._mark.read()
        if mark is None or not mark.same_rules:
            return 0
        if not mark.same_server or mark.seq < known:
            return min(mark.seq, known)
        if newest > mark.seq and not self._mark.move(newest):
            return 0
        if newest > known:
            self._store.set_indexed_seq(newest)
        return None

    def clear(self) -> None:
        """Empty the index. Raises ServiceError."""
        self._index.clear()

    def run(self, since: int, now: datetime, stop: threading.Event) -> Iterator[int]:
        """Put the records after a place in again, under the day on which each was first met; yields how many so far.

        What is in already stays as it is. Records that the index would have forgotten by now are left out. Ends early
        when told to stop. Raises ServiceError, and IndexLost.
        """
        known = self._store.indexed_seq()
        self._mark.begin(self._token, f"after place {since}")
        done, place = 0, since
        for page in self._pages(since, stop):
            done += sum(self._find(record, now) is not None for record in page)
            place = page[-1].seq
            self._say(f"{done} records, at place {place}")
            yield done
        # What was in flight until now may have looked into an index that lacked something.
        self._wait_for_the_end_of({batch.id for batch in self._store.batches()}, stop)
        seen: set[int] = set()
        for page in self._pages(known, stop):
            # A record that joins moves on in the change feed.
            for record in (record for record in page if hash(record.uri) not in seen):
                seen.add(hash(record.uri))
                self._look_up_again(record, now)
            place = max(place, page[-1].seq)
            self._say(f"{done} records, of which {len(seen)} were looked up again")
            yield done
        if not stop.is_set():
            if not self._mark.finish(self._token, place):
                raise IndexLost
            yield done

    def _pages(self, since: int, stop: threading.Event) -> Iterator[tuple[Record, ...]]:
        """Yield the records after a place, by place, those too that come meanwhile."""
        while not stop.is_set() and (page := self._store.changes(since=since, limit=_PAGE)):
            yield page
            since = page[-1].seq

    def _say(self, words: str) -> None:
        if not self._mark.say(self._token, words):
            raise IndexLost

    def _find(self, record: Record, now: datetime) -> tuple[Candidate, ...] | None:
        """Put a record in and return what the index finds for it; None for one that is forgotten by now."""
        keep = keeps(record, self._registry)
        day = int(first_seen(record).timestamp()) // _DAY_S
        oldest = int(now.timestamp()) // _DAY_S - self._policy.generation_days * self._policy.generations
        if day < oldest and not keep:
            return None
        return self._index.look_up_and_insert(
            record.uri,
            fingerprint(record.article_body, self._policy),
            exact=exact_keys(member_of(record)),
            keep=keep,
            day=day,
        )

    def _look_up_again(self, record: Record, now: datetime) -> None:
        candidates = self._find(record, now) or ()
        rejoin(self._store, record, candidates, policy=self._policy, registry=self._registry, now=now)

    def _wait_for_the_end_of(self, batch_ids: set[str], stop: threading.Event) -> None:
        while batch_ids & {batch.id for batch in self._store.batches()} and not stop.wait(_LOOK_S):
            self._say("waits for the pages in flight")
