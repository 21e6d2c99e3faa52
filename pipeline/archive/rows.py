"""What an archive yields: rows that can be ingested, and rows that cannot, with the place and what is wrong."""

from __future__ import annotations

import gzip
import zlib

from pipeline.models import FeedEntry, Page, PlainText, Value

#: What the unpacking of a damaged or cut .gz raises.
DAMAGED = (EOFError, zlib.error, gzip.BadGzipFile)


class ImportRow(Value, frozen=True, kw_only=True):
    """One article of an archive: a page, or its plain text."""

    #: Line of a JSONL file, record of a WARC; from 1.
    number: int
    #: Bytes of the file (as it lies on disk) read so far, for progress.
    position: int
    #: What the row says beside the page: its URL, headline, date, authors.
    entry: FeedEntry
    #: A page to extract; for a plain text, the text's bytes as if fetched.
    page: Page
    text: PlainText | None = None


class BadRow(Value, frozen=True, kw_only=True):
    """A row that cannot be ingested."""

    number: int
    position: int
    #: What is wrong, for people.
    wrong: str
