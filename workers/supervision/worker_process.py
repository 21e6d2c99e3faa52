"""One worker process: opens its desk, takes batches until it is told to drain."""

from __future__ import annotations

import threading

from workers.console import Console
from workers.desk import open_desk
from workers.queue.worker import make_worker
from workers.supervision.supervised import obey_supervisor


def work(console: Console, redis_url: str) -> int:
    """Work until drained; returns 0 when it ended as told, 1 when Redis went away.

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
    return 0 if told.is_set() else 1
