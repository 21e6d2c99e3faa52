"""The floors on 84 real feeds: what feedparser reads, at a fraction of its cost. Skipped where the corpus is not there
(WIREDESK_CORPUS)."""

from __future__ import annotations

import gzip
import io
import os
import time
import warnings
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

import feedparser
import pytest

from pipeline.feeds import parse_feed
from pipeline.feeds.dates import read_date
from pipeline.feeds.plain import plain_line
from pipeline.models import FeedEntry, Page, ParsedFeed
from pipeline.policies import PollPolicy

CORPUS = Path(os.environ.get("WIREDESK_CORPUS", ""), "feeds/pages")
pytestmark = pytest.mark.skipif(
    not os.environ.get("WIREDESK_CORPUS") or not CORPUS.is_dir(),
    reason="WIREDESK_CORPUS names no folder with feeds/pages",
)
NOW = datetime(2026, 11, 22, tzinfo=UTC)
URL = "https://feeds.example/feed.xml"
#: Entries that we leave out and feedparser lists: one for readers of the feed only, without any link.
WITHOUT_LINK = {"2b2c3f5ac3d2e836": 1}
#: Feeds whose links are no addresses: feedparser leaves them, we take them from the feed's own address.
RELATIVE_LINKS = {"bd04b85676aee76e"}
#: feedparser.parse costs so many times more over all feeds, in one run, in CPU time.
FLOOR = 25.0
GOAL = 36.0


@dataclass(frozen=True, kw_only=True)
class Reading:
    """One feed, read by both."""

    name: str
    judge: Any
    judge_s: float
    ours: ParsedFeed
    ours_s: float


@cache
def readings() -> tuple[Reading, ...]:
    """Return all feeds read by both, one after the other on each feed so that both meet the same machine."""
    found = []
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # feedparser's own, on a missing `updated`
        for path in sorted(CORPUS.iterdir()):
            body = gzip.decompress(path.read_bytes())
            page = Page(requested_url=URL, url=URL, status=200, body=body, fetched_at=NOW)
            began = time.process_time()
            judge = feedparser.parse(io.BytesIO(body))
            judged = time.process_time()
            ours = parse_feed(page, PollPolicy())
            found.append(Reading(name=path.name[:16], judge=judge, judge_s=judged - began, ours=ours,
                                 ours_s=time.process_time() - judged))  # fmt: skip
    return tuple(found)


def pairs(reading: Reading) -> list[tuple[Any, FeedEntry]]:
    """Return feedparser's entries that have a link, beside ours."""
    judged = [entry for entry in reading.judge.entries if entry.get("link")]
    assert len(reading.judge.entries) - len(judged) == WITHOUT_LINK.get(reading.name, 0)
    assert len(judged) == len(reading.ours.entries), reading.name
    return list(zip(judged, reading.ours.entries, strict=True))


def moment(parsed: Any) -> datetime | None:
    """Return feedparser's date under our rule of what can be true."""
    return read_date(datetime(*parsed[:6], tzinfo=UTC).isoformat(), NOW) if parsed else None


def test_all_feeds_are_there() -> None:
    """The corpus is whole."""
    assert len(readings()) == 84


def test_the_versions_are_feedparsers() -> None:
    """Every feed is of the version that feedparser sees."""
    assert [reading.ours.version for reading in readings()] == [reading.judge.version for reading in readings()]


def test_the_links_are_feedparsers() -> None:
    """Every entry has feedparser's link."""
    for reading in readings():
        for judged, ours in pairs(reading):
            if reading.name in RELATIVE_LINKS:
                assert ours.url.endswith(judged.link)
            else:
                assert ours.url == judged.link.replace(" ", "%20"), reading.name


def test_the_ids_are_feedparsers() -> None:
    """Every entry has feedparser's id."""
    for reading in readings():
        assert [ours.entry_id for _, ours in pairs(reading)] == [
            judged.get("id") or None for judged, _ in pairs(reading)
        ]


def test_the_titles_are_feedparsers() -> None:
    """Every entry has feedparser's title, as plain text."""
    for reading in readings():
        for judged, ours in pairs(reading):
            is_html = not reading.judge.version.startswith("atom") or "html" in judged.title_detail.type
            assert (ours.title or "") == plain_line(judged.get("title", ""), is_html=is_html, limit=1_000), reading.name


def test_the_dates_are_feedparsers() -> None:
    """Every entry has feedparser's two dates; in RSS and RDF a dc:date alone is the date of publication."""
    for reading in readings():
        for judged, ours in pairs(reading):
            published, updated = (moment(dict.get(judged, name)) for name in ("published_parsed", "updated_parsed"))
            if published is None and not reading.judge.version.startswith("atom"):
                published = updated
            assert (ours.published, ours.updated) == (published, updated), reading.name


def test_parsing_costs_a_fraction() -> None:
    """The floor holds with room for a busy machine; bench/feeds.py measures the goal."""
    ratio = sum(reading.judge_s for reading in readings()) / sum(reading.ours_s for reading in readings())
    print(f"feedparser costs {ratio:.1f} times as much (goal {GOAL:.0f})")  # noqa: T201
    assert ratio >= FLOOR
