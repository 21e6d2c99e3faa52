"""Numbers and names in the text that two articles share: notices of one series share wording, not facts."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from functools import lru_cache

from pipeline.copies.measure import AT_HAND, Shared, Shingled

#: Up to so many words between two shared blocks, or beside the outer ones, are slots of the shared text.
_SLOT = 12
#: Doubt in favour of a copy, in agreeing numbers for each 100 words of shared text: a long text may change a few.
_NUMBER_CREDIT = 1.5
#: The same for names, for the whole text.
_NAME_CREDIT = 1.0

_CAPITALS = "A-Z\u00c0-\u00d6\u00d8-\u00de\u0100-\u017f\u0386-\u03ab\u0400-\u042f"
_NAME = re.compile(f"(?<!\\w)[{_CAPITALS}]\\w+")
#: Numbers that newsrooms write as words; one is left out, since it is an article or a pronoun in most languages.
_SPELLED = {
    word: str(value)
    for language in (
        "two three four five six seven eight nine ten eleven twelve",
        "zwei drei vier fünf sechs sieben acht neun zehn elf zwölf",
        "deux trois quatre cinq six sept huit neuf dix onze douze",
        "dos tres cuatro cinco seis siete ocho nueve diez once doce",
        "due tre quattro cinque sei sette otto nove dieci undici dodici",
    )
    for value, word in enumerate(language.split(), 2)
    if word not in ("sei", "once")
}


def number_agreement(text: Shingled, shared: Shared, other: Shingled, shared_other: Shared) -> float:
    """Return how far the numbers agree where the two texts are alike, 0 to 1; 1 where there are none.

    Only numbers that each of the texts has and the other lacks speak against a copy: one side alone is an addition.
    """
    all_one, all_two = numbers(text.tokens), numbers(other.tokens)
    zones_one, zones_two = _zones(shared), _zones(shared_other)
    one, two = numbers(text.tokens, zones_one), numbers(other.tokens, zones_two)
    words = min(sum(end - start for start, end in zones) for zones in (zones_one, zones_two))
    agree_one, agree_two = (one & all_two).total(), (two & all_one).total()
    conflict = min(one.total() - agree_one, two.total() - agree_two)
    credit = _NUMBER_CREDIT * words / 100
    return _share(min(agree_one, agree_two) + credit, conflict)


def name_agreement(text: Shingled, shared: Shared, other: Shingled, shared_other: Shared) -> float:
    """Return how far the capitalised words agree where the two texts are alike, 0 to 1; 1 where there are none."""
    one = names(text.text) & _words(text, _zones(shared))
    two = names(other.text) & _words(other, _zones(shared_other))
    unknown_one, unknown_two = one - frozenset(other.tokens), two - frozenset(text.tokens)
    agree = min(len(one) - len(unknown_one), len(two) - len(unknown_two))
    return _share(agree + _NAME_CREDIT, min(len(unknown_one), len(unknown_two)))


def numbers(tokens: Sequence[str], zones: Iterable[tuple[int, int]] | None = None) -> Counter[tuple[str, ...]]:
    """Return the numbers of the text, or of some ranges of tokens: runs of digit tokens, so that 1,279,000 is one."""
    found: Counter[tuple[str, ...]] = Counter()
    for start, end in [(0, len(tokens))] if zones is None else zones:
        run: list[str] = []
        for token in (*tokens[start:end], ""):
            if token[:1].isdigit() or token in _SPELLED:
                run.append(_SPELLED.get(token, token))
            elif run:
                found[tuple(run)] += 1
                run = []
    return found


@lru_cache(maxsize=AT_HAND)
def names(text: str) -> frozenset[str]:
    """Return the capitalised words of a text in lower case; empty for scripts without capitals."""
    return frozenset(name.lower() for name in _NAME.findall(text))


def _words(text: Shingled, zones: Iterable[tuple[int, int]]) -> frozenset[str]:
    return frozenset(token for start, end in zones for token in text.tokens[start:end])


def _share(agree: float, conflict: float) -> float:
    return agree / (agree + conflict) if conflict else 1.0


def _zones(shared: Shared) -> list[tuple[int, int]]:
    """Return the shared blocks with the slots between and beside them, as ranges of tokens."""
    zones: list[tuple[int, int]] = []
    for start, end in shared.blocks:
        if zones and start - zones[-1][1] <= _SLOT:
            zones[-1] = (zones[-1][0], end)
        else:
            zones.append((start, end))
    return zones
