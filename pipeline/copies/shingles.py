"""Shingles of a text as stable 64-bit hashes, a whole text in one multiplication.

Each token is a 32-bit CRC. Token codes stand in 128-bit lanes of one large integer; multiplied by an integer whose
lanes hold odd 64-bit constants, each lane of the product is the sum of `size` codes times their constants, 100 bits at
most, so that no lane runs over into the next. The low 64 bits are the hash. It is the same in every process and
release; it is not made to withstand forgery, so whatever it finds is checked against the texts.
"""

from __future__ import annotations

import hashlib
import sys
import zlib
from array import array
from collections.abc import Sequence
from functools import lru_cache

#: Characters of scripts without blanks between words carry less than words: a shingle takes twice as many.
_DENSE_FACTOR = 2
_FIRST_DENSE = "\u0e00"


def shingle_size(tokens: Sequence[str], words: int) -> int:
    """Return the tokens in a shingle: `words`, twice that where most tokens are characters of such a script."""
    dense = sum(len(token) == 1 and token >= _FIRST_DENSE for token in tokens)
    return words * _DENSE_FACTOR if dense * 2 > len(tokens) else words


def shingle_hashes(tokens: Sequence[str], size: int) -> list[int]:
    """Return the hash of every run of `size` tokens, in order; empty where there are fewer tokens."""
    count = len(tokens)
    if count < size:
        return []
    lanes = array("Q", bytes(16 * count))
    lanes[::2] = array("Q", map(zlib.crc32, "\n".join(tokens).encode("utf-8", "surrogatepass").split(b"\n")))
    product = int.from_bytes(_native(lanes).tobytes(), "little") * _multiplier(size)
    sums = array("Q", product.to_bytes(16 * (count + size), "little"))
    return _native(sums)[2 * (size - 1) : 2 * count : 2].tolist()


@lru_cache(maxsize=8)
def _multiplier(size: int) -> int:
    lanes = (hashlib.sha256(f"shingle {place}".encode()).digest() for place in range(size))
    return sum((int.from_bytes(lane[:8], "little") | 1) << (128 * place) for place, lane in enumerate(lanes))


def _native(lanes: array[int]) -> array[int]:
    if sys.byteorder == "big":
        lanes.byteswap()
    return lanes
