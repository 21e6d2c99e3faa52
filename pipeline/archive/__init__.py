"""Archives of pages, read row by row: JSONL and WARC."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from pipeline.archive.jsonl import read_jsonl
from pipeline.archive.rows import BadRow, ImportRow
from pipeline.archive.warc import read_warc

__all__ = ["BadRow", "ImportRow", "read_archive"]


def read_archive(path: Path, now: datetime) -> Iterator[ImportRow | BadRow]:
    """Yield the rows of a .warc, .warc.gz, .jsonl or .jsonl.gz file. Raises OSError.

    `now` is the time of a row that does not say when it was fetched.
    """
    is_warc = path.name.endswith((".warc", ".warc.gz"))
    return read_warc(path, now) if is_warc else read_jsonl(path, now)
