"""A WebSub hub on loopback: takes subscriptions, asks whether they were meant, and delivers."""

from __future__ import annotations

import hashlib
import hmac
import http.client
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlencode, urlsplit

#: What a hub's question came to: status and body.
Reply = tuple[int, bytes]


class Hub:
    """A hub that does what the test tells it."""

    def __init__(self, port: int) -> None:
        self.port = port
        #: The forms that came, in order, with the path they came to.
        self.forms: list[dict[str, str]] = []
        self.status = 202
        self.location: str | None = None

    @property
    def last(self) -> dict[str, str]:
        """The last form."""
        return self.forms[-1]

    def verify(self, changes: Mapping[str, str] | None = None, *, lease: int = 86_400) -> Reply:
        """Ask the callback whether the last subscription was meant."""
        query = {"hub.mode": "subscribe", "hub.topic": self.last["hub.topic"], "hub.challenge": "prove <b>it</b>"}
        query["hub.lease_seconds"] = str(lease)
        return self._send("GET", {**query, **(changes or {})}, b"", {})

    def deliver(
        self, body: bytes, *, method: str = "sha256", secret: str | None = None, kind: str = "application/rss+xml"
    ) -> int:
        """Deliver to the callback; returns the status."""
        key = (self.last["hub.secret"] if secret is None else secret).encode()
        signature = f"{method}={hmac.new(key, body, getattr(hashlib, method)).hexdigest()}"
        return self._send("POST", {}, body, {"X-Hub-Signature": signature, "Content-Type": kind})[0]

    def _send(self, verb: str, query: dict[str, str], body: bytes, headers: dict[str, str]) -> Reply:
        callback = urlsplit(self.last["hub.callback"])
        connection = http.client.HTTPConnection(callback.netloc, timeout=30)
        try:
            path = f"{callback.path}?{urlencode(query)}" if query else callback.path
            connection.request(verb, path, body, headers)
            answer = connection.getresponse()
            return answer.status, answer.read()
        finally:
            connection.close()


@contextmanager
def open_hub() -> Iterator[Hub]:
    """Run a hub."""
    hub = Hub(0)

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            assert self.headers["Content-Type"] == "application/x-www-form-urlencoded"
            hub.forms.append(
                {name: values[0] for name, values in parse_qs(body.decode()).items()} | {"path": self.path}
            )
            moved = hub.location if self.path == "/" else None
            self.send_response(307 if moved else hub.status)
            if moved:
                self.send_header("Location", moved)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    hub.port = server.server_address[1]
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield hub
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
