"""Rows of archives: what can be ingested, and what is said of the rest."""

from __future__ import annotations

import gzip
import json
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from pipeline.archive import BadRow, ImportRow, read_archive
from tests.pipeline.newsroom import NOON

URL = "https://www.beacon.example/2026/05/ferry"


def write(folder: Path, *lines: object, name: str = "archive.jsonl") -> Path:
    """Return a JSONL file of these lines; strings are written as they are."""
    text = "".join((line if isinstance(line, str) else json.dumps(line)) + "\n" for line in lines)
    path = folder / name
    path.write_bytes(gzip.compress(text.encode()) if name.endswith(".gz") else text.encode())
    return path


def rows(path: Path) -> list[Any]:
    """Return all rows of a file."""
    return list(read_archive(path, NOON))


@pytest.mark.parametrize("name", ["archive.jsonl", "archive.jsonl.gz"])
def test_html_in_the_line(tmp_path: Path, name: str) -> None:
    """The page is as if it had been fetched."""
    (row,) = rows(write(tmp_path, {"url": URL, "html": "<p>ä</p>", "fetchedAt": "2026-05-01T10:00:00Z"}, name=name))
    assert (URL, "<p>ä</p>".encode(), "text/html", "utf-8") == (
        row.page.url,
        row.page.body,
        row.page.content_type,
        row.page.charset,
    )
    assert row.page.fetched_at.isoformat() == "2026-05-01T10:00:00+00:00"


def test_html_in_a_file_beside(tmp_path: Path) -> None:
    """Relative to the archive, unpacked when it is .gz, its charset left to the page."""
    (tmp_path / "pages").mkdir()
    (tmp_path / "pages" / "1.html.gz").write_bytes(gzip.compress(b"<p>caf\xe9</p>"))
    (row,) = rows(write(tmp_path, {"url": URL, "htmlPath": "pages/1.html.gz"}))
    assert (b"<p>caf\xe9</p>", None, NOON) == (row.page.body, row.page.charset, row.page.fetched_at)


def test_plain_text(tmp_path: Path) -> None:
    """With what the line says of it; a time without a zone is taken as UTC."""
    line = {"url": URL, "text": "Text.", "headline": "Head", "authors": ["A"], "datePublished": "2026-05-01 10:00:00"}
    (row,) = rows(write(tmp_path, line))
    assert row.text.headline == "Head"
    assert row.text.date_published.isoformat() == "2026-05-01T10:00:00+00:00"
    assert ("A",) == row.text.authors == row.entry.authors


@pytest.mark.parametrize(
    ("line", "wrong"),
    [
        ("not json", "JSON is malformed"),
        ("[1]", "Expected `object`"),
        ({"html": "x"}, "missing required field `url`"),
        ({"url": URL}, "one of html, htmlPath and text is needed"),
        ({"url": URL, "html": "x", "text": "y"}, "one of html, htmlPath and text is needed"),
        ({"url": "ftp://x.example/", "html": "x"}, "ftp://x.example/"),
        ({"url": URL, "htmlPath": "none.html"}, "No such file"),
        ({"url": URL, "htmlPath": "."}, "is no file"),
        ({"url": URL, "html": "x", "datePublished": "yesterday"}, "datePublished: 'yesterday' is no ISO 8601 time"),
        ({"url": URL, "html": 7}, "Expected `str | null`, got `int`"),
    ],
)
def test_a_bad_line_is_reported_and_the_rest_goes_on(tmp_path: Path, line: object, wrong: str) -> None:
    """With its number and what is wrong with it."""
    good = {"url": URL, "html": "x"}
    first, bad, last = rows(write(tmp_path, good, line, good))
    assert isinstance(first, ImportRow)
    assert isinstance(last, ImportRow)
    assert isinstance(bad, BadRow)
    assert bad.number == 2
    assert wrong in bad.wrong


def test_empty_lines_are_passed_over(tmp_path: Path) -> None:
    """They count as lines all the same."""
    found = rows(write(tmp_path, {"url": URL, "html": "x"}, "", {"url": URL, "html": "y"}))
    assert [row.number for row in found] == [1, 3]


def warc(folder: Path, *, cut: int = 0) -> Path:
    """Return a WARC of a page, an image and a page that is gone."""
    out = BytesIO()
    writer = WARCWriter(out, gzip=True)
    for url, status, media, body in (
        (URL, "200 OK", "text/html; charset=iso-8859-1", b"<p>caf\xe9</p>"),
        ("https://www.beacon.example/a.png", "200 OK", "image/png", b"png"),
        ("https://www.beacon.example/gone", "410 Gone", "text/html", b"gone"),
    ):
        headers = StatusAndHeaders(status, [("Content-Type", media)], protocol="HTTP/1.1")
        writer.write_record(writer.create_warc_record(url, "response", payload=BytesIO(body), http_headers=headers))
    path = folder / "archive.warc.gz"
    path.write_bytes(out.getvalue()[: len(out.getvalue()) - cut])
    return path


def test_a_warc_gives_its_pages(tmp_path: Path) -> None:
    """HTML answers of status 200, with the charset of their header; nothing else."""
    (row,) = rows(warc(tmp_path))
    assert (URL, b"<p>caf\xe9</p>", "iso-8859-1") == (row.page.url, row.page.body, row.page.charset)


def test_a_warc_that_is_cut_gives_what_is_whole(tmp_path: Path) -> None:
    """And ends without an exception."""
    found = rows(warc(tmp_path, cut=300))
    assert isinstance(found[0], ImportRow)


def test_a_file_that_is_no_warc_is_a_bad_row(tmp_path: Path) -> None:
    """It says so."""
    path = tmp_path / "x.warc"
    path.write_bytes(b"hello, this is no archive at all\n" * 20)
    (bad,) = rows(path)
    assert isinstance(bad, BadRow)
