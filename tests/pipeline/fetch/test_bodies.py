"""Tests of bodies: decoded, counted, known to be whole, and never something else than they claim."""

from __future__ import annotations

import gzip
import random
import resource
import sys
import zlib
from functools import cache

import brotli
import pytest

from pipeline.errors import NeverAgain, TryLater
from pipeline.fetch.sniff import check_html
from tests.pipeline.fetch.clients import PAGE, at_most, client, failure
from tests.services.web import Raw, Reply, Web, exactly, flood, reset

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

TEXT = ("Content-Type", "text/html; charset=ISO-8859-1")
LONG = PAGE.replace(b"</p>", b" " + random.Random(1).randbytes(60_000).hex().encode() + b"</p>")


def raw_deflate(data: bytes) -> bytes:
    packer = zlib.compressobj(wbits=-15)
    return packer.compress(data) + packer.flush()


PACKERS = {
    "gzip": gzip.compress,
    "x-gzip": gzip.compress,
    "GZIP": gzip.compress,
    "br": lambda data: brotli.compress(data, quality=4),
    "zstd": zstd.compress,
    "deflate": zlib.compress,
    "identity": bytes,
    "": bytes,
    "gzip, gzip": lambda data: gzip.compress(gzip.compress(data)),
    "br, gzip": lambda data: gzip.compress(brotli.compress(data, quality=4)),
}


def packed(encoding: str, body: bytes) -> Reply:
    return Reply(headers=(TEXT, ("Content-Encoding", encoding)), body=body)


@pytest.mark.parametrize("body", [PAGE, LONG], ids=["short", "long"])
@pytest.mark.parametrize("encoding", PACKERS)
def test_encodings(web: Web, encoding: str, body: bytes) -> None:
    """Every coding that is asked for is undone, and the charset is left to later stages."""
    web.on("/", packed(encoding, PACKERS[encoding](body)))
    page = client(web).get("http://paper.example/")
    assert (page.body, page.content_type, page.charset) == (body, "text/html", "ISO-8859-1")


def test_what_is_asked_for(web: Web) -> None:
    """Only codings that can be undone are asked for, with who asks and where to complain."""
    web.on("/", PAGE)
    client(web, contact="https://desk.example/crawler").get("http://paper.example/")
    (hit,) = web.log.hits
    assert hit.headers["accept-encoding"] == "gzip, deflate, br, zstd"
    assert hit.headers["user-agent"].startswith("wiredesk/")
    assert hit.headers["user-agent"].endswith("(+https://desk.example/crawler)")


def test_deflate_without_a_frame(web: Web) -> None:
    """Deflate without the zlib frame, as some servers send it, is read too."""
    web.on("/", packed("deflate", raw_deflate(LONG)))
    assert client(web).get("http://paper.example/").body == LONG


@pytest.mark.parametrize("members", [2, 1_000])
def test_gzip_in_members(web: Web, members: int) -> None:
    """Gzip in several members is one body; zero bytes may pad it."""
    web.on("/", packed("gzip", gzip.compress(PAGE) * members + b"\0" * 600))
    assert client(web).get("http://paper.example/").body == PAGE * members


def test_zstd_in_frames(web: Web) -> None:
    """Zstd in several frames is one body."""
    web.on("/", packed("zstd", zstd.compress(PAGE) * 3))
    assert client(web).get("http://paper.example/").body == PAGE * 3


@pytest.mark.parametrize("share", [0.3, 0.9, 0.999])
@pytest.mark.parametrize("encoding", ["gzip", "br", "zstd", "deflate"])
def test_cut_short(web: Web, encoding: str, share: float) -> None:
    """A coded body that ends early is no page, though its Content-Length agrees."""
    whole = PACKERS[encoding](LONG)
    web.on("/", packed(encoding, whole[: int(len(whole) * share)]))
    error = failure(client(web), "http://paper.example/")
    assert (type(error), error.reason) == (TryLater, "body_truncated")


@pytest.mark.parametrize(
    ("encoding", "body", "reason"),
    [
        ("gzip", PAGE, "bad_encoding"),
        ("br", PAGE, "bad_encoding"),
        ("zstd", PAGE, "bad_encoding"),
        ("deflate", PAGE, "bad_encoding"),
        ("gzip", gzip.compress(PAGE, mtime=0)[:-8] + b"\0" * 8, "bad_encoding"),
        ("gzip", gzip.compress(PAGE, mtime=0) + b"garbage at the end", "bad_encoding"),
        ("deflate", zlib.compress(PAGE) + b"garbage", "bad_encoding"),
        ("zstd", zstd.compress(PAGE) + b"garbage", "bad_encoding"),
        ("br", brotli.compress(PAGE) + b"garbage", "bad_encoding"),
        ("lzma9", PAGE, "encoding_unknown"),
        ("compress", PAGE, "encoding_unknown"),
        (", ".join(["gzip"] * 50), PAGE, "encoding_unknown"),
    ],
)
def test_broken_encodings(web: Web, encoding: str, body: bytes, reason: str) -> None:
    """A body that is not what its coding says is no page."""
    web.on("/", packed(encoding, body))
    error = failure(client(web), "http://paper.example/")
    assert (type(error), error.reason) == (TryLater, reason)


@cache
def bomb(encoding: str, megabytes: int) -> bytes:
    """Zeros behind a bit of HTML, compressed as a stream so that the test itself stays small."""
    piece = b"\0" * 1_048_576
    head = PAGE + b" " * 2_000
    if encoding == "br":
        packer = brotli.Compressor(quality=1)
        return packer.process(head) + b"".join(packer.process(piece) for _ in range(megabytes)) + packer.finish()
    if encoding == "zstd":
        squeezer = zstd.ZstdCompressor()
        return squeezer.compress(head) + b"".join(squeezer.compress(piece) for _ in range(megabytes)) + squeezer.flush()
    zipper = zlib.compressobj(level=1, wbits=31 if encoding == "gzip" else 15)
    return zipper.compress(head) + b"".join(zipper.compress(piece) for _ in range(megabytes)) + zipper.flush()


@pytest.mark.parametrize("encoding", ["gzip", "deflate", "br", "zstd"])
def test_bombs(web: Web, encoding: str) -> None:
    """A body that grows beyond the limit is left there: in little time and memory, whatever it would have become."""
    body = bomb(encoding, 100)
    web.on("/", packed(encoding, body))
    web.on("/moved", Reply(302, (("Location", "/there"), ("Content-Encoding", encoding)), body))
    web.on("/gone", Reply(404, (("Content-Encoding", encoding),), body))
    web.on("/there", PAGE)
    fetcher = client(web, max_page_bytes=2_000_000)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with at_most(4.0):
        error = failure(fetcher, "http://paper.example/")
        assert fetcher.get("http://paper.example/moved").body == PAGE
        assert failure(fetcher, "http://paper.example/gone").reason == "http_404"
    assert (type(error), error.reason) == (NeverAgain, "body_too_large")
    grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    assert grown / (1024 if sys.platform == "linux" else 1_048_576) < 64


HTML_HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n"
CHUNKED = HTML_HEAD + b"Transfer-Encoding: chunked\r\n\r\n"


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (flood(HTML_HEAD + b"\r\n<html>", b"x" * 65_536), "body_too_large"),
        (flood(CHUNKED + b"6\r\n<html>\r\n", b"1000\r\n" + b"x" * 4_096 + b"\r\n"), "body_too_large"),
        (flood(CHUNKED + b"6\r\n<html>\r\n", b"1;" + b"e" * 4_000 + b"\r\nx\r\n"), "body_too_large"),
        (flood(CHUNKED + b"6\r\n<html>\r\n0\r\n", b"X-Trailer: " + b"t" * 1_000 + b"\r\n"), "body_too_large"),
        (exactly(HTML_HEAD + b"Content-Length: 50000000\r\n\r\n<html>"), "body_too_large"),
    ],
    ids=["endless", "endless-chunks", "chunk-extensions", "trailers", "declared"],
)
def test_too_large(web: Web, answer: Raw, reason: str) -> None:
    """Bytes are counted on the wire, with all that stands around the body."""
    web.on("/", answer)
    with at_most(3.0):
        error = failure(client(web, max_page_bytes=1_000_000), "http://paper.example/")
    assert (type(error), error.reason) == (NeverAgain, reason)


def test_a_feed_may_be_larger(web: Web) -> None:
    """Feeds have a limit of their own."""
    web.on("/", LONG)
    fetcher = client(web, max_page_bytes=50_000, max_feed_bytes=1_000_000)
    assert failure(fetcher, "http://paper.example/").reason == "body_too_large"
    assert fetcher.get("http://paper.example/", kind="feed").body == LONG


@pytest.mark.parametrize("kind", ["feed", "sitemap"])
def test_a_gzipped_file(web: Web, kind: str) -> None:
    """A sitemap or feed that is a .gz file comes out unpacked, within the same limit."""
    web.on("/sitemap.xml.gz", Reply(headers=(("Content-Type", "application/gzip"),), body=gzip.compress(PAGE)))
    web.on("/bomb.gz", Reply(body=bomb("gzip", 50)))
    fetcher = client(web, max_feed_bytes=1_000_000)
    assert fetcher.get("http://paper.example/sitemap.xml.gz", kind=kind).body == PAGE
    assert failure(fetcher, "http://paper.example/bomb.gz", kind=kind).reason == "body_too_large"


PDF = b"%PDF-1.7\n" + b"\xe2\xe3\xcf\xd3" * 50_000


@pytest.mark.parametrize(
    ("content_type", "body", "reason"),
    [
        ("application/pdf", PDF, "not_html"),
        ("text/html", PDF, "not_html"),
        ("text/html", b"\x89PNG\r\n\x1a\n" + b"\0" * 9_000, "not_html"),
        ("text/html", b"PK\x03\x04" + b"\0" * 9_000, "not_html"),
        ("image/jpeg", b"\xff\xd8\xff\xe0" + b"\0" * 9_000, "not_html"),
        ("video/mp4", b"\0\0\0\x20ftypisom" + b"\0" * 9_000, "not_html"),
        ("application/json", b'{"headline": "Lock gates"}', "not_html"),
        ("text/plain", b"The gates at Hallam opened.", "not_html"),
        ("application/rss+xml", b"<?xml version='1.0'?><rss version='2.0'/>", "not_html"),
        (None, b"GIF89a" + b"\0" * 9_000, "not_html"),
        ("text/html", b"some format of its own\0\0\0\1" + b"\0\7" * 500, "not_html"),
        ("text/html", "<html>".encode("utf-16-le") * 50, None),
        ("text/html", PAGE, None),
        ("text/plain", PAGE, None),
        ("application/octet-stream", b"\n <!-- a --> <!-- b -->" + PAGE, None),
        (None, PAGE, None),
        ("application/xhtml+xml", b"<?xml version='1.0'?>" + PAGE, None),
        ("text/html", b"just words, no markup", None),
        ("text/html", b"\xff\xfe" + "<html>".encode("utf-16-le"), None),
        ("text/html; charset=utf-16", "<html>".encode("utf-16-le"), None),
    ],
)
def test_what_is_no_page(web: Web, content_type: str | None, body: bytes, reason: str | None) -> None:
    """A page is HTML: what is something else ends here, whatever it calls itself; HTML under another name does not."""
    web.on("/", Reply(headers=(("Content-Type", content_type),) if content_type else (), body=body))
    if reason is None:
        assert client(web).get("http://paper.example/").body == body
    else:
        error = failure(client(web), "http://paper.example/")
        assert (type(error), error.reason) == (NeverAgain, reason)


def test_a_film_is_not_read(web: Web) -> None:
    """Of what is no page little is read."""
    web.on("/", flood(b"HTTP/1.1 200 OK\r\nContent-Type: video/mp4\r\n\r\n\0\0\0\x20ftypisom", b"\0" * 1_000))
    with at_most(2.0):
        assert failure(client(web), "http://paper.example/").reason == "not_html"


@pytest.mark.parametrize(
    ("data", "reasons"),
    [
        (b"", {"connection_lost"}),
        (b"\r\n\r\n", {"protocol_error"}),
        (b"<html>HTTP/0.9</html>", {"protocol_error"}),
        (b"SSH-2.0-OpenSSH_9.0\r\n", {"protocol_error"}),
        (b"HTTP/1.1 abc Fine\r\n\r\n", {"protocol_error"}),
        (b"HTTP/1.1 99 Low\r\n\r\n", {"protocol_error"}),
        (b"HTTP/1.1 200 OK\r\nX-Long: " + b"a" * 70_000 + b"\r\n\r\n", {"protocol_error"}),
        (b"HTTP/1.1 200 OK\r\n" + b"X-A: b\r\n" * 200 + b"\r\n", {"protocol_error"}),
        (b"HTTP/1.1 200 OK\r\nno colon here\r\nContent-Encoding: gzip\r\n\r\n<html>", {"protocol_error"}),
        (HTML_HEAD + b"Content-Length: -5\r\n\r\n<html>", {"protocol_error"}),
        (HTML_HEAD + b"Content-Length: five\r\n\r\n<html>", {"protocol_error"}),
        (HTML_HEAD + b"Content-Length: 6\r\nContent-Length: 9\r\n\r\n<html>xxx", {"protocol_error"}),
        (HTML_HEAD + b"Content-Length: 6, 9\r\n\r\n<html>xxx", {"protocol_error"}),
        (HTML_HEAD + b"Content-Length: 100\r\n\r\n<html>", {"body_truncated"}),
        (CHUNKED + b"6\r\n<html>\r\n", {"body_truncated"}),
        (CHUNKED.replace(b"chunked", b"gzip, chunked") + b"6\r\n<html>\r\n0\r\n\r\n", {"protocol_error"}),
        (CHUNKED.replace(b"chunked", b"gzip") + b"<html>", {"protocol_error"}),
        (CHUNKED + b"60\r\n<html>", {"body_truncated"}),
        (CHUNKED + b"zz\r\n<html>\r\n", {"protocol_error"}),
        (CHUNKED + b"-6\r\n<html>\r\n", {"protocol_error", "body_truncated"}),
        (CHUNKED + b"9" * 100_000 + b"\r\n<html>\r\n", {"protocol_error"}),
        (b"HTTP/1.1 200 OK\r\nContent-Ty", {"connection_lost", "protocol_error", "empty_body"}),
    ],
)
def test_answers_that_are_no_http(web: Web, data: bytes, reasons: set[str]) -> None:
    """An answer that is broken or cut gives a reason, never a page."""
    web.on("/", exactly(data))
    error = failure(client(web), "http://paper.example/")
    assert isinstance(error, TryLater)
    assert error.reason in reasons


@pytest.mark.parametrize(
    "first",
    [
        b"",
        b"HTTP/1.1 2",
        b"HTTP/1.1 200 OK\r\nContent-T",
        HTML_HEAD + b"Content-Length: 99\r\n\r\n",
        CHUNKED + b"6\r\n<ht",
        CHUNKED,
    ],
)
def test_resets(web: Web, first: bytes) -> None:
    """A connection that is reset at any point is a failure that may pass."""
    web.on("/", reset(first))
    error = failure(client(web), "http://paper.example/")
    assert isinstance(error, TryLater)
    assert error.reason in ("connection_lost", "body_truncated", "protocol_error")


def test_nothing_at_all(web: Web) -> None:
    """A page of no bytes is a fault of the server, not an empty page."""
    web.on("/", b"")
    error = failure(client(web), "http://paper.example/")
    assert (type(error), error.reason) == (TryLater, "empty_body")


def test_folded_and_odd_headers(web: Web) -> None:
    """Header values that later stages read are plain text, whatever stood in them."""
    web.on(
        "/",
        exactly(
            HTML_HEAD
            + b"Link: <a>;\r\n rel=hub\r\nX-Robots-Tag: no\x01index\r\nX-Robots-Tag: nofollow\r\nContent-Length: 6\r\n\r\n<html>"
        ),
    )
    headers = client(web).get("http://paper.example/").headers
    assert (headers["x-robots-tag"], headers["link"].split()) == ("no index, nofollow", ["<a>;", "rel=hub"])


@pytest.mark.parametrize(
    "head",
    [
        b"<!---->" * 140,
        b"<!--" * 250,
        b" " * 1_020,
        b"<?xml " + b" " * 1_000,
        b"<!-- --" * 140,
        b"\0" * 1_000,
        b"<?xml>" * 160,
    ],
)
def test_sniffing_is_quick(head: bytes) -> None:
    """No first bytes are so odd that looking at them takes time."""
    with at_most(0.5), pytest.raises(NeverAgain):
        check_html(head + b"x", "text/plain", None)
