"""The passages that two texts share, for an editor to see side by side."""

from __future__ import annotations

import re
from collections.abc import Sequence

from pipeline.copies.measure import Shared, shared, shingled
from pipeline.models import Value
from pipeline.policies import CopyPolicy
from pipeline.text import tokens

_CHUNK = re.compile(r"\S+")


class Passage(Value, frozen=True, kw_only=True):
    """A run of text that stands in both: character offsets in each."""

    start_a: int
    end_a: int
    start_b: int
    end_b: int
    words: int


def shared_passages(text_a: str, text_b: str, policy: CopyPolicy) -> tuple[Passage, ...]:
    """Return the passages of `a` that stand in `b`, in the order of `a`; blanks and punctuation at their ends belong
    to neither. A passage that stands in `b` more than once is shown where it stands first."""
    one, two = (shingled(text, policy.shingle_words) for text in (text_a, text_b))
    spans_a, spans_b = _spans(text_a), _spans(text_b)
    if len(spans_a) != len(one.tokens) or len(spans_b) != len(two.tokens):
        return ()
    first: dict[int, int] = {}
    for place, value in enumerate(two.hashes):
        first.setdefault(value, place)
    found: list[Passage] = []
    last = 0
    for begin, end in _straight_runs(shared(one, two), one.hashes, first, one.size):
        # Where the other text jumps, the run that begins earlier keeps the words of both.
        start = max(begin, last)
        if end - start < one.size:
            continue
        there, last = first[one.hashes[begin]] + start - begin, end
        found.append(
            Passage(
                start_a=spans_a[start][0],
                end_a=spans_a[end - 1][1],
                start_b=spans_b[there][0],
                end_b=spans_b[there + end - start - 1][1],
                words=end - start,
            )
        )
    return tuple(found)


def _straight_runs(blocks: Shared, hashes: Sequence[int], first: dict[int, int], size: int) -> list[tuple[int, int]]:
    """Return the shared blocks broken where they do not run on in the other text, as ranges of tokens."""
    runs = []
    for start, end in blocks.blocks:
        begin: int | None = None
        for place in range(start, end - size + 1):
            here = first.get(hashes[place])
            before = first.get(hashes[place - 1]) if place > start else None
            if begin is not None and (here is None or before is None or here != before + 1):
                runs.append((begin, place - 1 + size))
                begin = None
            if begin is None and here is not None:
                begin = place
        if begin is not None:
            runs.append((begin, end))
    return runs


def _spans(text: str) -> list[tuple[int, int]]:
    """Return the characters that each token of the text covers; a token's exact place within a run of non-blanks is
    looked for, and the whole run is taken where normalization changed it."""
    spans = []
    for chunk in _CHUNK.finditer(text):
        found, at = tokens(chunk.group()), 0
        lower = chunk.group().lower()
        for token in found:
            place = lower.find(token, at) if len(lower) == len(chunk.group()) else -1
            if place < 0:
                spans.append(chunk.span())
            else:
                spans.append((chunk.start() + place, chunk.start() + place + len(token)))
                at = place + len(token)
    return spans
