"""Rows of archives: what can be ingested, and what is said of the rest."""

from __future__ import annotations

import gzip
import json
import random
from pathlib import Path
from typing import Any

import pytest

from pipeline.archive import BadRow, ImportRow, jsonl, read_archive
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


@pytest.mark.parametrize("where", ["../secret", "{folder}/secret", "inside/../../secret", "link.html"])
def test_a_path_out_of_the_folder_names_pages_only(tmp_path: Path, where: str) -> None:
    """Not by climbing, by an absolute path or by a link: an archive shall not show what else lies on this machine."""
    (tmp_path / "secret").write_text("secret")
    folder = tmp_path / "archive"
    (folder / "inside").mkdir(parents=True)
    (folder / "link.html").symlink_to(tmp_path / "secret")
    (tmp_path / "page.html").write_text("page")
    path = write(
        folder, {"url": URL, "htmlPath": where.format(folder=tmp_path)}, {"url": URL, "htmlPath": "../page.html"}
    )
    bad, good = rows(path)
    assert "lies outside of the archive's folder" in bad.wrong
    assert good.page.body == b"page"


def test_a_damaged_page_beside_is_a_bad_row(tmp_path: Path) -> None:
    """A .gz that is cut, and one that is none, are reported; the rest goes on."""
    (tmp_path / "cut.html.gz").write_bytes(gzip.compress(b"<p>long enough</p>" * 50)[:40])
    (tmp_path / "no.html.gz").write_bytes(b"<p>not packed</p>")
    named = [{"url": URL, "htmlPath": name} for name in ("cut.html.gz", "no.html.gz")]
    cut, none, last = rows(write(tmp_path, *named, {"url": URL, "html": "x"}))
    assert (type(cut), type(none), type(last)) == (BadRow, BadRow, ImportRow)


def test_a_packed_archive_that_is_cut_gives_what_is_whole(tmp_path: Path) -> None:
    """The lines before the cut, then one bad row that says so."""
    noise = random.Random(1)
    lines = [{"url": URL, "html": noise.randbytes(3_000).hex()} for _ in range(50)]
    path = write(tmp_path, *lines, name="archive.jsonl.gz")
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    *whole, bad = rows(path)
    assert all(isinstance(row, ImportRow) for row in whole)
    assert (10 < len(whole) < 40, bad.number, "the rest cannot be read" in bad.wrong) == (True, len(whole) + 1, True)


def test_positions_lead_to_the_end_of_the_file(tmp_path: Path) -> None:
    """Positions only grow and stay within the file as it lies on the disk, so that they show progress."""
    for path in (write(tmp_path, *[{"url": URL, "html": "x" * 9_999}] * 20, name="a.jsonl.gz"), warc(tmp_path)):
        found = [row.position for row in rows(path)]
        assert found == sorted(found)
        assert 0 < found[-1] <= path.stat().st_size


def test_a_byte_order_mark_is_no_fault(tmp_path: Path) -> None:
    """A file that an editor saved with a byte order mark reads like any other."""
    (row,) = rows(write(tmp_path, "\ufeff" + json.dumps({"url": URL, "html": "x"})))
    assert isinstance(row, ImportRow)


def test_a_line_that_is_too_long_is_reported(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is not held in memory, and the lines after it keep their numbers."""
    monkeypatch.setattr(jsonl, "MAX_BYTES", 200)
    bad, good = rows(write(tmp_path, {"url": URL, "html": "x" * 900}, {"url": URL, "html": "x"}))
    assert (bad.number, "longer than 200 bytes" in bad.wrong, good.number) == (1, True, 2)


@pytest.mark.parametrize("name", ["archive.warc.gz", "archive.warc", "archive.jsonl", "archive.jsonl.gz"])
def test_no_damage_raises(tmp_path: Path, name: str) -> None:
    """Whatever becomes of the bytes, reading ends, with rows and bad rows."""
    dice = random.Random(name)
    lines = [{"url": URL, "html": "<p>x</p>" * 20}, {"url": URL, "text": "y", "datePublished": "2026-05-01"}] * 4
    source = warc(tmp_path, packed=name.endswith("gz")) if "warc" in name else write(tmp_path, *lines, name=name)
    whole = source.read_bytes()
    for _ in range(400):
        data = bytearray(whole)
        for _ in range(dice.randint(1, 5)):
            place = dice.randrange(len(data))
            data[place : place + dice.choice((0, 1, 1, 30))] = dice.randbytes(dice.choice((0, 1, 1, 20)))
        source.write_bytes(bytes(data))
        assert len(rows(source)) < 100


def test_empty_lines_are_passed_over(tmp_path: Path) -> None:
    """They count as lines all the same."""
    found = rows(write(tmp_path, {"url": URL, "html": "x"}, "", {"url": URL, "html": "y"}))
    assert [row.number for row in found] == [1, 3]


def warc_record(url: str, status: str, media: str, body: bytes, more: str = "") -> bytes:
    """Return a response record of a WARC, not compressed."""
    http = f"HTTP/1.1 {status}\r\nContent-Type: {media}\r\n{more}\r\n".encode() + body
    head = (
        f"WARC/1.0\r\nWARC-Type: response\r\nWARC-Record-ID: <urn:uuid:{url}>\r\nWARC-Date: 2026-05-02T08:00:00Z\r\n"
        f"WARC-Target-URI: {url}\r\nContent-Type: application/http; msgtype=response\r\nContent-Length: {len(http)}\r\n\r\n"
    )
    return head.encode() + http + b"\r\n\r\n"


RECORDS = (
    warc_record(URL, "200 OK", "text/html; charset=iso-8859-1", b"<p>caf\xe9</p>", "X-Robots-Tag: noai\r\n"),
    warc_record("https://www.beacon.example/a.png", "200 OK", "image/png", b"png"),
    warc_record("https://www.beacon.example/gone", "410 Gone", "text/html", b"gone"),
    warc_record("https://www.beacon.example/z", "200 OK", "text/html", b"\x28\xb5", "Content-Encoding: zstd\r\n"),
    warc_record(
        "https://www.beacon.example/g", "200 OK", "text/html", gzip.compress(b"g"), "Content-Encoding: gzip\r\n"
    ),
)


def test_a_warc_compressed_as_a_whole_is_refused_in_a_line(tmp_path: Path) -> None:
    """Its records cannot be told apart."""
    path = tmp_path / "pages.warc.gz"
    path.write_bytes(gzip.compress(b"".join(RECORDS)))
    bad = [row for row in read_archive(path, NOON) if isinstance(row, BadRow)]
    assert len(bad) == 1
    assert "\n" not in bad[0].wrong


def warc(folder: Path, *, cut: int = 0, packed: bool = True) -> Path:
    """Return a WARC of pages, an image and a page that is gone, `cut` bytes short."""
    data = b"".join(gzip.compress(record) if packed else record for record in RECORDS)
    path = folder / ("archive.warc.gz" if packed else "archive.warc")
    path.write_bytes(data[: len(data) - cut])
    return path


@pytest.mark.parametrize("packed", [True, False])
def test_a_warc_gives_its_pages(tmp_path: Path, packed: bool) -> None:
    """HTML answers of status 200, with the charset and the wishes of their header, unpacked; nothing else."""
    row, unread, last = rows(warc(tmp_path, packed=packed))
    assert (URL, b"<p>caf\xe9</p>", "iso-8859-1") == (row.page.url, row.page.body, row.page.charset)
    assert row.page.headers == {"x-robots-tag": "noai"}
    assert row.page.fetched_at.isoformat() == "2026-05-02T08:00:00+00:00"
    assert (unread.number, "'zstd'" in unread.wrong) == (4, True)
    assert (last.number, last.page.body) == (5, b"g")


@pytest.mark.parametrize("packed", [True, False])
def test_a_warc_that_is_cut_gives_what_is_whole(tmp_path: Path, packed: bool) -> None:
    """And ends without an exception."""
    found = rows(warc(tmp_path, cut=150, packed=packed))
    assert isinstance(found[0], ImportRow)
    assert [row.number for row in found if isinstance(row, ImportRow)] == [1]


def test_a_file_that_is_no_warc_is_a_bad_row(tmp_path: Path) -> None:
    """It says so."""
    path = tmp_path / "x.warc"
    path.write_bytes(b"hello, this is no archive at all\n" * 20)
    (bad,) = rows(path)
    assert isinstance(bad, BadRow)


def test_a_record_that_is_cut_off_is_no_page(tmp_path: Path) -> None:
    """What is missing is said; half an article is not stored as a whole one."""
    body = b"<html><body><p>" + b"The ferry left without its captain. " * 40 + b"</p></body></html>"
    path = tmp_path / "cut.warc"
    path.write_bytes(warc_record(URL, "200 OK", "text/html", body)[:-700])
    (bad,) = rows(path)
    assert isinstance(bad, BadRow)
    assert "the record is cut off" in bad.wrong
