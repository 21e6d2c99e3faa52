"""JSONL archives: one article a line, as HTML, as a path to HTML, or as plain text."""

from __future__ import annotations

import gzip
import re
from codecs import BOM_UTF8
from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from typing import BinaryIO

import msgspec

from pipeline.archive.rows import DAMAGED, BadRow, ImportRow
from pipeline.models import FeedEntry, Page, PlainText
from pipeline.urls import normalize_url

#: A line, and a page, may be so long.
MAX_BYTES = 32 * 1024 * 1024


class Line(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """One line; other keys are passed over."""

    url: str
    html: str | None = None
    #: Relative to the archive's folder; .gz is unpacked.
    html_path: str | None = None
    text: str | None = None
    headline: str | None = None
    date_published: str | None = None
    authors: tuple[str, ...] | None = None
    fetched_at: str | None = None


_PAGE_NAME = re.compile(r"\.x?html?(\.gz)?$")
_decoder = msgspec.json.Decoder(Line)


def read_jsonl(path: Path, now: datetime) -> Iterator[ImportRow | BadRow]:
    """Yield the rows of a .jsonl or .jsonl.gz file; `now` stands in for a missing fetchedAt. Raises OSError.

    A compressed file that is damaged ends with a BadRow.
    """
    with path.open("rb") as raw:
        file: BinaryIO = gzip.open(raw) if path.suffix == ".gz" else raw  # type: ignore[assignment]  # noqa: SIM115 - ends with raw
        lines = _lines(file)
        for number in count(1):
            try:
                line = next(lines, None)
            except DAMAGED as error:
                yield BadRow(number=number, position=raw.tell(), wrong=f"the rest cannot be read: {error}")
                return
            if line is None:
                return
            if line.strip():
                yield _row_or_bad(line, path.parent, number, raw.tell(), now)


def _row_or_bad(line: bytes, folder: Path, number: int, position: int, now: datetime) -> ImportRow | BadRow:
    try:
        return _row(line.removeprefix(BOM_UTF8), folder, number, position, now)
    # RecursionError: a key that we pass over, nested ten thousand deep.
    except (ValueError, OSError, RecursionError, *DAMAGED) as error:
        return BadRow(number=number, position=position, wrong=_words(error))


def _lines(file: BinaryIO) -> Iterator[bytes]:
    """Yield the lines; of one that is too long, its first MAX_BYTES + 1 bytes, so that it is reported."""
    while line := file.readline(MAX_BYTES + 1):
        yield line
        while len(line) > MAX_BYTES and not line.endswith(b"\n"):
            line = file.readline(MAX_BYTES + 1)


def _row(data: bytes, folder: Path, number: int, position: int, now: datetime) -> ImportRow:
    if len(data) > MAX_BYTES:
        raise ValueError(f"longer than {MAX_BYTES:,} bytes")
    line = _decoder.decode(data)
    normalize_url(line.url)
    if sum(part is not None for part in (line.html, line.html_path, line.text)) != 1:
        raise ValueError("one of html, htmlPath and text is needed, and only one")
    fetched_at = read_time(line.fetched_at, "fetchedAt") or now
    published = read_time(line.date_published, "datePublished")
    page = Page(
        requested_url=line.url,
        url=line.url,
        status=200,
        content_type="text/plain" if line.text is not None else "text/html",
        charset="utf-8" if line.html_path is None else None,
        body=_body(line, folder),
        fetched_at=fetched_at,
    )
    authors = line.authors or ()
    entry = FeedEntry(
        url=line.url, title=line.headline, published=published, published_raw=line.date_published, authors=authors
    )
    text = None
    if line.text is not None:
        text = PlainText(text=line.text, headline=line.headline, authors=authors, date_published=published)
    return ImportRow(number=number, position=position, entry=entry, page=page, text=text)


def _body(line: Line, folder: Path) -> bytes:
    if line.html_path is None:
        return (line.html if line.html is not None else line.text or "").encode("utf-8", "replace")
    path = folder / line.html_path
    # What an archive names is ingested and shown: outside of its folder it may name pages, not whatever lies there.
    if not path.resolve().is_relative_to(folder.resolve()) and not _PAGE_NAME.search(path.resolve().name.lower()):
        raise ValueError(f"htmlPath {line.html_path!r} lies outside of the archive's folder and is no .html file")
    if path.exists() and not path.is_file():
        raise ValueError(f"htmlPath {line.html_path!r} is no file")
    with path.open("rb") as raw:
        file = gzip.open(raw) if path.suffix == ".gz" else raw  # noqa: SIM115 - ends with raw
        body: bytes = file.read(MAX_BYTES + 1)
    if len(body) > MAX_BYTES:
        raise ValueError(f"htmlPath {line.html_path!r} holds more than {MAX_BYTES:,} bytes")
    return body


def read_time(value: str | None, key: str) -> datetime | None:
    """Return an ISO 8601 time in UTC, one without a zone taken as UTC. Raises ValueError naming the key."""
    if not value:
        return None
    try:
        time = datetime.fromisoformat(value)
        return (time if time.tzinfo else time.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise ValueError(f"{key}: {value[:64]!r} is no ISO 8601 time") from error


def _words(error: Exception) -> str:
    if isinstance(error, OSError):
        return f"{error.filename}: {error.strerror}" if error.strerror else str(error)
    return str(error)[:300]
