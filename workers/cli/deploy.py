"""wiredesk schedule and work: the processes of a deployment, against one Redis and one store."""

from __future__ import annotations

import os
import signal
import sys
import threading

import click

from pipeline.settings import load_partners
from workers.clock import utc_now
from workers.console import Console
from workers.index_keeper import keep_index
from workers.logs import log_to
from workers.queue.redis_client import connect
from workers.scheduler import Scheduler
from workers.supervision import worker_process
from workers.supervision.supervisor import Supervisor


@click.command()
@click.pass_obj
def schedule(console: Console) -> None:
    """Poll feeds and hand out work. Start as many as you like: one leads, the others wait.

    The feeds of your own feeds.toml or feeds.opml are added at the start.
    """
    log_to(None)
    stop = threading.Event()

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    with console.store() as store, console.redis() as redis:
        store.add_feeds(console.own_feeds(), utc_now())
        settings = console.settings
        scheduler = Scheduler(
            store=store,
            redis=redis,
            settings=settings,
            clock=utc_now,
            keeper=keep_index(store, redis, settings.copies, load_partners(console.config), utc_now),
        )
        scheduler.run(stop)


@click.command()
@click.option(
    "-n",
    "--processes",
    type=click.IntRange(1, 256),
    default=os.cpu_count() or 1,
    show_default="CPUs",
    help="Worker processes.",
)
@click.option("--one", is_flag=True, hidden=True, help="Be one worker process of a supervisor.")
@click.pass_obj
def work(console: Console, processes: int, one: bool) -> int:
    """Fetch, extract and store: N worker processes, each started again when it dies.

    SIGTERM or Ctrl+C drains them: pages in flight are finished, the rest is given back. A second one ends them at once.
    """
    if one:
        log_to(console.log_file)
        return worker_process.work(console, console.settings.redis.url)
    log_to(None)
    with console.redis_url() as redis_url, console.store():
        connect(redis_url).close()
        command = [sys.executable, "-m", "workers", "work", "--one"]
        return Supervisor(command, processes, environ=console.worker_environ(redis_url, None)).run()
