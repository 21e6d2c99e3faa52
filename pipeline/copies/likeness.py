"""Whether what two articles share makes them copies of one text."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta

from pipeline.copies.exact import named_uris, wire_story
from pipeline.copies.facts import name_agreement, number_agreement
from pipeline.copies.measure import Shared, Shingled
from pipeline.models import Member, Value
from pipeline.policies import CopyPolicy
from pipeline.text import tokens

#: A page with fewer words than this, and a link to its source, is a stub.
STUB_TOKENS = 60

#: Coverage and half the longest block's share of the smaller text, together. Labelled copies begin at 0.76; rewritten
#: agency texts, which share many short runs but no long one, end at 0.75.
_LIKE = 0.76
_BLOCK_WEIGHT = 0.5
#: The same headline makes a copy more likely, two that have hardly a word in common less.
_HEADLINE = 0.1
_SAME_HEADLINE, _OTHER_HEADLINE = 0.8, 0.3
#: Shares of numbers and names that must agree; the longer apart, the more.
_NUMBERS, _NUMBERS_FAR = 0.7, 0.8
_NAMES, _NAMES_SAME_HEADLINE = 0.72, 0.57
_FAR = timedelta(hours=72)
_LIKE_FAR = 0.95
#: Shorter texts are alike by chance, and those below the second number must be alike both ways.
_LEAST_TOKENS, _SHORT_TOKENS = 20, 40
#: Texts so short, the same and far apart in time, are notices of a series.
_SERIES_TOKENS = 60
#: A text is quoted, not copied, in one that is three times as long and has so many own words before and after it.
_LONG = 12
_QUOTED_SHARE, _QUOTED_AROUND = 1 / 3, 40
#: Marks of a corrected or repeated dispatch in a headline, and the ticker symbols that come and go.
_NOT_HEADLINE = re.compile(r"<[^<>]{1,12}>|\b(?:corrected|correction|rpt|refiled?|update)\b", re.IGNORECASE)


class Likeness(Value, frozen=True, kw_only=True):
    """A verdict on two articles and what it was drawn from."""

    joins: bool
    signals: tuple[str, ...]


def exact_likeness(a: Member, b: Member) -> tuple[str, ...]:
    """Return the keys that make two articles one story whatever their texts: a wire id, a page that names the other."""
    stories = {wire_story(wire_id) for wire_id in a.wire_ids} & {wire_story(wire_id) for wire_id in b.wire_ids}
    found = [f"same_wire_id={story}" for story in sorted(stories)]
    found += ["a_names_b"] if b.uri in named_uris(a) else []
    found += ["b_names_a"] if a.uri in named_uris(b) else []
    return tuple(found)


def likeness(
    a: Member, b: Member, texts: tuple[Shingled, Shingled], shares: tuple[Shared, Shared], policy: CopyPolicy
) -> Likeness:
    """Return whether the shared text makes two articles copies; the same for both orders."""
    far = bool(a.date_published and b.date_published and abs(a.date_published - b.date_published) > _FAR)
    headlines = headline_likeness(a.headline, b.headline)
    needed = _LIKE_FAR if far else _LIKE
    if not _enough(a, b, shares, policy, headlines, far=far) or _score(shares, headlines) < needed:
        return Likeness(joins=False, signals=())
    numbers = number_agreement(texts[0], shares[0], texts[1], shares[1])
    names = name_agreement(texts[0], shares[0], texts[1], shares[1])
    same_headline = headlines is not None and headlines >= _SAME_HEADLINE
    joins = numbers >= (_NUMBERS_FAR if far else _NUMBERS)
    joins = joins and names >= (_NAMES_SAME_HEADLINE if same_headline else _NAMES)
    signals = [f"numbers_agree={numbers:.2f}", f"names_agree={names:.2f}"]
    signals += ["same_digest"] if a.digest == b.digest else []
    signals += ["same_headline"] if same_headline else []
    signals += ["far_apart"] if far else []
    return Likeness(joins=joins, signals=tuple(signals))


def headline_likeness(one: str, other: str) -> float | None:
    """Return the share of the shorter headline's words that the other has, 0 to 1; None where one has none."""
    words, others = (set(tokens(_NOT_HEADLINE.sub(" ", headline))) for headline in (one, other))
    return len(words & others) / min(len(words), len(others)) if words and others else None


def _score(shares: tuple[Shared, Shared], headlines: float | None) -> float:
    one, two = shares
    longest = max(one.longest, two.longest) / max(1, min(one.tokens, two.tokens))
    score = max(one.coverage, two.coverage) + _BLOCK_WEIGHT * longest
    if headlines is None or _OTHER_HEADLINE <= headlines < _SAME_HEADLINE:
        return score
    return score + (_HEADLINE if headlines >= _SAME_HEADLINE else -_HEADLINE)


def _enough(
    a: Member, b: Member, shares: tuple[Shared, Shared], policy: CopyPolicy, headlines: float | None, *, far: bool
) -> bool:
    """Return whether there is enough text to tell a copy from chance, a series or a quotation."""
    small, large = sorted(shares, key=lambda share: share.tokens)
    both_ways = min(small.coverage, large.coverage)
    if max(small.coverage, large.coverage) < policy.union_coverage or small.tokens < _LEAST_TOKENS:
        return False
    if small.tokens < _SHORT_TOKENS and both_ways < 0.5:
        return False
    if far and small.tokens < _SERIES_TOKENS:
        return False
    if "live-blog" in (a.profile, b.profile) and both_ways < policy.union_coverage:
        return False
    return headlines == 1.0 or not _quoted(large)


def _quoted(large: Shared) -> bool:
    long = min(_LONG, large.longest)
    return large.coverage < _QUOTED_SHARE and min(large.lead(long), large.tail(long)) >= _QUOTED_AROUND


def stack_marks(sides: tuple[tuple[str, Shared, str], ...], long: int, lead: int) -> Iterator[str]:
    """Yield `stack_a`, `stack_b` for a text with two paragraphs and `lead` words of its own above the shared block."""
    for name, share, text in sides:
        words = share.lead(long)
        if lead <= words < share.tokens and len(tokens(text.partition("\n\n")[0])) < words:
            yield f"stack_{name}"
