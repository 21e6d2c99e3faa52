"""Tests of connections: kept when all went well, closed after anything else, and never leaked."""

from __future__ import annotations

import select
import socket
import ssl
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from pipeline.errors import ConfigError, NeverAgain, TryLater
from pipeline.fetch import Client
from pipeline.policies import FetchPolicy, PolitenessPolicy
from tests.pipeline.fetch.clients import PAGE, client, failure
from tests.services.web import Raw, Reply, Request, Web, exactly, flood, redirect, reset

HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n"


def test_kept(web: Web) -> None:
    """Requests to one host share a connection; 304, an empty redirect and an empty error do not end it."""
    web.on("/a", PAGE)
    web.on("/chunks", exactly(b""))
    web.on("/moved", redirect("/a"))
    web.on("/same", Reply(304))
    web.on("/gone", Reply(410))
    fetcher = client(web)
    fetcher.get("http://paper.example/a")
    fetcher.get("http://paper.example/moved")
    fetcher.get("http://paper.example/same", etag='"x"')
    assert failure(fetcher, "http://paper.example/gone").reason == "http_410"
    fetcher.get("http://paper.example/a")
    assert len({hit.connection for hit in web.log.hits}) == 1


@pytest.mark.parametrize(
    "answer",
    [
        Reply(404, body=b"not here"),
        Reply(200, (("Connection", "close"), ("Content-Type", "text/html")), PAGE),
        Reply(200, (("Content-Type", "application/pdf"),), b"%PDF-1.7"),
        Reply(200, (("Content-Encoding", "lzma9"),), PAGE),
        Reply(302, (("Location", "/end"),), b"moved"),
    ],
)
def test_not_kept(web: Web, answer: Reply) -> None:
    """After an error or an unread body the next request has a connection of its own."""
    web.on("/", answer)
    web.on("/end", PAGE)
    fetcher = client(web)
    try:
        fetcher.get("http://paper.example/")
    except (TryLater, NeverAgain):
        fetcher.get("http://paper.example/end")
    else:
        fetcher.get("http://paper.example/end")
    connections = [hit.connection for hit in web.log.hits]
    assert connections[0] != connections[1]


def test_what_was_not_asked_for(web: Web) -> None:
    """Bytes that come unasked on a kept connection are never taken for the next answer."""
    headers = (("Content-Type", "text/html"), ("Content-Length", "10"))
    web.on("/a", Reply(headers=headers, body=b"<html>good" + Reply(body=b"<html>evil").encoded() * 2_000))
    web.on("/b", b"<html>mine")
    fetcher = client(web)
    assert fetcher.get("http://paper.example/a").body == b"<html>good"
    assert fetcher.get("http://paper.example/b").body == b"<html>mine"


def test_closed_while_idle(web: Web) -> None:
    """A kept connection that the server closed is replaced, and the fetch goes on."""

    def write(_: Request, sock: socket.socket, __: threading.Event) -> None:
        sock.sendall(HEAD + b"Content-Length: 6\r\n\r\n<html>")

    web.on("/", Raw(write))
    fetcher = client(web)
    assert [fetcher.get("http://paper.example/").body for _ in range(3)] == [b"<html>"] * 3


def test_closed_as_we_ask(web: Web) -> None:
    """A kept connection that is closed when the request arrives is replaced once."""

    def second(request: Request) -> Reply | Raw:
        return Reply(body=PAGE)

    web.on("/", second)
    web.on(
        "/again", Raw(lambda request, sock, _: None if request.number > 1 else sock.sendall(Reply(body=PAGE).encoded()))
    )
    fetcher = client(web)
    fetcher.get("http://paper.example/")
    assert fetcher.get("http://paper.example/again").body == PAGE


def test_refused(web: Web) -> None:
    """A port where nobody listens is a failure that may pass, and names the address."""
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    error = failure(client(web, hosts={"gone.example": f"127.0.0.1:{port}"}), "http://gone.example/")
    assert (type(error), error.reason) == (TryLater, "connect_failed")
    assert f"127.0.0.1 port {port}" in error.detail


def test_dns(web: Web) -> None:
    """A name that is not found and a resolver in trouble have reasons of their own."""

    def missing(host: str, port: int) -> tuple[str, ...]:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    def broken(host: str, port: int) -> tuple[str, ...]:
        raise socket.gaierror(socket.EAI_AGAIN, "Temporary failure in name resolution")

    reasons = [
        failure(client(web, resolver=resolver), "http://paper.test/").reason
        for resolver in (missing, broken, lambda *_: ())
    ]
    assert reasons == ["dns_not_found", "dns_failed", "dns_not_found"]


def _open_files() -> int:
    folder = Path("/proc/self/fd") if Path("/proc/self/fd").exists() else Path("/dev/fd")
    return len(list(folder.iterdir()))


def test_no_socket_is_leaked(web: Web) -> None:
    """After a thousand failures of every sort as many files are open as before."""
    answers = [
        reset(HEAD + b"Content-Length: 99\r\n\r\n"),
        exactly(HEAD + b"Content-Length: 99\r\n\r\n<html>"),
        exactly(HEAD + b"Content-Length: 5, 6\r\n\r\n<html>"),
        exactly(b"rubbish\r\n\r\n"),
        exactly(b""),
        Reply(404, body=b"x" * 9_000),
        Reply(500, body=b"x" * 9_000),
        Reply(200, (("Content-Encoding", "gzip"),), PAGE),
        flood(HEAD + b"\r\n%PDF-", b"x" * 999),
        redirect("ftp://paper.example/"),
    ]
    for number, answer in enumerate(answers):
        web.on(f"/{number}", answer)
    fetcher = client(web)

    def fail(number: int) -> str:
        return failure(fetcher, f"http://p{number % 100}.example/{number % len(answers)}").reason

    with ThreadPoolExecutor(8) as threads:
        list(threads.map(fail, range(16)))
        fetcher.close()
        time.sleep(0.1)
        before = _open_files()
        assert len(list(threads.map(fail, range(1_000)))) == 1_000
        fetcher.close()
    until = time.monotonic() + 3
    while _open_files() > before and time.monotonic() < until:
        time.sleep(0.05)  # the server's end of a connection closes a moment later
    assert _open_files() <= before


def test_many_threads(web: Web) -> None:
    """Sixty-four threads use one client, each at another host."""
    web.on("/", Reply(body=PAGE, delay_s=0.1))
    fetcher = client(web)
    with ThreadPoolExecutor(64) as threads:
        pages = list(threads.map(lambda n: fetcher.get(f"http://p{n}.example/"), range(128)))
    assert {page.body for page in pages} == {PAGE}
    assert web.log.most[""] > 30


def test_proxies_of_the_environment(web: Web, monkeypatch: pytest.MonkeyPatch) -> None:
    """A proxy that only the environment knows is not used."""
    with Web() as proxy:
        for name in ("HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "ALL_PROXY"):
            monkeypatch.setenv(name, f"http://127.0.0.1:{proxy.port}")
        web.on("/", PAGE)
        assert client(web).get("http://paper.example/").body == PAGE
        assert proxy.log.hits == []


def test_the_operators_proxy() -> None:
    """A proxy in the policy is asked for the whole URL; names are its business, closed addresses stay closed."""
    with Web() as proxy:
        proxy.on("http://paper.test/a?b=c", PAGE)
        place = f"http://desk:word@127.0.0.1:{proxy.port}"
        fetcher = client(proxy, hosts={}, proxy=place)
        assert fetcher.get("http://paper.test/a?b=c").body == PAGE
        (hit,) = proxy.log.hits
        assert (hit.host, hit.path) == ("paper.test", "http://paper.test/a?b=c")
        assert hit.headers["proxy-authorization"].startswith("Basic ")
        assert failure(fetcher, "http://10.0.0.1/").reason == "private_address"


def test_tls_through_the_operators_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    """Through a proxy TLS is spoken with the host itself, in a tunnel, and verified for its name."""
    tls = Path(__file__).parents[2] / "data" / "tls"
    monkeypatch.setenv("SSL_CERT_FILE", str(tls / "ca.pem"))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(tls / "good.pem")
    asked = []
    with Web(context) as secure, Web() as proxy:
        secure.on("/", PAGE)

        def tunnel(request: Request, sock: socket.socket, _: threading.Event) -> None:
            asked.append((request.path, request.headers.get("proxy-authorization", "")[:6]))
            with socket.create_connection(("127.0.0.1", secure.port)) as inner:
                sock.sendall(b"HTTP/1.1 200 Connected\r\n\r\n")
                _pump(sock, inner)

        proxy.on("*", Raw(tunnel))
        fetcher = client(proxy, hosts={}, proxy=f"http://desk:word@127.0.0.1:{proxy.port}", total_timeout_s=3.0)
        assert fetcher.get("https://secure.example/").body == PAGE
        assert failure(fetcher, "https://wrong.example/").reason == "tls_error"
        fetcher.close()
    assert asked == [("secure.example:443", "Basic "), ("wrong.example:443", "Basic ")]


def _pump(one: socket.socket, two: socket.socket) -> None:
    """Carry bytes both ways until one side ends."""
    other = {one: two, two: one}
    while True:
        for sock in select.select([one, two], [], [], 5)[0]:
            data = sock.recv(65_536)
            if not data:
                return
            other[sock].sendall(data)


@pytest.mark.parametrize(
    "wrong",
    [
        {"hosts": {"a.example": "127.0.0.1"}},
        {"hosts": {"a.example": "localhost:80"}},
        {"user_agent": "desk\r\nX-A: b"},
        {"user_agent": " "},
        {"contact": "\u6708"},
        {"allow_networks": ("10.0.0.0/99",)},
        {"proxy": "socks5://127.0.0.1:1080"},
    ],
)
def test_a_policy_that_cannot_be_read(wrong: dict[str, object]) -> None:
    """A wrong entry stops the start, and the message names it."""
    with pytest.raises(ConfigError, match=f"fetch.{next(iter(wrong))}"):
        Client(FetchPolicy(**wrong), PolitenessPolicy(), None)  # type: ignore[arg-type]
