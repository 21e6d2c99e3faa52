"""What the rules find in one paragraph."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import islice

from pipeline.extract.notices.rules import CompiledRule
from pipeline.extract.notices.sources import is_own, partner_name
from pipeline.models import Value
from pipeline.policies import NoticeRule

#: Typographic characters that patterns write plainly; one for one, so that offsets hold.
_PLAIN = str.maketrans(
    dict.fromkeys("‘’‚‛′`´", "'")
    | dict.fromkeys("“”„‟«»″", '"')
    | dict.fromkeys("‐‑‒–—―−", "-")
    | dict.fromkeys("\xa0\u202f\u2009\t\n", " ")
)
#: "Nov. 2015" ends no sentence.
_ENDS = re.compile(r"[.!?…][\"')\]]*(?=\s+[^\sa-zß-ÿ\d]|\s*$)")
_AFTER_END = re.compile(r"[.!?…:|*•][\"')\]]*\s*$")
#: "Editor's note:" belongs to the notice behind it.
_LABEL = re.compile(r"^\W*[\w' ]{1,30}:\s*$")
#: A notice at the start of a paragraph takes the rest of it when that is no longer.
_SHORT_REST = 120
#: A longer paragraph is more than a notice: of it only the sentence goes.
_MAX_PARAGRAPH = 1_200
#: No sentence is looked for further than this around a match.
_MAX_SENTENCE = 400
#: Of one rule in one paragraph.
_MAX_MATCHES = 10


class Finding(Value, frozen=True, kw_only=True):
    """A rule's match in one paragraph: offsets of what it takes, in the paragraph."""

    rule: NoticeRule
    start: int
    end: int
    #: The source, cleaned; None where the words name none.
    partner: str | None = None
    #: Whether the words name the site itself as the source.
    own: bool = False


def find(text: str, rules: tuple[CompiledRule, ...], own: frozenset[str]) -> tuple[Finding, ...]:
    """Return what the rules find in a paragraph, in order, without overlaps: the longest at a place wins."""
    if not rules:
        return ()
    lower = text.lower()
    chosen = [one for one in rules if one.may_match(lower)]
    if not chosen:
        return ()
    plain = text if text.isascii() and "\n" not in text else text.translate(_PLAIN)
    found = sorted(_all(plain, chosen, own), key=lambda one: (one.start, -one.end, one.partner is None))
    kept: list[Finding] = []
    for one in found:
        if not kept or one.start >= kept[-1].end:
            kept.append(one)
    return tuple(kept)


def _all(plain: str, rules: Iterable[CompiledRule], own: frozenset[str]) -> Iterator[Finding]:
    for one in rules:
        for match in islice(one.pattern.finditer(plain), _MAX_MATCHES):
            if match.end() > match.start():
                yield _finding(plain, one.rule, match, own)


def _finding(plain: str, rule: NoticeRule, match: re.Match[str], own: frozenset[str]) -> Finding:
    start, end = match.span()
    if rule.takes == "paragraph" and len(plain) <= _MAX_PARAGRAPH:
        start, end = 0, len(plain)
    elif rule.takes in ("paragraph", "sentence"):
        start, end = _sentence(plain, start, end)
    partner = partner_name(next((name for name in match.groupdict().values() if name), None))
    return Finding(rule=rule, start=start, end=end, partner=partner, own=partner is not None and is_own(partner, own))


def _sentence(plain: str, start: int, end: int) -> tuple[int, int]:
    """Return the bounds of the sentences that the span touches."""
    first = max(0, start - _MAX_SENTENCE)
    before = plain[first:start]
    if before.strip() and not _AFTER_END.search(before[-20:]):
        ends = [found.end() for found in _ENDS.finditer(before)]
        start = first + ends[-1] if ends else first
    if not _AFTER_END.search(plain[max(start, end - 4) : end]):
        border = _ENDS.search(plain, end, end + _MAX_SENTENCE)
        end = border.end() if border else min(len(plain), end + _MAX_SENTENCE)
    if _LABEL.search(plain[: min(start, 50)]) and start < 50:
        start = 0
    at_start = not plain[:start].strip()
    return (0, len(plain)) if at_start and len(plain) - end <= _SHORT_REST else (start, end)
