"""What two articles share, measured once and kept as a Link."""

from __future__ import annotations

from pipeline.copies.likeness import STUB_TOKENS, exact_likeness, likeness, stack_marks
from pipeline.copies.measure import Shared, shared, shingled
from pipeline.models import Link, Member
from pipeline.policies import CopyPolicy

#: Shared text below this coverage is chance, quotation or boilerplate, and not kept.
_LEAST_COVERAGE = 0.2
#: A block of so many words is no chance.
LONG_BLOCK = 20
#: Own words above the copied block that make a text a stack.
STACK_LEAD = 30


def compare(a: Member, text_a: str, b: Member, text_b: str, policy: CopyPolicy) -> Link | None:
    """Return what two articles share and whether that makes them copies; None where it is too little to keep.

    The same for both orders of its arguments.
    """
    if a.uri == b.uri:
        return None
    if a.uri > b.uri:
        a, text_a, b, text_b = b, text_b, a, text_a
    one, two = shingled(text_a, policy.shingle_words), shingled(text_b, policy.shingle_words)
    in_a, in_b = shared(one, two), shared(two, one)
    keys = exact_likeness(a, b)
    if max(in_a.coverage, in_b.coverage) < _LEAST_COVERAGE and not keys:
        return None
    verdict = likeness(a, b, (one, two), (in_a, in_b), policy)
    stacks = stack_marks((("a", in_a, text_a), ("b", in_b, text_b)), LONG_BLOCK, STACK_LEAD) if verdict.joins else ()
    return Link(
        a=a.uri,
        b=b.uri,
        coverage_a=round(in_a.coverage, 3),
        coverage_b=round(in_b.coverage, 3),
        own_a=in_a.own,
        own_b=in_b.own,
        lead_a=in_a.lead(LONG_BLOCK),
        lead_b=in_b.lead(LONG_BLOCK),
        joins=verdict.joins or _joined_by(keys, in_a, in_b),
        signals=(*keys, *verdict.signals, *stacks),
    )


def _joined_by(keys: tuple[str, ...], in_a: Shared, in_b: Shared) -> bool:
    """Return whether keys join two articles: one that names the other must share text with it, or be a stub."""
    if not keys:
        return False
    return max(in_a.coverage, in_b.coverage) >= _LEAST_COVERAGE or min(in_a.tokens, in_b.tokens) < STUB_TOKENS
