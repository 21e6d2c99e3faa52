"""Tests of TLS: verified against the host's name, and never tried again without."""

from __future__ import annotations

import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from pipeline.errors import TryLater
from tests.pipeline.fetch.clients import DEADLINE_S, PAGE, at_most, client, failure, hurried
from tests.services.web import Web, drip

TLS = Path(__file__).parents[2] / "data" / "tls"


@pytest.fixture(autouse=True)
def _authority(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(TLS / "ca.pem"))


@contextmanager
def secure_web(name: str) -> Iterator[Web]:
    """A server with one of the test's certificates."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(TLS / f"{name}.pem")
    with Web(context) as web:
        web.on("/", PAGE)
        yield web


def test_verified() -> None:
    """A certificate for the name from a known authority is accepted, and the connection is kept."""
    with secure_web("good") as web:
        fetcher = client(web, total_timeout_s=3.0)
        bodies = [fetcher.get("https://secure.example/").body for _ in range(2)]
        assert bodies == [PAGE, PAGE]
        assert len({hit.connection for hit in web.log.hits}) == 1


@pytest.mark.parametrize(
    ("name", "host"),
    [
        ("expired", "expired.example"),
        ("self", "self.example"),
        ("other", "secure.example"),
        ("good", "www.secure.example"),
    ],
)
def test_not_verified(name: str, host: str) -> None:
    """A certificate that is expired, self-made or another's fails once, and no request goes out."""
    with secure_web(name) as web:
        error = failure(client(web, total_timeout_s=3.0), f"https://{host}/")
        assert (type(error), error.reason) == (TryLater, "tls_error")
        assert web.log.hits == []


def test_an_unknown_authority(monkeypatch: pytest.MonkeyPatch) -> None:
    """A certificate of an authority that the system does not know is refused."""
    monkeypatch.delenv("SSL_CERT_FILE")
    with secure_web("good") as web:
        assert failure(client(web, total_timeout_s=3.0), "https://secure.example/").reason == "tls_error"


def test_the_operators_exception() -> None:
    """Verification is off only when the operator says so."""
    with secure_web("self") as web:
        assert client(web, verify_tls=False, total_timeout_s=3.0).get("https://self.example/").body == PAGE


def _bytes_server(answer: bytes) -> tuple[socket.socket, threading.Thread]:
    listener = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        sock, _ = listener.accept()
        with sock:
            sock.recv(2_000)
            sock.sendall(answer)

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    return listener, thread


@pytest.mark.parametrize("answer", [b"\x15\x03\x03\x00\x02\x02\x28", b"HTTP/1.1 400 Bad Request\r\n\r\n", b""])
def test_a_handshake_that_fails(answer: bytes) -> None:
    """A server that breaks the handshake off, or speaks no TLS, gives a reason and no page."""
    listener, thread = _bytes_server(answer)
    with listener, Web() as web:
        hosts = {"secure.example": f"127.0.0.1:{listener.getsockname()[1]}"}
        assert failure(client(web, hosts=hosts), "https://secure.example/").reason in ("tls_error", "connection_lost")
    thread.join(timeout=5)


def test_tls_where_none_is_expected() -> None:
    """A TLS server that is asked in plain gives a reason and no page."""
    with secure_web("good") as web:
        assert failure(client(web), "http://secure.example/").reason in ("connection_lost", "protocol_error")


def test_a_handshake_that_drips() -> None:
    """The deadline holds for the handshake as well."""
    listener = socket.create_server(("127.0.0.1", 0))
    stop = threading.Event()

    def serve() -> None:
        sock, _ = listener.accept()
        with sock:
            for byte in b"\x16\x03\x03\x40\x00" + bytes(1_000):
                if stop.wait(0.02):
                    return
                try:
                    sock.sendall(bytes([byte]))
                except OSError:
                    return

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    with listener, Web() as web, at_most(DEADLINE_S + 1.0):
        hosts = {"secure.example": f"127.0.0.1:{listener.getsockname()[1]}"}
        assert failure(hurried(web, hosts=hosts), "https://secure.example/").reason == "http_timeout_total"
    stop.set()
    thread.join(timeout=5)


def test_a_body_that_drips_under_tls() -> None:
    """The deadline holds for what comes after the handshake."""
    with secure_web("good") as web:
        web.on("/drip", drip(b"HTTP/1.1 200 OK\r\nContent-Length: 9999\r\n\r\n"))
        with at_most(DEADLINE_S + 1.0):
            assert failure(hurried(web), "https://secure.example/drip").reason == "http_timeout_total"
