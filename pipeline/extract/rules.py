"""Notice rules, compiled: patterns ready to search, screened by the words that every match needs."""

from __future__ import annotations

import re
from collections.abc import Iterator

from pipeline.errors import ConfigError
from pipeline.extract.sources import AGENCIES, SOURCE, is_own, partner_name
from pipeline.models import Value
from pipeline.policies import NoticeRule

KINDS = frozenset(
    [
        "partner-archive",
        "republished",
        "originally-appeared",
        "wire-credit",
        "part-credit",
        "licence",
        "correction",
        "update",
        "retraction",
        "collaboration",
    ]
)
PLACES = frozenset({"top", "end", "any", "attribute"})
TAKES = frozenset({"match", "sentence", "paragraph", "part"})

#: Typographic characters that patterns write plainly; one for one, so that offsets hold.
_PLAIN = str.maketrans(
    dict.fromkeys("‘’‚‛′`´", "'")
    | dict.fromkeys("“”„‟«»″", '"')
    | dict.fromkeys("‐‑‒–—―−", "-")
    | dict.fromkeys("\xa0\u202f\u2009\t\n", " ")
)
_SENTENCE_END = re.compile(r"[.!?…][\"')\]]*(?=\s|$)|$")
_SENTENCE_START = re.compile(r"(?:[.!?…:][\"')\]]*|^|[|*•])\s*$")
#: A notice at the start of a paragraph takes the rest of it when that is no longer.
_SHORT_REST = 120
#: No sentence is looked for further than this around a match.
_MAX_SENTENCE = 400


class CompiledRule(Value, frozen=True, kw_only=True):
    """A rule and its pattern."""

    rule: NoticeRule
    pattern: re.Pattern[str]


class CompiledRules(Value, frozen=True, kw_only=True):
    """All rules, and the words that decide which of them can match a text."""

    rules: tuple[CompiledRule, ...] = ()
    #: Words of `needs`, each once.
    words: tuple[str, ...] = ()

    def for_text(self, text: str) -> tuple[CompiledRule, ...]:
        """Return the rules whose words stand in the text, and those without any."""
        lower = text.lower()
        there = {word for word in self.words if word in lower}
        return tuple(one for one in self.rules if not one.rule.needs or not there.isdisjoint(one.rule.needs))


class Finding(Value, frozen=True, kw_only=True):
    """A rule's match in one paragraph: offsets of what it takes, in the paragraph."""

    rule: NoticeRule
    start: int
    end: int
    #: The source, cleaned; None where the words name none.
    partner: str | None = None
    #: Whether the words name the site itself as the source.
    own: bool = False


def compile_rules(rules: tuple[NoticeRule, ...], marks: tuple[str, ...] = ()) -> CompiledRules:
    """Return the rules ready for use; `marks` are further agencies' marks. Raises ConfigError naming a wrong rule."""
    names = sorted({*AGENCIES, *marks}, key=len, reverse=True)
    agency = "(?:" + "|".join(map(re.escape, names)) + ")"
    compiled = tuple(CompiledRule(rule=rule, pattern=_compile(rule, agency)) for rule in rules)
    return CompiledRules(rules=compiled, words=tuple(sorted({word for rule in rules for word in rule.needs})))


def find(text: str, rules: tuple[CompiledRule, ...], own: frozenset[str]) -> tuple[Finding, ...]:
    """Return what the rules find in a paragraph, in order, without overlaps: the longest at a place wins."""
    plain, lower = text.translate(_PLAIN), text.lower()
    found = sorted(_all(plain, lower, rules, own), key=lambda one: (one.start, -one.end, one.partner is None))
    kept: list[Finding] = []
    for one in found:
        if not kept or one.start >= kept[-1].end:
            kept.append(one)
    return tuple(kept)


def _all(plain: str, lower: str, rules: tuple[CompiledRule, ...], own: frozenset[str]) -> Iterator[Finding]:
    for one in rules:
        if one.rule.needs and not any(word in lower for word in one.rule.needs):
            continue
        for match in one.pattern.finditer(plain):
            if match.end() > match.start():
                yield _finding(plain, one.rule, match, own)


def _finding(plain: str, rule: NoticeRule, match: re.Match[str], own: frozenset[str]) -> Finding:
    start, end = match.span()
    if rule.takes == "paragraph":
        start, end = 0, len(plain)
    elif rule.takes == "sentence":
        start, end = _sentence(plain, start, end)
    partner = partner_name(next((name for name in match.groupdict().values() if name), None))
    return Finding(rule=rule, start=start, end=end, partner=partner, own=partner is not None and is_own(partner, own))


def _sentence(plain: str, start: int, end: int) -> tuple[int, int]:
    """Return the bounds of the sentences that the span touches."""
    if not _SENTENCE_START.search(plain[max(0, start - 20) : start]):
        first = max(0, start - _MAX_SENTENCE)
        borders = [found.end() for found in _SENTENCE_END.finditer(plain, first, start) if found.end() < start]
        start = borders[-1] if borders else first
    if not re.search(r"[.!?][\"')\]]*$", plain[max(start, end - 4) : end]):
        border = _SENTENCE_END.search(plain, end, end + _MAX_SENTENCE)
        end = border.end() if border else len(plain)
    at_start = not plain[:start].strip()
    return (0, len(plain)) if at_start and len(plain) - end <= _SHORT_REST else (start, end)


def _compile(rule: NoticeRule, agency: str) -> re.Pattern[str]:
    for name, value, allowed in (
        ("kind", rule.kind, KINDS),
        ("place", rule.place, PLACES),
        ("takes", rule.takes, TAKES),
    ):
        if value not in allowed:
            raise ConfigError(f"notice rule {rule.id}: {name} = {value!r}; allowed are {', '.join(sorted(allowed))}")
    try:
        return re.compile(rule.pattern.replace("{src}", SOURCE).replace("{agency}", agency))
    except re.error as error:
        raise ConfigError(f"notice rule {rule.id}: pattern cannot be read: {error}") from error
