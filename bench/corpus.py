"""Labelled pages, as Page values: a folder with gold.jsonl.gz beside pages/ (see docs/extraction.md)."""

from __future__ import annotations

import gzip
import json
import os
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from pipeline.models import Page

SETS = ("articles", "news")


def corpus() -> Path:
    """Return the corpus' folder, from WIREDESK_CORPUS. Exits when it is not set or not there."""
    path = Path(os.environ.get("WIREDESK_CORPUS", ""))
    if not os.environ.get("WIREDESK_CORPUS") or not path.is_dir():
        raise SystemExit("set WIREDESK_CORPUS to a folder with articles/ and news/")
    return path


def labelled(folder: Path) -> Iterator[tuple[dict[str, Any], Page]]:
    """Yield each gold row with its page, as the fetcher would have handed it over."""
    for line in gzip.decompress((folder / "gold.jsonl.gz").read_bytes()).decode().strip().split("\n"):
        gold = json.loads(line)
        yield gold, page_of(gold["url"], gzip.decompress((folder / gold["page"]).read_bytes()))


def page_of(url: str, body: bytes) -> Page:
    """Return a page with no headers known."""
    return Page(
        requested_url=url,
        url=url,
        status=200,
        content_type="text/html",
        body=body,
        fetched_at=datetime(2026, 11, 22, tzinfo=UTC),
    )
