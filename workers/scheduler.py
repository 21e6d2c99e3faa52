"""The scheduler: one leader assigns what is due to batches, keeps RQ's queue short, and puts back what was lost.

It decides nothing about a page or a feed: the store says what is due, the queue says how much is waiting, and a batch
that is neither in the queue nor giving signs of life is put back. Redis may be empty, flushed or new at any time.
"""

from __future__ import annotations

import threading
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import redis
import structlog
from redis.exceptions import RedisError

from pipeline.errors import ServiceError
from pipeline.policies import Settings
from pipeline.storage.base import Store
from workers.clock import is_recent
from workers.index_keeper import IndexKeeper
from workers.queue.queue import count_workers, enqueue, queue_length, work_queue
from workers.reconciler import Reconciler

log = structlog.get_logger()

LEADER_KEY = "wiredesk:leader"
LEASE_S = 15
#: Feeds in one poll job.
POLL_BATCH = 32
#: How often lost batches are looked for.
RECONCILE_EVERY = timedelta(seconds=2)
#: How often the store is asked to forget; then round by round, until there is nothing more.
FORGET_EVERY = timedelta(hours=1)

_RENEW = "if redis.call('get', KEYS[1]) == ARGV[1] then return redis.call('pexpire', KEYS[1], ARGV[2]) end return 0"
_RESIGN = "if redis.call('get', KEYS[1]) == ARGV[1] then return redis.call('del', KEYS[1]) end return 0"


@dataclass(slots=True, kw_only=True)
class Scheduler:
    """Owned by one thread; `clock` gives aware UTC datetimes."""

    store: Store
    redis: redis.Redis
    settings: Settings
    clock: Callable[[], datetime]
    #: Sees to the copy index while this scheduler leads.
    keeper: IndexKeeper | None = None
    name: str = field(default_factory=lambda: uuid.uuid4().hex)
    #: What is waited for, and since when; None while all is well. Read by other threads.
    trouble: tuple[str, datetime] | None = None
    _reconciled_at: datetime | None = None
    _forgot_at: datetime | None = None
    _crowded: bool = False

    @property
    def is_making_index(self) -> bool:
        """Return whether the copy index is being made whole at this moment. May be asked by any thread."""
        return self.keeper is not None and self.keeper.is_making

    def run(self, stop: threading.Event, *, tick_s: float = 0.5) -> None:
        """Lead, or wait to lead, until `stop` is set. A service that is away is waited for, and said once a minute."""
        said_at: datetime | None = None
        while not stop.is_set():
            try:
                busy = self.tick()
                self.trouble = None
            except (RedisError, ServiceError) as error:
                busy = False
                self.trouble = (str(error)[:500], self.trouble[1] if self.trouble else self.clock())
                if not is_recent(said_at, self.clock(), timedelta(minutes=1)):
                    said_at = self.clock()
                    log.warning("scheduler waits", cause=str(error)[:500])
            stop.wait(0.02 if busy else tick_s)
        if self.keeper:
            self.keeper.close()
        self.resign()

    def tick(self) -> bool:
        """Do one round; returns whether anything was assigned, so that the next round may come at once."""
        if not self.lead():
            return False
        now = self.clock()
        if not is_recent(self._reconciled_at, now, RECONCILE_EVERY):
            self.reconcile(now)
            self._reconciled_at = now
        if self.keeper:
            self.keeper.look()
        busy = self.fill(now)
        if not busy and not is_recent(self._forgot_at, now, FORGET_EVERY):
            self.forget(now)
        return busy

    def lead(self) -> bool:
        """Return whether this scheduler is the leader, now and for some seconds."""
        if self.redis.set(LEADER_KEY, self.name, nx=True, px=LEASE_S * 1000):
            log.info("scheduler leads", scheduler=self.name)
            return True
        return bool(self.redis.eval(_RENEW, 1, LEADER_KEY, self.name, LEASE_S * 1000))

    def resign(self) -> None:
        """Let another scheduler lead at once."""
        try:
            self.redis.eval(_RESIGN, 1, LEADER_KEY, self.name)
        except RedisError:
            log.debug("leadership left to expire")

    def fill(self, now: datetime) -> bool:
        """Assign due polls and waiting URLs while the queue is shorter than the workers can use."""
        queue = work_queue(self.redis)
        room = max(1, count_workers(queue)) * self.settings.queue.batches_ahead - queue_length(queue)
        if room <= 0:
            return False
        assigned = False
        if not self.crowded() and self.assign("poll", now):
            assigned = True
            room -= 1
        while room > 0 and self.assign("crawl", now):
            assigned = True
            room -= 1
        return assigned

    def crowded(self) -> bool:
        """Return whether so many URLs wait that no feed is polled until they drain."""
        crowded = self.store.waiting() >= self.settings.queue.max_waiting
        if crowded != self._crowded:
            self._crowded = crowded
            log.warning("polling pauses" if crowded else "polling goes on", max_waiting=self.settings.queue.max_waiting)
        return crowded

    def assign(self, kind: str, now: datetime) -> int:
        """Assign one batch and queue its id; returns its size. A crash between the two is mended by reconcile()."""
        batch_id = uuid.uuid4().hex
        if kind == "poll":
            size = self.store.assign_polls(batch_id, now, POLL_BATCH)
        else:
            size = self.store.assign_crawls(
                batch_id, now, limit=self.settings.queue.batch_urls, per_host=self.settings.queue.batch_per_host
            )
        if size:
            enqueue(work_queue(self.redis), kind, batch_id, at_front=kind == "poll")
        return size

    def reconcile(self, now: datetime) -> int:
        """Put back the batches whose worker is lost; returns how many feeds and URLs."""
        return Reconciler(
            store=self.store,
            redis=self.redis,
            lost_after_s=self.settings.queue.lost_after_s,
            poll=self.settings.poll,
        ).put_back(now)

    def forget(self, now: datetime) -> int:
        """Have the store forget some of what has been over for long; returns how many rows."""
        forgotten = self.store.forget(now - timedelta(seconds=self.settings.store.forget_after_s))
        if forgotten:
            log.info("forgot", rows=forgotten)
        else:
            self._forgot_at = now
        return forgotten
