"""A whole deployment: scheduler and workers as processes, real Redis, real store, real HTTP; and kill -9 of each part."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import redis

from pipeline.storage import open_store
from pipeline.storage.base import Store
from tests.services.web import Web
from tests.workers.deployment import Deployment, all_ended, deployment, publish, sentences
from tests.workers.processes import eventually
from workers.feed_files import read_feed_file  # noqa: F401 - the command line must import without a store

HOSTS, ARTICLES = 6, 10


@pytest.fixture(params=["sqlite", "postgresql"])
def store_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The URL of an empty store of either kind."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'desk.db'}"
    return str(request.getfixturevalue("postgres_url"))


@pytest.fixture
def desk(web: Web, redis_url: str, store_url: str, tmp_path: Path) -> Iterator[Deployment]:
    """A deployment with nothing started."""
    with deployment(web, redis_url, store_url, tmp_path) as found:
        yield found


@pytest.fixture
def store(store_url: str) -> Iterator[Store]:
    """The same store, to look at."""
    found = open_store(store_url)
    yield found
    found.close()


def check_complete(store: Store, urls: list[str]) -> None:
    """Every URL ended exactly once, stored, with its own text."""
    assert {"stored": {"ok": len(urls)}} == store.counts().ended
    records = {record.url: record for record in store.changes(limit=10_000)}
    assert sorted(urls) == sorted(records)
    for url, record in records.items():
        host, number = url.removeprefix("http://").split("/")
        assert record.version == 1
        assert " ".join(sentences(f"{host}/{number}")) == " ".join(record.article_body.split())


def test_a_deployment_stores_what_its_feeds_carry(desk: Deployment, store: Store, web: Web) -> None:
    """One scheduler and two workers; a drain at the end leaves no one behind."""
    feeds, urls = publish(web, HOSTS, ARTICLES)
    assert desk.run("feeds", "add", *feeds).returncode == 0
    desk.start("schedule")
    desk.start("work", "-n", "2")
    assert eventually(lambda: all_ended(store, len(urls)), 90), desk.log.read_text()[-3000:]
    check_complete(store, urls)
    assert desk.stop() == [0, 0]
    assert (
        max(len([hit for hit in web.log.of(url.split("/")[2]) if hit.path == "/" + url.split("/")[3]]) for url in urls)
        == 1
    )


def worker_pids(parent: int) -> list[int]:
    """Return the children of a process."""
    found = []
    for status in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = status.read_text().rsplit(")", 1)[1].split()
        except OSError:
            continue
        if int(fields[1]) == parent:
            found.append(int(status.parent.name))
    return found


def kill_scheduler(desk: Deployment, **_: object) -> None:
    """kill -9 the scheduler, and start another."""
    desk.kill(desk.running[0])
    desk.start("schedule")


def kill_supervisor(desk: Deployment, **_: object) -> None:
    """kill -9 the parent of the workers, and start another."""
    desk.kill(desk.running[1])
    desk.start("work", "-n", "2")


def kill_worker(desk: Deployment, **_: object) -> None:
    """kill -9 one worker process; its parent starts another."""
    import os  # noqa: PLC0415
    import signal  # noqa: PLC0415

    os.kill(worker_pids(desk.running[1].pid)[0], signal.SIGKILL)


def flush_redis(client: redis.Redis, **_: object) -> None:
    """Lose everything that is in Redis."""
    client.flushall()


@pytest.mark.parametrize("fault", [kill_scheduler, kill_supervisor, kill_worker, flush_redis])
def test_a_kill_in_the_middle_loses_and_doubles_nothing(
    fault: Callable[..., None], desk: Deployment, store: Store, web: Web, redis_client: redis.Redis
) -> None:
    """Whatever dies while pages are in flight, every URL ends exactly once with its own text."""
    feeds, urls = publish(web, HOSTS, ARTICLES)
    desk.run("feeds", "add", *feeds)
    desk.start("schedule")
    desk.start("work", "-n", "2")
    assert eventually(lambda: store.counts().records >= 5, 60), desk.log.read_text()[-3000:]
    fault(desk=desk, client=redis_client)
    assert eventually(lambda: all_ended(store, len(urls)), 120), desk.log.read_text()[-3000:]
    check_complete(store, urls)
