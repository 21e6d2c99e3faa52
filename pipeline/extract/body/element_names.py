"""What the names that pages give their elements (class, id, itemprop, role) say about the text inside.

The words stand in words.toml, in groups: those that many sites share, in several languages. An element's groups are a
bit set, so that the groups of all elements around a text are one `or`.
"""

from __future__ import annotations

import re
from functools import lru_cache

from pipeline.extract.body.words import load_words, plain_words

_GROUPS: dict[str, list[str]] = load_words()["names"]
_TAGS: dict[str, list[str]] = load_words()["tags"]
#: The groups, in the order of their bits.
NAMES = (*_GROUPS, *(f"<{tag}>" for tag in _TAGS))

_FOREIGN = frozenset(plain_words("foreign", "names"))
_BESIDE = frozenset(plain_words("foreign", "beside"))
_FOREIGN_TAGS = frozenset(("nav", "footer", "aside", "dialog", "menu"))
_NEVER_FOREIGN = frozenset(("html", "body", "main"))
_WORD = re.compile("[A-Z]?[a-z]+|[A-Z]+")


def _bits_of_words() -> dict[str, int]:
    bits: dict[str, int] = {}
    for place, words in enumerate(_GROUPS.values()):
        for word in words:
            bits[word] = bits.get(word, 0) | 1 << place
    return bits


_BITS_OF_WORD = _bits_of_words()
_BIT_OF_TAG = {tag: 1 << place for place, tags in enumerate(_TAGS.values(), len(_GROUPS)) for tag in tags}


@lru_cache(maxsize=16_384)
def groups_of(tag: str, names: str) -> tuple[int, bool]:
    """Return the groups that an element belongs to, by its tag and its names, as bits in the order of NAMES; and
    whether it holds something else than the article. Pages repeat their names, so the answers are kept."""
    bits = _BIT_OF_TAG.get(tag, 0)
    foreign = tag in _FOREIGN_TAGS
    for name in names.split():
        own, strange = _of_name(name)
        bits |= own
        foreign = foreign or strange
    return bits, foreign and tag not in _NEVER_FOREIGN


@lru_cache(maxsize=16_384)
def _of_name(name: str) -> tuple[int, bool]:
    """Return the groups of one name, and whether it says that its element is foreign. Sites share their names."""
    words = [word.lower() for word in _WORD.findall(name)]
    bits = 0
    for word in words:
        bits |= _BITS_OF_WORD.get(word, 0)
    return bits, bool(words) and words[0] not in _BESIDE and (words[0] in _FOREIGN or words[-1] in _FOREIGN)
