"""The two jobs that RQ runs: `crawl` fetches and ingests the URLs of a batch, `poll` the feeds of one.

A job gets a batch id and claims what the store still assigns to it; so a job that runs twice finds nothing the second
time. Each URL of the batch leaves it in one of three ways: ended, waiting for another try, or given back untried. An
URL over which a worker was lost is tried alone, so that it takes no other with it if it kills its worker again.
"""

from __future__ import annotations

import random
import time
from collections import defaultdict
from collections.abc import Callable, Iterable
from concurrent.futures import wait
from datetime import timedelta
from typing import TypeVar

import structlog

from pipeline.errors import NeverAgain, ServiceError, TryLater
from pipeline.ingest import Arrival, ingest_page
from pipeline.models import AcceptedUrl, Ending, Outcome
from pipeline.polling.poll import poll_feed, put_off
from pipeline.storage.base import StoredFeed
from workers.desk import WorkerDesk, current_desk
from workers.queue.begun import Begun
from workers.queue.queue import Heartbeat

log = structlog.get_logger()

T = TypeVar("T")

#: A job hands back what it has not begun after this time, so that no slow host keeps others' URLs waiting.
BATCH_S = 40.0


def crawl(batch_id: str) -> None:
    """Fetch and ingest the URLs that are still assigned to the batch."""
    crawl_batch(current_desk(), batch_id)


def crawl_batch(desk: WorkerDesk, batch_id: str) -> None:
    """Fetch and ingest the URLs of a batch: many at a time, then the suspects one by one."""
    by_host: dict[str, list[AcceptedUrl]] = defaultdict(list)
    suspects: list[AcceptedUrl] = []
    for url in desk.store.crawl_batch(batch_id):
        (suspects if url.losses else by_host[url.host]).append(url)
    # Those over which one worker was lost first: it may well have been another's fault.
    suspects.sort(key=lambda url: url.losses)
    alive = Heartbeat(desk.redis, batch_id, ttl_s=desk.settings.queue.lost_after_s)
    with alive, Begun(desk.redis, batch_id) as begun:
        ends_at = time.monotonic() + BATCH_S
        in_parallel(desk, lambda group: crawl_urls(desk, group, ends_at, begun), by_host.values())
        crawl_urls(desk, suspects, time.monotonic() + BATCH_S, begun)


def poll(batch_id: str) -> None:
    """Poll the feeds that are still assigned to the batch."""
    desk = current_desk()
    feeds = desk.store.poll_batch(batch_id)
    alive = Heartbeat(desk.redis, batch_id, ttl_s=desk.settings.queue.lost_after_s)
    with alive, Begun(desk.redis, batch_id) as begun:
        in_parallel(desk, lambda feed: poll_one(desk, feed, begun), feeds)


def in_parallel(desk: WorkerDesk, do: Callable[[T], None], items: Iterable[T]) -> None:
    """Do it for each item on the worker's threads and wait for all; then raise what one of them raised."""
    done, _ = wait([desk.threads.submit(do, item) for item in items])
    for future in done:
        future.result()


def crawl_urls(desk: WorkerDesk, urls: list[AcceptedUrl], ends_at: float, begun: Begun) -> None:
    """Fetch and ingest URLs, one after the other, until the time is up, their host is busy, or the worker drains."""
    for number, url in enumerate(urls):
        if desk.draining.is_set() or time.monotonic() > ends_at:
            desk.store.give_back([rest.key for rest in urls[number:]])
            return
        outcome = crawl_one(desk, url, begun)
        log_outcome(url, outcome)
        if outcome.reason == "host_busy":
            ends_at = 0.0


def crawl_one(desk: WorkerDesk, url: AcceptedUrl, begun: Begun) -> Outcome:
    """Fetch and ingest one URL; returns its ending, or the attempt's result when it stays accepted.

    A page is begun when it is here: a worker that is lost while it waits for a server is not lost over the page.
    """
    try:
        page = desk.client.get(url.entry.url, kind="page")
        begun.add(url.key)
        arrival = Arrival(page=page, entry=url.entry, key=url.key, trace_id=url.trace_id)
        return ingest_page(desk.ingest, arrival)
    except NeverAgain as error:
        return end(desk, url, ending_of(error.reason), error.reason, error.detail)
    except TryLater as error:
        return try_later(desk, url, error)
    except ServiceError:
        raise
    except Exception as error:
        log.exception("bug", url=url.entry.url, trace=url.trace_id)
        return try_later(desk, url, TryLater("bug", f"{type(error).__name__}: {error}"))


def end(desk: WorkerDesk, url: AcceptedUrl, ending: Ending, reason: str, detail: str) -> Outcome:
    """End an URL that gave no record."""
    outcome = Outcome(ending=ending, reason=reason, detail=detail[:500] or None, at=desk.clock())
    desk.store.end_url(url.key, outcome)
    return outcome


def try_later(desk: WorkerDesk, url: AcceptedUrl, error: TryLater) -> Outcome:
    """Let an URL wait for another try, or end it when its attempts or its time are used up.

    An attempt that does not count, since the host's turn was another's, ends no URL: nobody has asked for it yet.
    """
    retry = desk.settings.retry
    now = desk.clock()
    used_up = url.attempts + 1 >= retry.max_attempts
    if error.counts and (used_up or now - url.accepted_at > timedelta(seconds=retry.max_age_s)):
        return end(desk, url, Ending.FAILED, error.reason, error.detail)
    outcome = Outcome(ending=Ending.FAILED, reason=error.reason, detail=error.detail[:500] or None, at=now)
    delay_s = min(retry.first_delay_s * 4**url.attempts, retry.max_delay_s) * random.uniform(0.9, 1.1)  # noqa: S311
    not_before = now + timedelta(seconds=delay_s)
    if error.not_before is not None:
        not_before = max(error.not_before, not_before) if error.counts else error.not_before
    desk.store.retry(url.key, outcome, not_before, counts=error.counts)
    return outcome


def ending_of(reason: str) -> Ending:
    """Return the ending that a permanent failure means."""
    if reason in ("http_404", "http_410"):
        return Ending.GONE
    refused = {"robots_disallowed", "private_address", "scheme_not_allowed", "port_not_allowed"}
    return Ending.REFUSED if reason in refused else Ending.FAILED


def poll_one(desk: WorkerDesk, stored: StoredFeed, begun: Begun) -> None:
    """Poll one feed and log what came of it."""
    if desk.draining.is_set():
        desk.store.accept(stored.feed.url, (), stored.state, desk.clock())
        return
    dice = random.random()  # noqa: S311
    begun.add(stored.feed.url)
    try:
        note = poll_feed(desk.polls, stored, dice)
    except ServiceError:
        raise
    except Exception as error:
        log.exception("bug", feed=stored.feed.url)
        note = put_off(desk.polls, stored, error, dice)
    log.info(
        "polled", feed=stored.feed.url, result=note.result, status=note.status, entries=note.entries,
        new=note.new_entries, reason=note.reason, detail=note.detail,
    )  # fmt: skip


def log_outcome(url: AcceptedUrl, outcome: Outcome) -> None:
    """Write the one log line of an outcome."""
    log.info(
        "outcome", outcome=outcome.ending.value, reason=outcome.reason, url=url.entry.url, feed=url.entry.feed_url,
        trace=url.trace_id,
    )  # fmt: skip
