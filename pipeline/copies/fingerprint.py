"""The fingerprint of a body: what is put into the index."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

from pipeline.copies.shingles import shingle_hashes, shingle_size
from pipeline.models import Fingerprint
from pipeline.policies import CopyPolicy
from pipeline.text import tokens

#: Short texts are winnowed through narrower windows, so that each gives about 28 hashes from 60 words on. What a wider
#: window keeps, a narrower keeps too: short and long texts still meet.
_NARROW, _NARROW_BELOW = 4, 16
#: A text with fewer winnowed hashes than this keeps its smallest shingles instead.
_FEW = 4
_SMALLEST = 8


def fingerprint(body: str, policy: CopyPolicy) -> Fingerprint:
    """Return the winnowed shingles of a notice-free body (Schleimer, Wilkerson, Aiken: Winnowing, 2003).

    Any run of `shingle_words` + `window` - 1 words that two texts share gives them a hash in common. Empty where the
    body is shorter than a shingle.
    """
    words = tokens(body)
    hashes = shingle_hashes(words, shingle_size(words, policy.shingle_words))
    kept = winnow(hashes, min(policy.window, max(_NARROW, len(words) // _NARROW_BELOW)))
    if len(kept) < _FEW:
        kept = set(sorted(set(hashes))[:_SMALLEST])
    return Fingerprint(
        digest=hashlib.sha256(" ".join(words).encode("utf-8", "surrogatepass")).hexdigest(),
        algorithm=f"winnow/1:{policy.shingle_words}:{policy.window}",
        hashes=tuple(sorted(kept)),
        tokens=len(words),
    )


def winnow(hashes: Sequence[int], window: int) -> set[int]:
    """Return the smallest hash of every window; of the whole where it is shorter than one window."""
    if not hashes:
        return set()
    least = min(hashes[:window])
    place = hashes.index(least)
    kept = {least}
    for at in range(window, len(hashes)):
        value = hashes[at]
        if value <= least:
            least, place = value, at
            kept.add(value)
        elif at - place >= window:
            least = min(hashes[place + 1 : at + 1])
            place = hashes.index(least, place + 1)
            kept.add(least)
    return kept
