"""Pages that kill the worker process that fetches them: they end, and take no other page with them."""

from __future__ import annotations

import os
import signal
import socket
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from threading import Event

import pytest
import redis

from pipeline.models import Ending, FeedEntry
from pipeline.storage import open_store
from pipeline.storage.base import Store
from pipeline.urls import url_key
from tests.services.web import Raw, Reply, Request, Web
from tests.workers.deployment import article, deployment
from tests.workers.processes import eventually
from workers.clock import utc_now
from workers.reconciler import MAX_LOSSES


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.soak)])
def store_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The URL of an empty store of either kind."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'desk.db'}"
    return str(request.getfixturevalue("postgres_url"))


@pytest.fixture
def store(store_url: str) -> Iterator[Store]:
    """The store, to look at."""
    found = open_store(store_url)
    yield found
    found.close()


def client_of(sock: socket.socket) -> int:
    """Return the process at the other end of a connection on this machine."""
    here, there = sock.getsockname()[1], sock.getpeername()[1]
    ends = f":{there:04X}", f":{here:04X}"
    lines = [line.split() for line in Path("/proc/net/tcp").read_text().splitlines()[1:]]
    (inode,) = [f[9] for f in lines if f[1].endswith(ends[0]) and f[2].endswith(ends[1])]
    for descriptor in Path("/proc").glob("[0-9]*/fd/*"):
        try:
            if str(descriptor.readlink()) == f"socket:[{inode}]":
                return int(descriptor.parts[2])
        except OSError:
            continue
    raise LookupError(inode)


def kills(killed: list[str], page: bytes, client: redis.Redis) -> Raw:
    """A page that is the end of whoever has begun it, while it is still at it; the URLs are noted."""
    head = f"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: {len(page)}\r\nConnection: close\r\n\r\n"

    def write(request: Request, sock: socket.socket, closing: Event) -> None:
        try:
            reader = client_of(sock)
        except LookupError:
            return
        sock.sendall(head.encode() + page)
        url = f"http://{request.host}{request.path}"
        while not closing.is_set() and not is_begun(client, url_key(url)):
            closing.wait(0.002)
        killed.append(url)
        # Another such page may have been quicker.
        with suppress(ProcessLookupError):
            os.kill(reader, signal.SIGKILL)

    return Raw(write)


def is_begun(client: redis.Redis, key: str) -> bool:
    """Return whether some worker has noted that it has begun a page."""
    return any(client.sismember(found, key) for found in client.scan_iter(match="wiredesk:begun:*", count=1_000))


def accept_pages(
    store: Store, web: Web, client: redis.Redis, *, hosts: int, pages: int, poison: int
) -> tuple[list[str], list[str]]:
    """Accept the pages of some papers, of which the first `poison` have one that kills; returns kills and URLs."""
    killed: list[str] = []
    urls = []
    for host in (f"paper{number}.example" for number in range(hosts)):
        for number in range(pages):
            web.on(f"/{number}", Reply(body=article(host, number)), host=host)
            urls.append(f"http://{host}/{number}")
        if poison > 0:
            # Long, so that reading it takes a while.
            web.on(f"/{pages // 2}", kills(killed, article(host, pages // 2, 4_000), client), host=host)
            poison -= 1
    store.accept_urls([FeedEntry(url=url) for url in urls], utc_now())
    return killed, urls


def check_ends(store: Store, urls: list[str], killed: list[str], seconds: float) -> None:
    """Every page ends, stored; those that kill end after so many losses, and are counted."""
    assert eventually(lambda: store.waiting() == 0, seconds), store.counts()
    outcomes = store.end_of([url_key(url) for url in urls])
    lost = {url for url in urls if outcomes[url_key(url)].reason == "worker_lost"}
    assert set(killed) == lost
    assert store.counts().ended == {
        Ending.STORED: {"ok": len(urls) - len(lost)},
        Ending.FAILED: {"worker_lost": len(lost)},
    }
    # One that was begun beside another may not have come to kill the first time.
    assert {url for url in lost if not MAX_LOSSES - 1 <= killed.count(url) <= MAX_LOSSES} == set()


def test_a_page_that_kills_its_worker_ends_and_the_others_are_stored(
    store: Store, store_url: str, web: Web, redis_url: str, redis_client: redis.Redis, tmp_path: Path
) -> None:
    """The whole worker process is gone each time, with everything that it had in flight."""
    killed, urls = accept_pages(store, web, redis_client, hosts=12, pages=5, poison=1)
    with deployment(web, redis_url, store_url, tmp_path) as desk:
        desk.start("schedule")
        desk.start("work", "-n", "2")
        check_ends(store, urls, killed, 120)
        trace = store.trace(url_key(killed[0]))
        assert trace is not None
        assert [tried.reason for tried in trace.attempts] == ["worker_lost"] * MAX_LOSSES
        assert desk.stop() == [0, 0]


@pytest.mark.soak
def test_twenty_among_a_thousand(
    store: Store, store_url: str, web: Web, redis_url: str, redis_client: redis.Redis, tmp_path: Path
) -> None:
    """With four workers."""
    killed, urls = accept_pages(store, web, redis_client, hosts=100, pages=10, poison=20)
    with deployment(web, redis_url, store_url, tmp_path) as desk:
        desk.start("schedule")
        desk.start("work", "-n", "4")
        check_ends(store, urls, killed, 1_500)
