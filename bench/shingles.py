"""The measure of the public article-extraction benchmark: four-word shingles, each page weighing the same."""

from __future__ import annotations

import re
from collections import Counter

WORD = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff]|[^\W\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff]+")


def shingles(text: str) -> Counter[tuple[str, ...]]:
    """Return the four-word shingles of a text; characters are words where none are written."""
    words = WORD.findall(text)
    return Counter(tuple(words[i : i + 4]) for i in range(max(1, len(words) - 3))) if words else Counter()


def overlap(found: str, gold: str) -> tuple[float, float, float]:
    """Return the shares (right, too much, missing) of one page's shingles; they add up to 1."""
    have, want = shingles(found), shingles(gold)
    hit = sum((have & want).values())
    parts = hit, sum(have.values()) - hit, sum(want.values()) - hit
    whole = sum(parts) or 1
    return parts[0] / whole, parts[1] / whole, parts[2] / whole


def figures(parts: list[tuple[float, float, float]]) -> tuple[float, float, float]:
    """Return precision, recall and F1 over pages."""
    hit, extra, missing = (sum(column) for column in zip(*parts, strict=True))
    precision, recall = hit / (hit + extra or 1), hit / (hit + missing or 1)
    return precision, recall, 2 * hit / (2 * hit + extra + missing or 1)
