"""Scheduler and workers in one command: what `wiredesk run` starts, watches and ends."""

from __future__ import annotations

import signal
import sys
import threading
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta

from pipeline.errors import ConfigError, ServiceError
from pipeline.policies import Partner, Settings
from pipeline.storage.base import Store
from workers.clock import utc_now
from workers.index_keeper import keep_index
from workers.queue.queue import connect
from workers.scheduler import Scheduler
from workers.supervision.supervisor import Supervisor

#: With nothing else to do, an URL that waits this long for another try is left to the next start.
PATIENCE = timedelta(seconds=20)
#: A service that is away so long ends a run that is to end by itself; a run for good waits on.
SERVICE_PATIENCE = timedelta(seconds=30)
#: How often progress is shown and the end is looked for.
LOOK_S = 0.25


@dataclass(frozen=True, slots=True, kw_only=True)
class Station:
    """A scheduler in a thread and worker processes, running."""

    store: Store
    supervisor: Supervisor
    scheduler: Scheduler
    #: Done only when told to stop, or when the scheduler had a bug.
    scheduling: Future[None]
    told: threading.Event

    def wait(self, show: Callable[[str | None], None], *, until_done: bool) -> None:
        """Wait until told to end or, with `until_done`, until nothing is left to do.

        `show` is called now and then, with the service that is waited for, if one is. Raises ConfigError when the
        workers cannot start, what ended the scheduler and, with `until_done`, ServiceError for a service that is away.
        """
        while not self.told.wait(LOOK_S):
            trouble = self.scheduler.trouble
            show(trouble[0] if trouble else None)
            if until_done and trouble and utc_now() - trouble[1] > SERVICE_PATIENCE:
                raise ServiceError(trouble[0])
            if self.supervisor.failed.is_set():
                raise ConfigError("the workers cannot start with this configuration; the log says why")
            if self.scheduling.done():
                self.scheduling.result()
            if until_done and is_done(self.store) and not self.scheduler.is_making_index:
                return


def is_done(store: Store) -> bool:
    """Return whether nothing is assigned, and nothing becomes due for a while."""
    if store.batches():
        return False
    due = store.next_due()
    # What was due at the first look may have been assigned before the second one.
    return (due is None or due > utc_now() + PATIENCE) and not store.batches()


@contextmanager
def open_station(
    store: Store,
    *,
    redis_url: str,
    settings: Settings,
    partners: tuple[Partner, ...],
    workers: int,
    environ: Mapping[str, str],
) -> Iterator[Station]:
    """Run a scheduler and workers for the length of a block; a drain at its end gives back what is not done.

    SIGTERM and SIGINT tell the station to end, a second one ends the workers at once. To be called in the main thread.
    """
    told = threading.Event()
    redis = connect(redis_url)
    supervisor = Supervisor([sys.executable, "-m", "workers", "work", "--one"], workers, environ=environ)
    scheduler = Scheduler(
        store=store,
        redis=redis,
        settings=settings,
        clock=utc_now,
        keeper=keep_index(store, redis, settings.copies, partners, utc_now),
    )
    stop = threading.Event()
    with _signals(told, supervisor), ThreadPoolExecutor(1, thread_name_prefix="scheduler") as thread:
        supervisor.start()
        scheduling = thread.submit(scheduler.run, stop)
        try:
            yield Station(store=store, supervisor=supervisor, scheduler=scheduler, scheduling=scheduling, told=told)
        finally:
            stop.set()
            wait([scheduling])
            supervisor.stop()
            redis.close()


@contextmanager
def _signals(told: threading.Event, supervisor: Supervisor) -> Iterator[None]:
    def on_signal(_number: int, _frame: object) -> None:
        if told.is_set():
            supervisor.kill()
        told.set()

    before = {number: signal.signal(number, on_signal) for number in (signal.SIGTERM, signal.SIGINT)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
