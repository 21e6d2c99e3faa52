"""WARC archives: the HTML responses in them."""

from __future__ import annotations

import gzip
from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from typing import Any, BinaryIO

from warcio.archiveiterator import ArchiveIterator
from warcio.exceptions import ArchiveLoadFailed

from pipeline.archive.rows import DAMAGED, BadRow, ImportRow
from pipeline.models import FeedEntry, Page
from pipeline.urls import normalize_url

MAX_BYTES = 32 * 1024 * 1024
_HTML = frozenset(("text/html", "application/xhtml+xml"))
#: What warcio unpacks; it gives the bytes of any other encoding as they are.
_DECODED = frozenset(("identity", "gzip", "deflate", "br"))
#: What later stages read.
_HEADERS = ("link", "x-robots-tag", "tdm-reservation", "content-language")


def read_warc(path: Path, now: datetime) -> Iterator[ImportRow | BadRow]:
    """Yield the HTML pages of a .warc or .warc.gz file: responses with status 200. Raises OSError.

    Other records are passed over; what cannot be read ends the file with a BadRow.
    """
    with path.open("rb") as file:
        if not _is_warc(file):
            yield BadRow(number=1, position=file.tell(), wrong="not a WARC file")
            return
        records = iter(ArchiveIterator(file))
        for number in count(1):
            try:
                record = next(records, None)
            # AttributeError: warcio reads the type of a record that has none.
            except (ArchiveLoadFailed, AttributeError, ValueError, OSError, *DAMAGED) as error:
                # warcio explains at length, in several lines.
                wrong = f"the rest cannot be read: {' '.join(str(error).split())}"[:300]
                yield BadRow(number=number, position=file.tell(), wrong=wrong)
                return
            if record is None:
                return
            row = _row_or_bad(record, number, file, now)
            if row is not None:
                yield row


def _row_or_bad(record: Any, number: int, file: BinaryIO, now: datetime) -> ImportRow | BadRow | None:
    """Return the record's row, None when it is no page."""
    try:
        return _row(record, number, file.tell(), now) if _is_page(record) else None
    except (ValueError, OSError, *DAMAGED) as error:
        return BadRow(number=number, position=file.tell(), wrong=" ".join(str(error).split())[:300])


def _is_warc(file: BinaryIO) -> bool:
    """Return whether a file begins as a WARC does; it is left at its beginning."""
    head = file.read(2)
    file.seek(0)
    try:
        start = gzip.GzipFile(fileobj=file).read(5) if head == b"\x1f\x8b" else file.read(5)
    except (OSError, *DAMAGED):
        start = b""
    file.seek(0)
    return start == b"WARC/"


def _is_page(record: Any) -> bool:
    """Return whether a record is a response of status 200 that says it is HTML."""
    if record.rec_type != "response" or record.http_headers is None:
        return False
    return record.http_headers.get_statuscode() == "200" and _media_type(record)[0] in _HTML


def _media_type(record: Any) -> tuple[str, str | None]:
    media, _, parameters = (record.http_headers.get_header("Content-Type") or "").partition(";")
    charset = None
    for parameter in parameters.split(";"):
        name, _, value = parameter.partition("=")
        if name.strip().lower() == "charset":
            charset = value.strip().strip("\"'") or None
    return media.strip().lower(), charset


def _row(record: Any, number: int, position: int, now: datetime) -> ImportRow:
    url = record.rec_headers.get_header("WARC-Target-URI") or ""
    normalize_url(url)
    encoding = (record.http_headers.get_header("Content-Encoding") or "identity").strip().lower()
    if encoding not in _DECODED:
        raise ValueError(f"{url}: the body is encoded as {encoding[:40]!r}, which is not read from archives")
    body = record.content_stream().read(MAX_BYTES + 1)
    if len(body) > MAX_BYTES:
        raise ValueError(f"{url}: more than {MAX_BYTES:,} bytes")
    # warcio reads to the end of the file without a word; its count tells what should have followed.
    if (lacking := getattr(record.raw_stream, "limit", 0)) > 0:
        raise ValueError(f"{url}: the record is cut off, {lacking:,} bytes are missing")
    media, charset = _media_type(record)
    page = Page(
        requested_url=url,
        url=url,
        status=200,
        content_type=media,
        charset=charset,
        etag=record.http_headers.get_header("ETag"),
        last_modified=record.http_headers.get_header("Last-Modified"),
        headers={name: value for name in _HEADERS if (value := record.http_headers.get_header(name))},
        body=body,
        fetched_at=_time(record.rec_headers.get_header("WARC-Date")) or now,
    )
    return ImportRow(number=number, position=position, entry=FeedEntry(url=url), page=page)


def _time(value: str | None) -> datetime | None:
    try:
        return datetime.fromisoformat(value).astimezone(UTC) if value else None
    except ValueError:
        return None
