"""WARC archives: the HTML responses in them."""

from __future__ import annotations

import gzip
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, BinaryIO

from warcio.archiveiterator import ArchiveIterator
from warcio.exceptions import ArchiveLoadFailed

from pipeline.archive.rows import BadRow, ImportRow
from pipeline.models import FeedEntry, Page
from pipeline.urls import normalize_url

MAX_BYTES = 32 * 1024 * 1024
_HTML = frozenset(("text/html", "application/xhtml+xml"))


def read_warc(path: Path, now: datetime) -> Iterator[ImportRow | BadRow]:
    """Yield the HTML pages of a .warc or .warc.gz file: responses with status 200. Raises OSError.

    Other records are passed over; what cannot be read ends the file with a BadRow.
    """
    with path.open("rb") as file:
        if not _is_warc(file):
            yield BadRow(number=1, position=file.tell(), wrong="not a WARC file")
            return
        records = iter(ArchiveIterator(file))
        number = 0
        while True:
            number += 1
            try:
                record = next(records)
                row = _row(record, number, file.tell(), now) if _is_page(record) else None
            except StopIteration:
                return
            except ArchiveLoadFailed as error:
                yield BadRow(number=number, position=file.tell(), wrong=f"the rest cannot be read: {error}"[:300])
                return
            except (ValueError, EOFError, OSError) as error:
                yield BadRow(number=number, position=file.tell(), wrong=str(error)[:300])
                continue
            if row is not None:
                yield row


def _is_warc(file: BinaryIO) -> bool:
    """Return whether a file begins as a WARC does; it is left at its beginning."""
    head = file.read(2)
    file.seek(0)
    try:
        start = gzip.GzipFile(fileobj=file).read(5) if head == b"\x1f\x8b" else file.read(5)
    except (OSError, EOFError):
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
    body = record.content_stream().read(MAX_BYTES + 1)
    if len(body) > MAX_BYTES:
        raise ValueError(f"{url}: more than {MAX_BYTES:,} bytes")
    media, charset = _media_type(record)
    page = Page(
        requested_url=url,
        url=url,
        status=200,
        content_type=media,
        charset=charset,
        etag=record.http_headers.get_header("ETag"),
        last_modified=record.http_headers.get_header("Last-Modified"),
        body=body,
        fetched_at=_time(record.rec_headers.get_header("WARC-Date")) or now,
    )
    return ImportRow(number=number, position=position, entry=FeedEntry(url=url), page=page)


def _time(value: str | None) -> datetime | None:
    try:
        return datetime.fromisoformat(value).astimezone(UTC) if value else None
    except ValueError:
        return None
