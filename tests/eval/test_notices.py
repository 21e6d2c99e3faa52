"""Notices on real pages: hardly a word of the labelled body texts is taken for one."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import pytest

from pipeline.extract.notices.notices import strip_notices
from pipeline.text import word_count
from tests.pipeline.extract.notice_rules import compiled


def texts(folder: Path) -> list[str]:
    """Return the body texts of a labelled set."""
    with gzip.open(folder / "gold.jsonl.gz", "rt", encoding="utf-8") as lines:
        return ["\n\n".join(filter(str.strip, json.loads(line)["text"].split("\n"))) for line in lines]


@pytest.mark.parametrize("name", ["articles", "news"])
def test_labelled_bodies_keep_nearly_every_word(corpus: Path, name: str) -> None:
    """At most one word in a thousand leaves the bodies that people marked as the article's text."""
    bodies = texts(corpus / name)
    stripped = [
        strip_notices(body, headline="", description=None, html_notices=(), rules=compiled()).body for body in bodies
    ]
    before, after = (sum(map(word_count, many)) for many in (bodies, stripped))
    assert after >= 0.999 * before


def test_plain_news_is_left_alone(corpus: Path) -> None:
    """Of thousands of plain news texts no more than one in two hundred holds a notice, and each of those is a correction."""
    with gzip.open(corpus / "copies" / "reuters_docs.jsonl.gz", "rt", encoding="utf-8") as lines:
        bodies = [json.loads(line)["text"] for line in lines][:2_000]
    found = [
        notice.kind
        for body in bodies
        for notice in strip_notices(body, headline="", description=None, html_notices=(), rules=compiled()).notices
    ]
    assert set(found) <= {"correction"}
    assert len(found) <= len(bodies) // 200
