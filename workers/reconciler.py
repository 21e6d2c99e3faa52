"""Batches whose worker is lost are put back; what it was at is noted: nothing kills worker after worker for ever."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

import redis
import structlog
from msgspec.structs import replace

from pipeline.errors import TryLater
from pipeline.feeds import next_poll
from pipeline.models import WORKER_LOST, AcceptedUrl, Ending, FeedState, Outcome
from pipeline.policies import PollPolicy
from pipeline.storage.base import Batch, Store, StoredFeed
from workers.clock import is_recent
from workers.queue.begun import begun_in, forget_begun
from workers.queue.queue import live_batches

log = structlog.get_logger()

#: An URL over which so many workers were lost, one after the other, has ended; a feed waits like one that fails. The
#: first of them may have been at others as well, so that it blames nobody; each of the others was at this URL alone.
MAX_LOSSES = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Reconciler:
    """Puts back what is in no queue and gives no sign of life; used by the scheduler that leads."""

    store: Store
    redis: redis.Redis
    lost_after_s: float
    poll: PollPolicy

    def put_back(self, now: datetime) -> int:
        """Put back the batches that are lost; returns how many feeds and URLs."""
        young = timedelta(seconds=self.lost_after_s)
        old = {batch.id: batch for batch in self.store.batches() if not is_recent(batch.assigned_at, now, young)}
        lost = old.keys() - live_batches(self.redis) if old else set()
        if not lost:
            return 0
        for batch_id in lost:
            self.count_losses(old[batch_id], now)
        back = self.store.put_back(lost)
        log.warning("put back", batches=len(lost), items=back)
        return back

    def count_losses(self, batch: Batch, now: datetime) -> None:
        """Note the loss of a batch's worker for each URL, or feed, that it had begun and not finished."""
        begun = begun_in(self.redis, batch.id)
        if not begun:
            return
        if batch.kind == "crawl":
            for url in self.store.crawl_batch(batch.id):
                if url.key in begun:
                    self.count_page(url, now)
        else:
            for stored in self.store.poll_batch(batch.id):
                if stored.feed.url in begun:
                    self.count_feed(stored, now)
        forget_begun(self.redis, batch.id)

    def count_page(self, url: AcceptedUrl, now: datetime) -> None:
        """Let an URL be tried again, alone, or end it when it has taken too many workers with it."""
        losses = url.losses + 1
        outcome = Outcome(ending=Ending.FAILED, reason=WORKER_LOST, detail=_words(losses, "page"), at=now)
        if losses < MAX_LOSSES:
            self.store.retry(url.key, outcome, now, counts=False)
            return
        self.store.end_url(url.key, outcome)
        log.warning(
            "outcome", outcome=outcome.ending.value, reason=outcome.reason, url=url.entry.url,
            feed=url.entry.feed_url, trace=url.trace_id,
        )  # fmt: skip

    def count_feed(self, stored: StoredFeed, now: datetime) -> None:
        """Let a feed be polled again at once, or as one that fails when it has taken too many workers with it."""

        def lost(state: FeedState) -> FeedState:
            losses = state.losses + 1
            if losses < MAX_LOSSES:
                return replace(state, losses=losses)
            error = TryLater(WORKER_LOST, _words(losses, "feed"))
            return replace(next_poll(state, error=error, now=now, dice=0.5, policy=self.poll), losses=losses)

        self.store.change_feed(stored.feed.url, lost)


def _words(losses: int, what: str) -> str:
    return f"worker {losses} in a row that was killed, crashed or cut off while it was at this {what}"
