"""The messages between a worker and its guarded child: a small MessagePack header and raw bytes, lengths in front."""

from __future__ import annotations

import socket
import struct
import time
from datetime import datetime
from typing import TypeVar

from pipeline.codec import from_msgpack, to_msgpack
from pipeline.models import Value

T = TypeVar("T", bound=Value)

_LENGTHS = struct.Struct("!II")
#: Of a header or of the bytes; a length beyond means that the other side is out of its mind.
LONGEST = 256 * 1024 * 1024


class Hello(Value, frozen=True, kw_only=True):
    """The first message to the fork server; its bytes are the payload of the init function."""

    #: "package.module:function": (payload) -> {task name: task}
    init: str
    memory_limit_mib: int
    #: A child is replaced after so many tasks, or when it has grown by so much.
    max_tasks: int
    max_growth_mib: int


class Call(Value, frozen=True, kw_only=True):
    """One task for the child; its bytes are the task's payload."""

    task: str
    cpu_limit_s: float


class Reply(Value, frozen=True, kw_only=True):
    """How a task ended; its bytes are the task's result."""

    #: ok, try-later, never-again, not-article, feed-unreadable, memory, bug
    kind: str
    reason: str = ""
    detail: str = ""
    not_before: datetime | None = None
    counts: bool = True
    #: The child has grown or aged and should be replaced.
    worn: bool = False


def send(sock: socket.socket, header: Value, payload: bytes = b"", *, until: float | None = None) -> None:
    """Send one message. `until` is a time.monotonic(); TimeoutError when it passes, OSError when nobody listens."""
    packed = to_msgpack(header)
    for part in (_LENGTHS.pack(len(packed), len(payload)) + packed, payload):
        left = memoryview(part)
        while left:
            _set_timeout(sock, until)
            left = left[sock.send(left) :]


def receive(sock: socket.socket, kind: type[T], *, until: float | None = None) -> tuple[T, bytes] | None:
    """Return the next message, None when the other side has hung up. TimeoutError when `until` passes."""
    lengths = _read(sock, _LENGTHS.size, until)
    if lengths is None:
        return None
    header_size, payload_size = _LENGTHS.unpack(lengths)
    if max(header_size, payload_size) > LONGEST:
        raise ValueError(f"a message of {header_size} and {payload_size} bytes")
    header = _read(sock, header_size, until)
    payload = _read(sock, payload_size, until)
    if header is None or payload is None:
        return None
    return from_msgpack(bytes(header), kind), bytes(payload)


def _read(sock: socket.socket, size: int, until: float | None) -> bytearray | None:
    """Return exactly `size` bytes, None when the stream ends before."""
    data = bytearray(size)
    left = memoryview(data)
    while left:
        _set_timeout(sock, until)
        try:
            count = sock.recv_into(left)
        except ConnectionResetError:
            return None
        if not count:
            return None
        left = left[count:]
    return data


def _set_timeout(sock: socket.socket, until: float | None) -> None:
    if until is None:
        sock.settimeout(None)
        return
    left = until - time.monotonic()
    if left <= 0:
        raise TimeoutError
    sock.settimeout(left)
