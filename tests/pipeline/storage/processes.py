"""Other processes for the tests, each with a pipe on which it tells what it did."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from multiprocessing import get_context
from multiprocessing.connection import Connection
from multiprocessing.context import SpawnProcess
from typing import Any

_spawn = get_context("spawn")
TIMEOUT_S = 120.0


@contextmanager
def running(work: Callable[..., None], *arguments: Any) -> Iterator[tuple[SpawnProcess, Connection]]:
    """Run `work` in another process, the pipe as its last argument; killed at the end if it still runs."""
    here, there = _spawn.Pipe()
    process = _spawn.Process(target=work, args=(*arguments, there))
    process.start()
    there.close()
    try:
        yield process, here
    finally:
        if process.is_alive():
            process.kill()
        process.join(TIMEOUT_S)
        process.close()
        here.close()


def told_until_end(pipe: Connection) -> Iterator[Any]:
    """Yield what the process tells until it ends, however it ends."""
    while True:
        try:
            yield pipe.recv()
        except (EOFError, ConnectionResetError):
            return
