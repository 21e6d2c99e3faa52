"""Whatever a server sends, a fetch ends in a page or in a named failure."""

from __future__ import annotations

import gzip
import random

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from pipeline.errors import NeverAgain, TryLater
from pipeline.fetch import Client
from pipeline.fetch.target import parse_target
from pipeline.urls import host_of
from tests.pipeline.fetch.clients import PAGE, at_most, client
from tests.services.web import Raw, Reply, Web

SEEDS = [
    Reply(body=PAGE).encoded(),
    Reply(
        headers=(("Content-Encoding", "gzip"), ("ETag", '"a"'), ("Set-Cookie", "a=b")), body=gzip.compress(PAGE)
    ).encoded(),
    b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n10\r\n<html>0123456789\r\n4;x=y\r\nabcd\r\n0\r\nX-T: a\r\n\r\n",
    b"HTTP/1.1 302 Found\r\nLocation: /next?a=b#c\r\nSet-Cookie: a=b; Path=/; Domain=example\r\nContent-Length: 0\r\n\r\n",
    b"HTTP/1.1 429 Slow\r\nRetry-After: 120\r\nContent-Length: 4\r\n\r\nslow",
    b'HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 304 Not Modified\r\nETag: W/"x"\r\n\r\n',
    b'HTTP/1.0 200 OK\r\nContent-Type: text/html; charset="utf-8"\r\nConnection: close\r\n\r\n' + PAGE,
]
PIECES = [
    *(b"\r\n", b"\n", b"\r", b"\0", b":", b" ", b"\t", b"\xff", b"-1", b"99999999999999999999", b"0", b"%", b";", b","),
    *(b"Content-Length: 3\r\n", b"Transfer-Encoding: chunked\r\n", b"Content-Encoding: br\r\n", b"Location: //[\r\n"),
    *(
        b"Content-Type: ;charset\r\n",
        b"Set-Cookie: \xff=;=\r\n",
        b"Connection: keep-alive\r\n",
        b"Retry-After: 1e9\r\n",
    ),
    *(
        b"Location: http://\xc3\xa9.example/\xff\r\n",
        b"X: " + b"y" * 70_000,
        b"HTTP/1.1 200 OK\r\n\r\n",
        b"\x1f\x8b\x08",
    ),
]


def mutant(dice: random.Random) -> bytes:
    """One of the seeds with a few bytes changed, cut, doubled or put in."""
    data = bytearray(dice.choice(SEEDS))
    for _ in range(dice.randint(1, 6)):
        at = dice.randrange(len(data) + 1)
        change = dice.randrange(5)
        if change == 0 and at < len(data):
            data[at] = dice.randrange(256)
        elif change == 1:
            del data[at : at + dice.randint(1, 20)]
        elif change == 2:
            data[at:at] = dice.choice(PIECES)
        elif change == 3:
            data[at:at] = data[at : at + dice.randint(1, 60)]
        elif dice.random() < 0.3:
            del data[at:]
    return bytes(data)


def _endings(fetcher: Client, web: Web, dice: random.Random, count: int) -> dict[str, int]:
    """How so many fetches of mutants ended."""
    found: dict[str, int] = {}
    for number in range(count):
        answer = mutant(dice)
        web.on("*", Raw(lambda _, sock, __, answer=answer: sock.sendall(answer)))  # type: ignore[misc]
        kind = dice.choice(["page", "feed", "robots", "sitemap"])
        try:
            page = fetcher.get(f"http://f{number}.example/start", kind=kind, etag='"a"')
            assert page.body or page.status == 304 or kind == "robots"
            ending = "page"
        except (TryLater, NeverAgain) as error:
            ending = error.reason
        found[ending] = found.get(ending, 0) + 1
    return found


@pytest.mark.parametrize(("seed", "count"), [(1, 700), pytest.param(2, 5_000, marks=pytest.mark.soak)])
def test_answers(web: Web, seed: int, count: int) -> None:
    """Mutilated answers give pages or reasons, and no other exception."""
    with at_most(count * 0.2):
        found = _endings(client(web, total_timeout_s=2.0), web, random.Random(seed), count)
    assert sum(found.values()) == count
    assert found["page"] > count / 20
    assert len(found) > 8


CHARS = st.sampled_from(
    [*"abz019.-_:/?#[]@!$&'()*+,;=% \\\t\n\0", "é", "。", "①", "ß", "\ud800", "\u200d", "\u202e", "\U0001f5de"]
)


@settings(max_examples=400, deadline=None)
@given(st.text(CHARS, max_size=40).map(lambda text: "http://" + text) | st.text(max_size=60))
@example("http://[::ffff:1.1.1.1]:80/")
@example("http://xn--a.example/")
def test_urls(text: str) -> None:
    """Any text is an URL or a named failure; what is read once is read the same again, and has a host."""
    try:
        target = parse_target(text)
    except NeverAgain:
        return
    assert parse_target(target.url) == target
    assert host_of(target.url)
    assert target.url.isascii()
    assert target.url.isprintable()
