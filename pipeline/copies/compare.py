"""What two articles share, measured once and kept as a Link."""

from __future__ import annotations

from pipeline.copies.measure import shared, shingled
from pipeline.models import Link, Member
from pipeline.policies import CopyPolicy

#: Shared text below this coverage is chance, quotation or boilerplate, and not kept.
_LEAST_COVERAGE = 0.2
#: A block of so many words is no chance.
LONG_BLOCK = 20


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
    if max(in_a.coverage, in_b.coverage) < _LEAST_COVERAGE:
        return None
    return Link(
        a=a.uri,
        b=b.uri,
        coverage_a=round(in_a.coverage, 3),
        coverage_b=round(in_b.coverage, 3),
        own_a=in_a.own,
        own_b=in_b.own,
        lead_a=in_a.lead(LONG_BLOCK),
        lead_b=in_b.lead(LONG_BLOCK),
        joins=max(in_a.coverage, in_b.coverage) >= policy.union_coverage,
    )
