"""How a copy stands to the text it is nearest to."""

from __future__ import annotations

from pipeline.copies.likeness import STUB_TOKENS
from pipeline.models import Link, Member, Value
from pipeline.record import Coverage, Relation

_WHOLE = 0.85
_MOST = 0.6
_LEAST = 0.2
#: Words of its own that make a copy more than a copy, and their least share of it: a long one may trail some.
_OWN, _OWN_SHARE = 40, 0.05
#: Words of its own at the top: an introduction.
_INTRO = 25


class Sides(Value, frozen=True, kw_only=True):
    """A link as one of its members sees it."""

    other: str
    of_this: float
    of_other: float
    own: int
    own_other: int
    lead: int
    #: Whether this text has paragraphs of its own above the shared block.
    stacked: bool

    @property
    def coverage(self) -> Coverage:
        """Return both shares of words in common."""
        return Coverage(of_this=self.of_this, of_other=self.of_other)


def seen_from(uri: str, link: Link) -> Sides:
    """Return the link from the side of `uri`."""
    side, there = ("a", "b") if link.a == uri else ("b", "a")
    return Sides(
        other=getattr(link, there),
        of_this=getattr(link, f"coverage_{side}"),
        of_other=getattr(link, f"coverage_{there}"),
        own=getattr(link, f"own_{side}"),
        own_other=getattr(link, f"own_{there}"),
        lead=getattr(link, f"lead_{side}"),
        stacked=f"stack_{side}" in link.signals,
    )


def relation_of(member: Member, sides: Sides | None) -> Relation | None:
    """Return how a copy stands to its nearest other: None where no text was compared."""
    if sides is None or max(sides.of_this, sides.of_other) < _LEAST:
        return "notice-only" if member.tokens < STUB_TOKENS or member.profile == "stub" else None
    # Edited words count on both sides alike; what one side has beyond them was added or cut.
    more = sides.own - sides.own_other
    added = more >= max(_OWN, _OWN_SHARE * member.tokens)
    if sides.of_other >= _WHOLE and more > 0 and (added or sides.lead >= _INTRO):
        return "stacked" if sides.stacked or member.updates else "extended"
    if sides.of_this >= _WHOLE and sides.of_other >= _WHOLE:
        return "verbatim"
    if sides.of_other >= _MOST and added:
        return "extended"
    if sides.of_this >= _MOST and sides.of_this > sides.of_other and more < 0:
        return "excerpt"
    return "reworked"
