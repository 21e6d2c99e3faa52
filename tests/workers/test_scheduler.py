"""The scheduler on a real store and a real Redis, with a clock of ours."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import redis

from pipeline.models import Feed, FeedEntry
from pipeline.policies import QueuePolicy
from pipeline.storage import open_store
from pipeline.storage.base import Store
from workers.queue.queue import live_batches, queue_length, sign_of_life, work_queue
from workers.scheduler import LEADER_KEY, Scheduler

NOON = datetime(2026, 5, 4, 12, 0, tzinfo=UTC)
POLICY = QueuePolicy(batch_urls=4, batch_per_host=2, batches_ahead=2, lost_after_s=20.0)
LOST = timedelta(seconds=POLICY.lost_after_s)

Make = Callable[..., Scheduler]


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """An empty store."""
    opened = open_store(f"sqlite:///{tmp_path / 'desk.db'}")
    yield opened
    opened.close()


class Clock:
    """A clock that stands still until it is set."""

    def __init__(self) -> None:
        self.now = NOON

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def clock() -> Clock:
    """Noon."""
    return Clock()


@pytest.fixture
def make(store: Store, redis_client: redis.Redis, clock: Clock) -> Make:
    """Return a function that makes schedulers of this store."""

    def make(policy: QueuePolicy = POLICY) -> Scheduler:
        return Scheduler(store=store, redis=redis_client, policy=policy, clock=clock)

    return make


def accept(store: Store, number: int) -> None:
    """Accept URLs, each of a host of its own."""
    store.accept_urls([FeedEntry(url=f"https://paper{n}.example/ferry") for n in range(number)], NOON)


def test_waiting_urls_are_queued_as_batches(make: Make, store: Store, redis_client: redis.Redis) -> None:
    """No more than the workers can use; the rest waits in the store."""
    accept(store, 10)
    scheduler = make()
    assert scheduler.tick()
    assert not scheduler.tick()
    assert queue_length(work_queue(redis_client)) == 2
    assert {batch.id for batch in store.batches()} == live_batches(redis_client)
    assert (store.counts().assigned, store.counts().waiting) == (8, 10)


def test_a_feed_that_is_due_is_polled_first(make: Make, store: Store, redis_client: redis.Redis) -> None:
    """Its batch stands at the head of the queue."""
    accept(store, 10)
    store.add_feeds([Feed(url="https://paper.example/rss")], NOON)
    make().tick()
    kinds = {batch.id: batch.kind for batch in store.batches()}
    queue = work_queue(redis_client)
    assert [kinds[name] for name in queue.get_job_ids()] == ["poll", "crawl"]


def test_feeds_wait_while_too_much_waits(make: Make, store: Store) -> None:
    """They are polled again when the store has drained."""
    accept(store, 3)
    store.add_feeds([Feed(url="https://paper.example/rss")], NOON)
    make(QueuePolicy(max_waiting=3)).tick()
    assert {batch.kind for batch in store.batches()} == {"crawl"}


def test_one_leads_and_the_others_wait(make: Make, store: Store) -> None:
    """Until the leader resigns."""
    accept(store, 10)
    leader, other = make(), make()
    assert (leader.tick(), other.tick()) == (True, False)
    assert other.lead() is False
    leader.resign()
    assert (other.lead(), leader.lead()) == (True, False)


def test_a_batch_that_never_reached_the_queue_is_put_back(make: Make, store: Store, clock: Clock) -> None:
    """As after a crash between assigning and queueing."""
    accept(store, 2)
    store.assign_crawls("orphan", NOON, limit=4, per_host=2)
    scheduler = make()
    clock.now = NOON + LOST / 2
    assert scheduler.reconcile(clock.now) == 0
    clock.now = NOON + LOST
    assert scheduler.reconcile(clock.now) == 2
    assert store.batches() == ()


def test_flushed_batches_are_put_back(make: Make, store: Store, redis_client: redis.Redis, clock: Clock) -> None:
    """All that was in Redis is assigned anew."""
    accept(store, 4)
    scheduler = make()
    scheduler.tick()
    (before,) = store.batches()
    redis_client.flushall()
    clock.now = NOON + LOST
    scheduler.tick()
    (after,) = store.batches()
    assert (before.size, after.size) == (4, 4)
    assert before.id != after.id
    assert live_batches(redis_client) == {after.id}


def test_a_batch_at_work_is_left_alone(make: Make, store: Store, redis_client: redis.Redis, clock: Clock) -> None:
    """However old it is, as long as it gives signs of life."""
    accept(store, 2)
    store.assign_crawls("busy", NOON, limit=4, per_host=2)
    sign_of_life(redis_client, "busy", 60)
    assert make().reconcile(NOON + timedelta(hours=1)) == 0


def test_a_clock_that_is_set_back_leaves_no_batch_behind(make: Make, store: Store, clock: Clock) -> None:
    """A batch of the time to come is looked at like an old one, and the looking does not wait for that time."""
    accept(store, 2)
    scheduler = make()
    scheduler.tick()
    scheduler.redis.flushall()
    clock.now = NOON - timedelta(hours=1)
    scheduler.tick()
    assert store.batches() == ()


def test_a_service_that_is_away_is_waited_for(make: Make, store: Store, redis_client: redis.Redis) -> None:
    """The scheduler goes on where it was; when it is told to stop it resigns."""
    accept(store, 2)
    scheduler = make()
    redis_client.set("rq:queue:wiredesk", "no list")
    stop = threading.Event()
    thread = threading.Thread(target=scheduler.run, args=(stop,), kwargs={"tick_s": 0.01})
    thread.start()
    try:
        while redis_client.get(LEADER_KEY) is None:
            stop.wait(0.01)
        redis_client.delete("rq:queue:wiredesk")
        while not store.batches():
            stop.wait(0.01)
    finally:
        stop.set()
        thread.join()
    assert redis_client.get(LEADER_KEY) is None
