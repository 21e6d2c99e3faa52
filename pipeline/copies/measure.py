"""How much of one text stands in another, by words that lie in shared shingles."""

from __future__ import annotations

import re
from functools import lru_cache

from pipeline.copies.shingles import shingle_hashes, shingle_size
from pipeline.models import Value
from pipeline.text import tokens

#: Texts whose shingles are kept at hand: one arrival is compared with a few candidates.
AT_HAND = 32


class Shingled(Value, frozen=True, kw_only=True):
    """A text, its tokens and its shingles in order."""

    text: str
    tokens: tuple[str, ...]
    hashes: tuple[int, ...]
    unique: frozenset[int]
    size: int


class Shared(Value, frozen=True, kw_only=True):
    """What of one text stands in another."""

    #: Half-open ranges of tokens that stand in the other text, in order, apart from each other.
    blocks: tuple[tuple[int, int], ...]
    covered: int
    tokens: int

    @property
    def coverage(self) -> float:
        """Return the share of words that stand in the other text, 0 to 1."""
        return self.covered / self.tokens if self.tokens else 0.0

    @property
    def own(self) -> int:
        """Return the number of words that the other text lacks."""
        return self.tokens - self.covered

    @property
    def longest(self) -> int:
        """Return the words of the longest shared block."""
        return max((end - start for start, end in self.blocks), default=0)

    def lead(self, long: int) -> int:
        """Return its own words before the first shared block of at least `long` words; all where there is none."""
        covered = 0
        for start, end in self.blocks:
            if end - start >= long:
                return start - covered
            covered += end - start
        return self.own

    def tail(self, long: int) -> int:
        """Return its own words after the last shared block of at least `long` words; all where there is none."""
        covered = 0
        for start, end in reversed(self.blocks):
            if end - start >= long:
                return self.tokens - end - covered
            covered += end - start
        return self.own


@lru_cache(maxsize=AT_HAND)
def shingled(text: str, words: int) -> Shingled:
    """Return the tokens and shingles of a text; `words` as in CopyPolicy.shingle_words."""
    found = tuple(tokens(text))
    size = shingle_size(found, words)
    hashes = tuple(shingle_hashes(found, size))
    return Shingled(text=text, tokens=found, hashes=hashes, unique=frozenset(hashes), size=size)


def shared(text: Shingled, other: Shingled) -> Shared:
    """Return which words of `text` lie in shingles that `other` has too."""
    marks = bytes(map(other.unique.__contains__, text.hashes)) if text.size == other.size else b""
    # Shingles that are at most `size` apart overlap or touch: their words are one block.
    runs = re.finditer(rb"\x01+(?:\x00{1,%d}\x01+)*" % (text.size - 1), marks)
    blocks = tuple((run.start(), run.end() + text.size - 1) for run in runs)
    return Shared(blocks=blocks, covered=sum(end - start for start, end in blocks), tokens=len(text.tokens))
