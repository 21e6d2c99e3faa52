"""A worker process for the tests of the queue, with jobs that note what they are given.

    python -m tests.workers.queue.queue_process REDIS_URL NOTES [--burst]

`crawl` writes the batch id to the file NOTES; a batch whose id begins with slow-, hang-, bug- or kill- does that.
"""

from __future__ import annotations

import os
import signal
import sys
import time
import types
from pathlib import Path

from workers.queue.queue import Heartbeat, connect
from workers.queue.worker import make_worker
from workers.supervision.supervised import obey_supervisor


def main(url: str, notes: str, *options: str) -> None:
    """Work until told to stop, or until the queue is empty."""
    client = connect(url)

    def crawl(batch_id: str) -> None:
        with Heartbeat(client, batch_id, ttl_s=2.0):
            with Path(notes).open("a") as file:
                file.write(f"{batch_id}\n")
            behave(batch_id)

    jobs = types.ModuleType("workers.jobs")
    jobs.crawl = jobs.poll = crawl  # type: ignore[attr-defined]
    sys.modules["workers.jobs"] = jobs
    worker = make_worker(client)
    obey_supervisor(worker.drain, pipe=None if "--burst" in options else 0)
    worker.run(burst="--burst" in options)


def behave(batch_id: str) -> None:
    """Do what the id says."""
    match batch_id.partition("-")[0]:
        case "slow":
            time.sleep(0.7)
        case "hang":
            time.sleep(60)
        case "bug":
            raise LookupError(batch_id)
        case "kill":
            os.kill(os.getpid(), signal.SIGKILL)


if __name__ == "__main__":
    main(*sys.argv[1:])
