"""One worker process: opens its desk, takes batches until it is told to drain."""

from __future__ import annotations

import threading

from pipeline.errors import ServiceError
from workers.console import Console
from workers.desk import open_desk
from workers.queue.redis_client import without_password
from workers.queue.worker import make_worker
from workers.supervision.supervised import obey_supervisor


def work(console: Console, redis_url: str) -> int:
    """Work until drained; returns 0. Raises ServiceError when Redis went away.

    A drain lets pages in flight finish and gives the rest of the batch back.
    """
    told = threading.Event()
    with open_desk(console, redis_url) as desk:
        worker = make_worker(desk.redis)

        def drain() -> None:
            told.set()
            desk.draining.set()
            worker.drain()

        obey_supervisor(drain)
        desk.parsers.guard.warm()
        worker.run()
    if not told.is_set():
        raise ServiceError(f"Redis at {without_password(redis_url)} went away; the worker ends")
    return 0
