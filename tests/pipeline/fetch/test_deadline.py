"""Tests of the total deadline: nothing that a server does can make a fetch last longer."""

from __future__ import annotations

import socket
import threading
import time

import pytest

from pipeline.errors import TryLater
from tests.pipeline.fetch.clients import DEADLINE_S, at_most, client, failure, hurried
from tests.services.web import Raw, Reply, Request, Web, drip, exactly, flood, redirect

HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n"


def _silence(_: Request, __: socket.socket, closing: threading.Event) -> None:
    closing.wait(10)


def _drip_redirect(_: Request, sock: socket.socket, closing: threading.Event) -> None:
    sock.sendall(b"HTTP/1.1 302 Found\r\nLocation: /drip\r\nContent-Length: 1000\r\n\r\n")
    while not closing.wait(0.05):
        sock.sendall(b"x")


SLOW = {
    "silence": Raw(_silence),
    "drip-status-line": drip(b"HTTP", then=b"P"),
    "drip-headers": drip(HEAD, then=b"X-A: b\r\n"),
    "drip-one-header": drip(HEAD + b"X-Long: ", then=b"a"),
    "drip-body": drip(HEAD + b"Content-Length: 100000\r\n\r\n"),
    "drip-body-without-length": drip(HEAD + b"\r\n"),
    "drip-chunks": drip(HEAD + b"Transfer-Encoding: chunked\r\n\r\n", then=b"1\r\nx\r\n"),
    "drip-chunk-size": drip(HEAD + b"Transfer-Encoding: chunked\r\n\r\n", then=b"0"),
    "drip-trailers": drip(HEAD + b"Transfer-Encoding: chunked\r\n\r\n0\r\n", then=b"X-A: b\r\n"),
    "continue-flood": drip(then=b"HTTP/1.1 100 Continue\r\n\r\n", gap_s=0.001),
    "gzip-of-nothing": drip(
        HEAD + b"Content-Encoding: gzip\r\n\r\n\x1f\x8b\x08\x00\0\0\0\0\0\xff", then=b"\0\0\0\xff\xff"
    ),
    "error-with-drip": drip(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\nContent-Encoding: br\r\n\r\n", then=b"\x0b"),
}


@pytest.mark.parametrize("name", SLOW)
def test_slow_servers(web: Web, name: str) -> None:
    """A server that sends byte by byte, in whatever part of its answer, is left at the deadline: never with a page."""
    web.on("/", SLOW[name])
    with at_most(DEADLINE_S + 1.0):
        error = failure(hurried(web), f"http://{name}.example/")
    assert isinstance(error, TryLater)
    assert error.reason in ("http_timeout_total", "bad_encoding", "protocol_error")
    if name in ("silence", "drip-status-line", "drip-headers", "drip-body", "drip-chunks"):
        assert error.reason == "http_timeout_total"


def test_a_flood_of_interim_answers(web: Web) -> None:
    """100 Continue without end stops at the byte limit, the deadline, or Python's own limit of them (3.14)."""
    web.on("/", flood(b"", b"HTTP/1.1 100 Continue\r\n\r\n" * 1_000))
    with at_most(DEADLINE_S + 1.0):
        assert failure(hurried(web, max_page_bytes=100_000), "http://paper.example/").reason in (
            "http_timeout_total",
            "body_too_large",
            "protocol_error",
        )


def test_a_redirect_with_a_dripping_body(web: Web) -> None:
    """The body of a redirect is not waited for."""
    web.on("/", Raw(_drip_redirect))
    web.on("/drip", b"<html>there</html>")
    with at_most(2.0):
        assert client(web).get("http://paper.example/").body == b"<html>there</html>"


def test_one_deadline_for_all_hops(web: Web) -> None:
    """Hops that are each in time together are not."""
    for number in range(5):
        web.on(f"/{number}", Reply(302, (("Location", f"/{number + 1}"),), delay_s=0.25))
    with at_most(DEADLINE_S + 1.0):
        assert failure(hurried(web), "http://paper.example/0").reason == "http_timeout_total"


def test_a_resolver_that_hangs(web: Web) -> None:
    """A name lookup counts to the deadline, though nothing can stop it."""

    def resolver(host: str, port: int) -> tuple[str, ...]:
        time.sleep(3)
        return ("127.0.0.1",)

    with at_most(DEADLINE_S + 1.0):
        assert failure(hurried(web, resolver=resolver), "http://slow.test/").reason == "http_timeout_total"


def test_a_server_that_accepts_nothing(web: Web) -> None:
    """A connection that is never accepted fails within the connect timeout."""
    with socket.socket() as full:
        full.bind(("127.0.0.1", 0))
        full.listen(0)
        port = full.getsockname()[1]
        fillers = [socket.socket() for _ in range(4)]
        for filler in fillers:
            filler.setblocking(False)
            filler.connect_ex(("127.0.0.1", port))
        hosts = {"full.example": f"127.0.0.1:{port}"}
        with at_most(DEADLINE_S + 1.0):
            error = failure(hurried(web, hosts=hosts), "http://full.example/")
        assert error.reason in ("connect_failed", "http_timeout_total")
        for filler in fillers:
            filler.close()


def test_the_clock_starts_anew_for_each_fetch(web: Web) -> None:
    """A kept connection does not carry an old deadline along."""
    web.on("/", Reply(body=b"<html>a</html>", delay_s=0.6))
    fetcher = client(web, total_timeout_s=1.0)
    bodies = [fetcher.get("http://paper.example/").body for _ in range(3)]
    assert bodies == [b"<html>a</html>"] * 3
    assert len({hit.connection for hit in web.log.hits}) == 1


def test_a_slow_answer_within_the_deadline(web: Web) -> None:
    """A slow server that is in time is read to the end."""

    def write(_: Request, sock: socket.socket, closing: threading.Event) -> None:
        sock.sendall(HEAD + b"Content-Length: 16\r\n\r\n<html>")
        for byte in b"slow......":
            closing.wait(0.02)
            sock.sendall(bytes([byte]))

    web.on("/", Raw(write))
    assert client(web).get("http://paper.example/").body == b"<html>slow......"


def test_redirects_are_followed_within_the_same_second(web: Web) -> None:
    """A chain that is allowed comes to its end, with the URLs on the way."""
    web.on("/a", redirect("/b"))
    web.on("/b", redirect("http://other.example/c"))
    web.on("/c", exactly(HEAD + b"Content-Length: 14\r\n\r\n<html>c</html>"))
    page = client(web).get("http://paper.example/a")
    assert (page.url, page.redirects) == (
        "http://other.example/c",
        ("http://paper.example/a", "http://paper.example/b"),
    )
