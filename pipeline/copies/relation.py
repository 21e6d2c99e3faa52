"""How a copy stands to the text it is nearest to."""

from __future__ import annotations

from pipeline.copies.likeness import STUB_TOKENS
from pipeline.models import Link, Member, Value
from pipeline.record import Coverage, Relation

_WHOLE = 0.85
_MOST = 0.6
_LEAST = 0.2
#: Words of its own that make a copy more than a copy.
_OWN = 40


class Sides(Value, frozen=True, kw_only=True):
    """A link as one of its members sees it."""

    other: str
    of_this: float
    of_other: float
    own: int
    own_other: int
    #: Whether this text has paragraphs of its own above the shared block.
    stacked: bool

    @property
    def coverage(self) -> Coverage:
        """Return both shares of words in common."""
        return Coverage(of_this=self.of_this, of_other=self.of_other)


def seen_from(uri: str, link: Link) -> Sides:
    """Return the link from the side of `uri`."""
    stacked = f"stack_{'a' if link.a == uri else 'b'}" in link.signals
    if link.a == uri:
        other, of_this, of_other, own, own_other = link.b, link.coverage_a, link.coverage_b, link.own_a, link.own_b
    else:
        other, of_this, of_other, own, own_other = link.a, link.coverage_b, link.coverage_a, link.own_b, link.own_a
    return Sides(other=other, of_this=of_this, of_other=of_other, own=own, own_other=own_other, stacked=stacked)


def relation_of(member: Member, sides: Sides | None) -> Relation | None:
    """Return how a copy stands to its nearest other: None where no text was compared."""
    if sides is None or max(sides.of_this, sides.of_other) < _LEAST:
        return "notice-only" if member.tokens < STUB_TOKENS or member.profile == "stub" else None
    if sides.of_this >= _WHOLE and sides.of_other >= _WHOLE:
        return "verbatim"
    # Edited words count on both sides alike; what one side has beyond them was added or cut.
    more = sides.own - sides.own_other
    if sides.of_other >= _MOST and more >= _OWN:
        stacked = sides.of_other >= _WHOLE and (sides.stacked or bool(member.updates))
        return "stacked" if stacked else "extended"
    if sides.of_this >= _MOST and sides.of_this > sides.of_other and more < 0:
        return "excerpt"
    return "reworked"
