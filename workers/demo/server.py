"""The newsroom's web servers: one listener on loopback that answers for all publishers by the Host header."""

from __future__ import annotations

import hashlib
import threading
import time
from email.utils import format_datetime
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from pipeline.models import Feed, Value
from workers.demo.content import Publisher, Story, load_newsroom
from workers.demo.feeds import feed_document, newest
from workers.demo.pages import front_page, story_page


class Answer(Value, frozen=True, kw_only=True):
    """What a publisher's server says."""

    status: int
    kind: str = "text/html; charset=utf-8"
    body: bytes = b""
    headers: dict[str, str] = {}


class Newsroom(ThreadingHTTPServer):
    """The server; it runs from its making to the end of a `with` block, or to server_close()."""

    daemon_threads = True
    block_on_close = False

    def __init__(self, host: str, port: int) -> None:
        super().__init__((host, port), _Handler)
        self.publishers = {publisher.host: publisher for publisher in load_newsroom()}
        self._thread = threading.Thread(target=self.serve_forever, args=(0.05,), name="newsroom", daemon=True)
        self._thread.start()

    def server_close(self) -> None:
        """Stop answering and close the socket."""
        self.shutdown()
        self._thread.join()
        super().server_close()


def serve(host: str = "127.0.0.1", port: int = 0) -> Newsroom:
    """Return the running server: `with serve() as server: …`. Port 0 takes a free one."""
    return Newsroom(host, port)


def demo_hosts(server: Newsroom) -> dict[str, str]:
    """Return where each publisher's host name is served, as in FetchPolicy.hosts."""
    host, port = server.server_address[:2]
    return {publisher.host: f"{host!s}:{port}" for publisher in load_newsroom()}


def demo_feeds() -> tuple[Feed, ...]:
    """Return the publishers' feeds."""
    return tuple(
        Feed(url=publisher.root + publisher.feed_path, title=publisher.name, groups=("demo",))
        for publisher in load_newsroom()
    )


def answer(publisher: Publisher, path: str) -> Answer:
    """Return what the publisher's server says to a GET of the path."""
    if path == "/":
        return Answer(status=200, body=front_page(publisher).encode())
    if path == "/robots.txt":
        return Answer(status=200, kind="text/plain; charset=utf-8", body=publisher.robots.encode())
    if path == publisher.feed_path:
        kind, text = feed_document(publisher)
        changed = format_datetime(newest(publisher), usegmt=True)
        return Answer(status=200, kind=kind, body=text.encode(), headers={"Last-Modified": changed})
    for story in publisher.stories:
        if path in (story.path, story.old_path):
            return _story(publisher, story, path)
    return _error(404)


def _story(publisher: Publisher, story: Story, path: str) -> Answer:
    if path == story.old_path:
        return Answer(status=301, headers={"Location": story.path})
    if story.status != 200:
        return _error(story.status)
    return Answer(status=200, body=story_page(publisher, story).encode())


def _error(status: int) -> Answer:
    return Answer(status=status, body=f"<!doctype html><title>{HTTPStatus(status).phrase}</title>".encode())


class _Handler(BaseHTTPRequestHandler):
    server: Newsroom
    timeout = 10.0

    def do_GET(self) -> None:
        publisher = self.server.publishers.get((self.headers.get("Host") or "").partition(":")[0].lower())
        if publisher is None:
            self._send(_error(404))
            return
        time.sleep(publisher.slow_s)
        self._send(answer(publisher, self.path.partition("?")[0]))

    do_HEAD = do_GET  # noqa: N815 - the name is the library's

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the name is the library's
        """Say nothing: whoever reads the demo's output wants to see wiredesk's."""

    def _send(self, said: Answer) -> None:
        tag = f'"{hashlib.sha256(said.body).hexdigest()[:16]}"'
        known = said.status == HTTPStatus.OK and self.headers.get("If-None-Match") == tag
        body = b"" if known or self.command == "HEAD" else said.body
        self.send_response(HTTPStatus.NOT_MODIFIED if known else said.status)
        self.send_header("ETag", tag)
        for name, value in said.headers.items():
            self.send_header(name, value)
        if not known:
            self.send_header("Content-Type", said.kind)
            self.send_header("Content-Length", str(len(said.body)))
        self.end_headers()
        self.wfile.write(body)
