"""The scheduler on a real store and a real Redis, with a clock of ours."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import redis

from pipeline.models import WORKER_LOST, Ending, Feed, FeedEntry, Outcome
from pipeline.policies import QueuePolicy, Settings, StorePolicy
from pipeline.storage import open_store
from pipeline.storage.base import Store
from pipeline.urls import url_key
from workers.queue.begun import Begun
from workers.queue.queue import live_batches, queue_length, sign_of_life, work_queue
from workers.reconciler import MAX_LOSSES
from workers.scheduler import LEADER_KEY, Scheduler

NOON = datetime(2026, 5, 4, 12, 0, tzinfo=UTC)
POLICY = QueuePolicy(batch_urls=4, batch_per_host=2, batches_ahead=2, lost_after_s=20.0)
YEAR = timedelta(days=365)
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
        return Scheduler(
            store=store,
            redis=redis_client,
            settings=Settings(queue=policy, store=StorePolicy(forget_after_s=YEAR.total_seconds())),
            clock=clock,
        )

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


def lose(scheduler: Scheduler, store: Store, now: datetime, *begun: int) -> None:
    """Assign everything to a batch and lose its worker, which had begun so many of its URLs, counted from 0."""
    store.assign_crawls("lost", now, limit=999, per_host=999)
    keys = [url.key for url in store.crawl_batch("lost")]
    for number in begun:
        Begun(scheduler.redis, "lost").add(keys[number])
    assert scheduler.reconcile(now + LOST) == len(keys) - len(begun)


def losses(store: Store, now: datetime) -> list[int]:
    """Return how many workers were lost over each URL, as the next worker is told."""
    store.assign_crawls("look", now, limit=999, per_host=999)
    found = [url.losses for url in store.crawl_batch("look")]
    store.put_back(["look"])
    return found


def test_a_lost_worker_counts_for_what_it_had_begun(make: Make, store: Store, clock: Clock) -> None:
    """Not for the rest of its batch, and not for what a process that lived on had begun."""
    accept(store, 4)
    scheduler = make()
    lose(scheduler, store, NOON, 1, 2)
    assert losses(store, NOON + LOST) == [0, 1, 1, 0]
    with Begun(scheduler.redis, "lost") as begun:
        begun.add("0" * 64)
    lose(scheduler, store, NOON + LOST)
    assert losses(store, NOON + 2 * LOST) == [0, 1, 1, 0]


def test_an_url_that_takes_worker_after_worker_with_it_ends(make: Make, store: Store) -> None:
    """With a reason that is counted."""
    accept(store, 1)
    scheduler = make()
    for number in range(MAX_LOSSES):
        assert store.counts().waiting == 1
        lose(scheduler, store, NOON + number * LOST, 0)
    assert store.counts().ended == {Ending.FAILED: {WORKER_LOST: 1}}


def test_losses_are_counted_one_after_the_other(make: Make, store: Store) -> None:
    """An attempt whose worker lived on begins the count anew."""
    accept(store, 1)
    scheduler = make()
    lose(scheduler, store, NOON, 0)
    lose(scheduler, store, NOON + LOST, 0)
    store.assign_crawls("tried", NOON + 2 * LOST, limit=9, per_host=9)
    (url,) = store.crawl_batch("tried")
    now = NOON + 2 * LOST
    store.retry(url.key, Outcome(ending=Ending.FAILED, reason="http_503", at=now), now, counts=True)
    assert losses(store, now) == [0]


def test_a_power_cut_ends_nothing(make: Make, store: Store) -> None:
    """However many URLs were in flight: each is tried again."""
    accept(store, 500)
    scheduler = make()
    lose(scheduler, store, NOON, *range(500))
    assert store.counts().ended == {}
    assert losses(store, NOON + LOST) == [1] * 500


@pytest.mark.parametrize("junk", ["text", "list", "members"])
def test_what_strangers_write_blames_nobody(junk: str, make: Make, store: Store) -> None:
    """Only an URL that is still in the batch can be blamed."""
    accept(store, 2)
    scheduler = make()
    key = "wiredesk:begun:lost"
    if junk == "text":
        scheduler.redis.set(key, "x")
    elif junk == "list":
        scheduler.redis.rpush(key, "x")
    else:
        scheduler.redis.sadd(key, b"\xff\x00", "0" * 64, "x" * 100_000)
    lose(scheduler, store, NOON)
    assert losses(store, NOON + LOST) == [0, 0]


def test_a_feed_that_takes_worker_after_worker_with_it_waits(make: Make, store: Store, clock: Clock) -> None:
    """At first it is polled again at once; then as one that fails, which no loss of others does to it."""
    bad, good = "https://paper.example/bad.xml", "https://paper.example/good.xml"
    store.add_feeds([Feed(url=bad), Feed(url=good)], NOON)
    scheduler = make()
    for number in range(MAX_LOSSES):
        now = NOON + number * LOST
        assert store.assign_polls("lost", now, 9) == 2
        Begun(scheduler.redis, "lost").add(bad)
        scheduler.reconcile(now + LOST)
    assert store.assign_polls("next", NOON + MAX_LOSSES * LOST, 9) == 1
    assert [stored.feed.url for stored in store.poll_batch("next")] == [good]
    state = {stored.feed.url: stored.state for stored in store.feeds()}
    assert (state[bad].losses, state[good].losses) == (MAX_LOSSES, 0)
    assert (state[bad].history[0].reason, state[bad].failures) == (WORKER_LOST, 0.25)
    assert state[bad].next_poll_at > NOON + MAX_LOSSES * LOST + timedelta(minutes=5)


def test_what_is_over_for_long_is_forgotten_hourly(make: Make, store: Store, clock: Clock) -> None:
    """Round by round until nothing is left, then again after an hour; what is not over stays."""
    accept(store, 3)
    for number in range(2):
        end = Outcome(ending=Ending.GONE, reason="http_410", at=NOON)
        store.end_url(url_key(f"https://paper{number}.example/ferry"), end)
    scheduler = make()
    scheduler.fill(clock.now)
    clock.now = NOON + YEAR
    scheduler.tick()
    assert store.trace(url_key("https://paper0.example/ferry")) is not None
    clock.now = NOON + YEAR + timedelta(hours=1)
    for _ in range(3):
        scheduler.tick()
    assert [store.trace(url_key(f"https://paper{n}.example/ferry")) is None for n in range(3)] == [True, True, False]
