"""Floors for the metadata of real news pages with known headline, authors and dates."""

from __future__ import annotations

import gzip
import json
import os
import re
from collections import Counter
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

import lxml.html
import pytest

from pipeline.extract.metadata.metadata import Metadata, read_metadata
from pipeline.models import Page

CORPUS = os.environ.get("WIREDESK_CORPUS")
pytestmark = pytest.mark.skipif(not CORPUS, reason="WIREDESK_CORPUS is not set")

WORD = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff]|[^\W\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff]+")
Pair = tuple[dict[str, Any], Metadata]


def plain(text: str | None) -> str:
    """Return letters and digits, without case."""
    return re.sub(r"\W+", " ", text or "").strip().casefold()


@cache
def pairs() -> tuple[Pair, ...]:
    """Return each gold page with the metadata read from it."""
    folder = Path(CORPUS or "") / "news"
    found = []
    for line in gzip.decompress((folder / "gold.jsonl.gz").read_bytes()).splitlines():
        gold = json.loads(line)
        body = gzip.decompress((folder / gold["page"]).read_bytes())
        root = lxml.html.document_fromstring(body, parser=lxml.html.HTMLParser(encoding="utf-8", huge_tree=True))
        at = datetime.fromisoformat(gold["fetchedAt"]).replace(tzinfo=UTC)
        page = Page(requested_url=gold["url"], url=gold["url"], status=200, body=body, fetched_at=at)
        found.append((gold, read_metadata(root, page, None)))
    return tuple(found)


def share(hits: list[bool]) -> float:
    """Return the share of hits."""
    return sum(hits) / len(hits)


def near(a: str | None, b: str | None) -> bool:
    """Return whether two headlines have a word F1 of at least 0.8."""
    words_a, words_b = (Counter(WORD.findall((text or "").casefold())) for text in (a, b))
    return 2 * sum((words_a & words_b).values()) >= 0.8 * (sum(words_a.values()) + sum(words_b.values()))


def test_headlines() -> None:
    """Exact, near, and listed among headline and alternatives."""
    golds = [(gold["headline"], found) for gold, found in pairs()]
    assert share([plain(found.headline) == plain(gold) for gold, found in golds]) >= 0.87
    assert share([near(found.headline, gold) for gold, found in golds]) >= 0.95
    assert (
        share([plain(gold) in map(plain, (found.headline, *found.alternative_headlines)) for gold, found in golds])
        >= 0.99
    )


def test_days() -> None:
    """The day of publication, in the gold's zone where it has one."""
    hits = []
    for gold, found in pairs():
        want = datetime.fromisoformat(gold["datePublished"])
        got = found.date_published
        hits.append(got is not None and want.date() in (got.date(), got.astimezone(want.tzinfo).date()))
    assert share(hits) >= 0.99


def test_instants() -> None:
    """The instant of publication to the minute, where the gold has a zone."""
    hits = []
    for gold, found in pairs():
        want = datetime.fromisoformat(gold["datePublished"])
        if want.tzinfo:
            got = found.date_published
            hits.append(got is not None and abs((got - want).total_seconds()) <= 60)
    assert share(hits) >= 0.98


def test_authors() -> None:
    """F1 over the names of all pages."""
    tally: Counter[str] = Counter()
    for gold, found in pairs():
        want, got = {plain(name) for name in gold["authors"]}, {plain(author.name) for author in found.authors}
        tally.update(hit=len(want & got), want=len(want), got=len(got))
    assert 2 * tally["hit"] / (tally["want"] + tally["got"]) >= 0.925
