"""A scriptable HTTP server on loopback: good answers, bad ones, and none, with a record of who asked when.

`web.on(path, reply)` sets what a path answers on every host, `web.on(path, reply, host=…)` on one. A reply is a Reply,
a function of the request that returns one, or Raw: a function that gets the socket and may do what it likes.
"""

from __future__ import annotations

import contextlib
import socket
import ssl
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from types import TracebackType

import pytest


@dataclass(frozen=True, slots=True)
class Request:
    """What a client asked for."""

    host: str
    path: str
    headers: dict[str, str]
    #: Which request on its connection, from 1.
    number: int


@dataclass(frozen=True, slots=True)
class Reply:
    """A well-formed answer. Content-Length is added unless a header says otherwise."""

    status: int = 200
    headers: tuple[tuple[str, str], ...] = (("Content-Type", "text/html; charset=utf-8"),)
    body: bytes = b""
    #: Seconds before the answer begins.
    delay_s: float = 0.0

    def encoded(self) -> bytes:
        """The bytes on the wire."""
        lines = [f"HTTP/1.1 {self.status} Whatever", *(f"{name}: {value}" for name, value in self.headers)]
        names = {name.lower() for name, _ in self.headers}
        if not names & {"content-length", "transfer-encoding"} and self.status not in (204, 304):
            lines.append(f"Content-Length: {len(self.body)}")
        return "\r\n".join([*lines, "", ""]).encode("latin-1") + self.body


@dataclass(frozen=True, slots=True)
class Raw:
    """An answer made by hand: it gets the socket and a flag that is set when the server closes."""

    write: Callable[[Request, socket.socket, threading.Event], None]


@dataclass(frozen=True, slots=True)
class Hit:
    """One request and the time it took: monotonic seconds, `ended` taken before the last byte is sent."""

    host: str
    path: str
    headers: dict[str, str]
    started: float
    ended: float
    connection: int


@dataclass(slots=True)
class Log:
    """Who asked when, over all hosts."""

    hits: list[Hit] = field(default_factory=list)
    busy: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    #: The most requests that were open at one time, by host; "" is all of them together.
    most: dict[str, int] = field(default_factory=lambda: defaultdict(int))

    def paths(self, host: str | None = None) -> list[str]:
        """The paths asked for, in order, robots.txt left out."""
        return [hit.path for hit in self.hits if hit.path != "/robots.txt" and host in (None, hit.host)]

    def of(self, host: str) -> list[Hit]:
        """The requests to one host, in order."""
        return sorted((hit for hit in self.hits if hit.host == host), key=lambda hit: hit.started)


Answer = Reply | Raw | Callable[[Request], Reply]

NOT_FOUND = Reply(404, (("Content-Type", "text/plain"),), b"not here")


class Web:
    """A server on 127.0.0.1 that answers for every host name."""

    def __init__(self, tls: ssl.SSLContext | None = None) -> None:
        self.log = Log()
        self._tls = tls
        self._routes: dict[tuple[str | None, str], Answer] = {}
        self._lock = threading.Lock()
        self._closing = threading.Event()
        self._open: set[socket.socket] = set()
        self._threads: set[threading.Thread] = set()
        self._count = 0
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=512)
        self.port: int = self._listener.getsockname()[1]
        self._acceptor = threading.Thread(target=self._accept, daemon=True)
        self._acceptor.start()

    @property
    def hosts(self) -> dict[str, str]:
        """For FetchPolicy.hosts: every name below .example is this server."""
        return {"*.example": f"127.0.0.1:{self.port}"}

    def on(self, path: str, answer: Answer | bytes, host: str | None = None) -> None:
        """Set what a path answers; "*" is every path that has no answer of its own."""
        self._routes[host, path] = Reply(body=answer) if isinstance(answer, bytes) else answer

    def close(self) -> None:
        """Stop listening, cut every connection and wait for their threads."""
        self._closing.set()
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        with self._lock:
            for sock in self._open:
                with contextlib.suppress(OSError):
                    socket.socket.shutdown(sock, socket.SHUT_RDWR)
            threads = [self._acceptor, *self._threads]
        for thread in threads:
            thread.join(timeout=5)

    def __enter__(self) -> Web:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    def _accept(self) -> None:
        while not self._closing.is_set():
            try:
                sock, _ = self._listener.accept()
            except OSError:
                return
            thread = threading.Thread(target=self._serve, args=(sock,), daemon=True)
            with self._lock:
                self._count += 1
                number = self._count
                self._open.add(sock)
                self._threads.add(thread)
            thread.name = str(number)
            thread.start()

    def _serve(self, sock: socket.socket) -> None:
        connection = int(threading.current_thread().name)
        try:
            with contextlib.suppress(OSError, ValueError):
                wrapped = self._tls.wrap_socket(sock, server_side=True) if self._tls else sock
                with self._lock:
                    self._open.discard(sock)
                    self._open.add(wrapped)
                sock = wrapped
                sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                self._talk(sock, connection)
        finally:
            with self._lock:
                self._open.discard(sock)
                self._threads.discard(threading.current_thread())
            sock.close()

    def _talk(self, sock: socket.socket, connection: int) -> None:
        number = 0
        with sock.makefile("rb") as reader:
            while not self._closing.is_set():
                number += 1
                request = _read_request(reader, number)
                if request is None or not self._answer(request, sock, connection):
                    return

    def _answer(self, request: Request, sock: socket.socket, connection: int) -> bool:
        """Answer one request; tell whether the connection goes on."""
        answer = self._route(request)
        started = time.monotonic()
        self._busy(request.host, 1)
        try:
            if isinstance(answer, Raw):
                with contextlib.suppress(OSError):
                    answer.write(request, sock, self._closing)
                return False
            reply = answer(request) if callable(answer) else answer
            if reply.delay_s:
                self._closing.wait(reply.delay_s)
            data = reply.encoded()
        finally:
            self._busy(request.host, -1)
            hit = Hit(request.host, request.path, request.headers, started, time.monotonic(), connection)
            with self._lock:
                self.log.hits.append(hit)
        sock.sendall(data)
        return not any(name.lower() == "connection" and value == "close" for name, value in reply.headers)

    def _route(self, request: Request) -> Answer:
        for key in ((request.host, request.path), (None, request.path), (request.host, "*"), (None, "*")):
            if key in self._routes and not (key[1] == "*" and request.path == "/robots.txt"):
                return self._routes[key]
        return NOT_FOUND

    def _busy(self, host: str, step: int) -> None:
        with self._lock:
            for name in (host, ""):
                self.log.busy[name] += step
                self.log.most[name] = max(self.log.most[name], self.log.busy[name])


def _read_request(reader: object, number: int) -> Request | None:
    lines = []
    while True:
        line = reader.readline(65_536)  # type: ignore[attr-defined]
        if not line.strip():
            break
        lines.append(line.decode("latin-1").rstrip("\r\n"))
    if not lines:
        return None
    headers = {name.strip().lower(): value.strip() for name, _, value in (line.partition(":") for line in lines[1:])}
    return Request(headers.get("host", ""), lines[0].split(" ")[1], headers, number)


def drip(*pieces: bytes, then: bytes = b"x", gap_s: float = 0.05) -> Raw:
    """Send the pieces at once, then the same bytes over and over, slowly, without end."""

    def write(_: Request, sock: socket.socket, closing: threading.Event) -> None:
        for piece in pieces:
            sock.sendall(piece)
        while not closing.wait(gap_s):
            sock.sendall(then)

    return Raw(write)


def flood(first: bytes, then: bytes) -> Raw:
    """Send the first bytes, then the others over and over, as fast as they are taken."""

    def write(_: Request, sock: socket.socket, closing: threading.Event) -> None:
        sock.sendall(first)
        while not closing.is_set():
            sock.sendall(then)

    return Raw(write)


def exactly(data: bytes) -> Raw:
    """Send these bytes and close."""
    return Raw(lambda _, sock, __: sock.sendall(data))


def reset(first: bytes = b"") -> Raw:
    """Send the bytes and cut the connection with a reset."""

    def write(_: Request, sock: socket.socket, __: threading.Event) -> None:
        sock.sendall(first)
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\x01\0\0\0\0\0\0\0")

    return Raw(write)


def redirect(location: str, status: int = 302, *more: tuple[str, str]) -> Reply:
    """A redirect."""
    return Reply(status, (("Location", location), *more))


@pytest.fixture
def web() -> Iterator[Web]:
    """A server for one test."""
    with Web() as server:
        yield server
