"""A worker process whose Redis goes away while it is at a page."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from pipeline.models import FeedEntry
from pipeline.storage import open_store
from tests.services.web import Reply, Request, Web
from tests.workers.deployment import article
from tests.workers.processes import ROOT
from workers.clock import utc_now
from workers.embedded.embedded import EmbeddedRedis
from workers.queue.queue import connect, enqueue, work_queue


def test_it_ends_with_a_line_and_no_traceback(tmp_path: Path, web: Web) -> None:
    """Exit code 3: a service is away."""
    embedded = EmbeddedRedis(tmp_path / "redis")
    redis_url = embedded.start()
    store_url = f"sqlite:///{tmp_path / 'desk.db'}"
    store = open_store(store_url)
    store.accept_urls([FeedEntry(url="http://paper.example/1")], utc_now())
    store.assign_crawls("batch", utc_now(), limit=1, per_host=1)
    client = connect(redis_url)
    enqueue(work_queue(client), "crawl", "batch")
    client.close()

    def stop_redis(_: Request) -> Reply:
        embedded.stop()
        return Reply(body=article("paper.example", 1))

    web.on("/1", stop_redis)
    environ = {
        "WIREDESK_REDIS_URL": redis_url,
        "WIREDESK_STORE_URL": store_url,
        "WIREDESK_FETCH_HOSTS": f'{{"*.example" = "127.0.0.1:{web.port}"}}',
    }
    with subprocess.Popen(
        [sys.executable, "-m", "workers", "work", "--one"],
        cwd=ROOT, env={**os.environ, **environ}, stdin=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    ) as worker:  # fmt: skip
        assert worker.stderr is not None
        said = worker.stderr.read()
        code = worker.wait(60)
    assert (code, "Traceback" in said) == (3, False), said
    assert said.splitlines()[-1] == f"wiredesk: Redis at {redis_url} went away; the worker ends"
    assert store.waiting() == 1
    store.close()
