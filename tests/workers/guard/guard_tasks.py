"""Tasks for the guarded child's tests, good and hostile ones; imported in the child only."""

from __future__ import annotations

import ctypes
import json
import os
import signal
import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path

from pipeline.errors import FeedUnreadable, NeverAgain, NotAnArticle, TryLater


def tasks(payload: bytes) -> Mapping[str, Callable[[bytes], bytes]]:
    """Return the tasks; `greet` answers with the payload of the construction."""
    return {
        "greet": lambda data: payload + b" " + data,
        "reverse": lambda data: data[::-1],
        "pid": lambda data: str(os.getpid()).encode(),
        "parents": lambda data: f"{os.getpid()} {os.getppid()}".encode(),
        "environment": lambda data: json.dumps(dict(os.environ)).encode(),
        "raise": _raise,
        "spin": _spin,
        "sleep": _sleep,
        "work": _work,
        "eat": _eat,
        "eat_and_shrug": _eat_and_shrug,
        "grow": _grow,
        "segfault": lambda data: bytes(ctypes.string_at(0)),
        "die": _die,
        "exit": lambda data: os._exit(3),
        "touch": _touch,
    }


def broken(payload: bytes) -> Mapping[str, Callable[[bytes], bytes]]:
    """Fail, as an init function that lacks something does."""
    raise LookupError("no such rules")


def _raise(data: bytes) -> bytes:
    errors: dict[bytes, Exception] = {
        b"try-later": TryLater("busy", "come back", not_before=datetime(2030, 1, 2, tzinfo=UTC), counts=False),
        b"never-again": NeverAgain("http_410", "gone"),
        b"not-article": NotAnArticle("no_text", "a list of links"),
        b"feed-unreadable": FeedUnreadable("feed_is_html", "a page"),
        b"bug": KeyError("where"),
    }
    raise errors[data]


def _spin(data: bytes) -> bytes:
    while True:
        try:
            while True:
                pass
        except Exception:
            continue


def _sleep(data: bytes) -> bytes:
    time.sleep(float(data))
    return b"slept"


def _work(data: bytes) -> bytes:
    """Use so many seconds of CPU."""
    until = time.process_time() + float(data)
    while time.process_time() < until:
        pass
    return b"worked"


def _eat(data: bytes) -> bytes:
    held = []
    while True:
        held.append(bytearray(16 * 1024 * 1024))


def _eat_and_shrug(data: bytes) -> bytes:
    """Run out of memory and call it an empty page, as trafilatura does."""
    try:
        return _eat(data)
    except MemoryError:
        raise NotAnArticle("no_text") from None


_kept: list[bytearray] = []


def _grow(data: bytes) -> bytes:
    _kept.append(bytearray(int(data) * 1024 * 1024))
    return str(os.getpid()).encode()


def _die(data: bytes) -> bytes:
    os.kill(os.getpid(), signal.SIGKILL)
    return b""


def _touch(data: bytes) -> bytes:
    Path(os.fsdecode(data)).write_text("begun")
    while True:
        pass
