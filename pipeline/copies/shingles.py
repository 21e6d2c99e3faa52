"""Shingles of a text as stable 64-bit hashes, a whole text in one multiplication.

Each token is a 32-bit CRC. Token codes stand in 64-bit lanes of one large integer; multiplied by an integer whose lanes
hold odd 28-bit constants, each lane of the product is the sum of `size` codes times their constants, at most 64 bits
for up to 16 tokens, so that no lane runs over into the next. A sum's low bytes are the evenly spread ones, so the hash
is the sum with its bytes reversed. It is the same in every process and release; it is not made to withstand forgery,
so whatever it finds is checked against the texts.
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
_MOST_TOKENS = 16
_CONSTANT_BITS = 28


def shingle_size(tokens: Sequence[str], words: int) -> int:
    """Return the tokens in a shingle: `words`, twice that where most tokens are characters of such a script."""
    if not tokens or max(tokens) < _FIRST_DENSE:
        return words
    dense = sum(len(token) == 1 and token >= _FIRST_DENSE for token in tokens)
    return words * _DENSE_FACTOR if dense * 2 > len(tokens) else words


def shingle_hashes(tokens: Sequence[str], size: int) -> list[int]:
    """Return the hash of every run of `size` tokens (1 to 16), in order; empty where there are fewer tokens."""
    count = len(tokens)
    if count < size:
        return []
    codes = array("Q", map(zlib.crc32, "\n".join(tokens).encode("utf-8", "surrogatepass").split(b"\n")))
    if sys.byteorder == "big":
        codes.byteswap()
    product = int.from_bytes(codes.tobytes(), "little") * _multiplier(size)
    sums = array("Q", product.to_bytes(8 * (count + size), "little"))
    # Read as this machine does, a little-endian sum is the sum itself, a big-endian machine has it reversed already.
    if sys.byteorder == "little":
        sums.byteswap()
    return sums[size - 1 : count].tolist()


@lru_cache(maxsize=8)
def _multiplier(size: int) -> int:
    if not 1 <= size <= _MOST_TOKENS:
        raise ValueError(f"a shingle has 1 to {_MOST_TOKENS} tokens, not {size}")
    digests = (hashlib.sha256(f"shingle {place}".encode()).digest() for place in range(size))
    constants = (int.from_bytes(digest[:4], "big") >> (32 - _CONSTANT_BITS) | 1 for digest in digests)
    return sum(constant << (64 * place) for place, constant in enumerate(constants))
