"""Notice rules, compiled: patterns ready to search, screened by the words that every match needs."""

from __future__ import annotations

import re
from collections.abc import Iterable

from msgspec.structs import replace

from pipeline.errors import ConfigError
from pipeline.extract.notices.sources import AGENCIES, SOURCE
from pipeline.models import Value
from pipeline.policies import NoticeRule

KINDS = (
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
)
PLACES = ("top", "end", "edge", "any", "attribute")
TAKES = ("match", "sentence", "paragraph", "part")

_WORD = re.compile(r"\w+")
#: Scripts without blanks between words: a phrase in them is no word of its own.
_UNSPACED = re.compile("[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff]")


class Need(Value, frozen=True, kw_only=True):
    """A phrase that a match needs, and its words."""

    phrase: str
    words: frozenset[str]


class CompiledRule(Value, frozen=True, kw_only=True):
    """A rule, its pattern, and what the screen looks for."""

    rule: NoticeRule
    pattern: re.Pattern[str]
    needs: tuple[Need, ...]

    def may_match(self, lower: str) -> bool:
        """Return whether the lower-case text holds one of the phrases that a match needs."""
        for need in self.needs:  # plain, as it is asked of each paragraph: a generator takes twice the time
            if need.phrase in lower:
                return True
        return not self.needs


class Screen(Value, frozen=True, kw_only=True):
    """Rules, and the way from a text's words to those that may match it."""

    rules: tuple[CompiledRule, ...] = ()
    #: The longest word of a need → the need and its rule's place in `rules`.
    by_word: dict[str, tuple[tuple[Need, int], ...]] = {}
    #: Needs that are no words, or stand in scripts without blanks between words.
    loose: tuple[tuple[Need, int], ...] = ()
    #: Places of the rules that need nothing.
    always: tuple[int, ...] = ()

    def for_text(self, text: str) -> tuple[CompiledRule, ...]:
        """Return the rules that may match somewhere in the text, with no more needs than stand there."""
        lower = text.lower()
        words = set(_WORD.findall(lower))
        asked = [*self.loose, *(pair for word in self.by_word.keys() & words for pair in self.by_word[word])]
        there: dict[int, list[Need]] = {place: [] for place in self.always}
        for need, place in asked:
            if need.phrase in words or (need.words <= words and need.phrase in lower):
                there.setdefault(place, []).append(need)
        return tuple(replace(self.rules[place], needs=tuple(needs)) for place, needs in sorted(there.items()))


class CompiledRules(Value, frozen=True, kw_only=True):
    """All rules ready for use, by what they are searched in."""

    #: For the body.
    text: Screen = Screen()
    #: For blocks of HTML: rules that may be trusted without knowing where in the article the block stands.
    blocks: Screen = Screen()
    #: For attributes of HTML.
    attributes: tuple[CompiledRule, ...] = ()


def compile_rules(rules: tuple[NoticeRule, ...], marks: Iterable[str] = ()) -> CompiledRules:
    """Return the rules ready for use; `marks` are further agencies' marks. Raises ConfigError naming a wrong rule."""
    agencies = tuple(sorted({*AGENCIES, *marks}, key=lambda name: (-len(name), name)))
    compiled = [_compile(rule, agencies) for rule in rules]
    return CompiledRules(
        text=_screen(one for one in compiled if one.rule.place != "attribute"),
        blocks=_screen(
            one for one in compiled if one.rule.place in ("any", "edge") and one.rule.takes in ("sentence", "paragraph")
        ),
        attributes=tuple(one for one in compiled if one.rule.place == "attribute"),
    )


def _screen(rules: Iterable[CompiledRule]) -> Screen:
    kept = tuple(rules)
    by_word: dict[str, tuple[tuple[Need, int], ...]] = {}
    loose = []
    for place, one in enumerate(kept):
        for need in one.needs:
            if need.words:
                longest = max(need.words, key=lambda word: (len(word), word))
                by_word[longest] = (*by_word.get(longest, ()), (need, place))
            else:
                loose.append((need, place))
    always = tuple(place for place, one in enumerate(kept) if not one.needs)
    return Screen(rules=kept, by_word=by_word, loose=tuple(loose), always=always)


def _compile(rule: NoticeRule, agencies: tuple[str, ...]) -> CompiledRule:
    for field, allowed in (("kind", KINDS), ("place", PLACES), ("takes", TAKES)):
        if (value := getattr(rule, field)) not in allowed:
            raise ConfigError(f"notice rule {rule.id}: {field} = {value!r}; allowed are {', '.join(allowed)}")
    agency = "(?:" + "|".join(map(re.escape, agencies)) + ")"
    try:
        pattern = re.compile(rule.pattern.replace("{src}", SOURCE).replace("{agency}", agency))
    except re.error as error:
        raise ConfigError(f"notice rule {rule.id}: pattern cannot be read: {error}") from error
    phrases = [
        need.replace("{agency}", name) for need in rule.needs for name in (agencies if "{agency}" in need else ("",))
    ]
    return CompiledRule(rule=rule, pattern=pattern, needs=tuple(_need(phrase.lower()) for phrase in phrases))


def _need(phrase: str) -> Need:
    return Need(phrase=phrase, words=frozenset(() if _UNSPACED.search(phrase) else _WORD.findall(phrase)))
