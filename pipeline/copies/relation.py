"""How a copy stands to the text it is nearest to."""

from __future__ import annotations

from pipeline.models import Link, Member, Value
from pipeline.record import Coverage, Relation

_WHOLE = 0.85
_MOST = 0.6
#: Words of its own that make a copy more than a copy.
_OWN = 40
#: Words above the copied block that make it a stack.
_LEAD = 30
#: A page with fewer words than this, and a link to its source, is a stub.
STUB_TOKENS = 60


class Sides(Value, frozen=True, kw_only=True):
    """A link as one of its members sees it."""

    other: str
    of_this: float
    of_other: float
    own: int
    lead: int

    @property
    def coverage(self) -> Coverage:
        """Return both shares of words in common."""
        return Coverage(of_this=self.of_this, of_other=self.of_other)


def seen_from(uri: str, link: Link) -> Sides:
    """Return the link from the side of `uri`."""
    if link.a == uri:
        return Sides(other=link.b, of_this=link.coverage_a, of_other=link.coverage_b, own=link.own_a, lead=link.lead_a)
    return Sides(other=link.a, of_this=link.coverage_b, of_other=link.coverage_a, own=link.own_b, lead=link.lead_b)


def relation_of(member: Member, sides: Sides | None) -> Relation | None:
    """Return how a copy stands to its nearest other: None where no text was compared."""
    if sides is None or max(sides.of_this, sides.of_other) < 0.2:
        return "notice-only" if member.tokens < STUB_TOKENS or member.profile == "stub" else None
    if sides.of_this >= _WHOLE and sides.of_other >= _WHOLE:
        return "verbatim"
    if sides.of_other >= _MOST and sides.of_other > sides.of_this and sides.own >= _OWN:
        stacked = sides.of_other >= _WHOLE and (sides.lead >= _LEAD or bool(member.updates))
        return "stacked" if stacked else "extended"
    if sides.of_this >= _MOST and sides.of_this > sides.of_other:
        return "excerpt"
    return "reworked"
