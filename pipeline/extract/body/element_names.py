"""What the names that pages give their elements (class, id, itemprop, role) say about the text inside.

The words stand in words.toml, in groups: those that many sites share, in several languages. An element's groups are a
bit set, so that the groups of all elements around a text are one `or`.
"""

from __future__ import annotations

import re

from pipeline.extract.body.words import load_words, plain_words

_GROUPS: dict[str, list[str]] = load_words()["names"]
_TAGS: dict[str, list[str]] = load_words()["tags"]
#: The groups, in the order of their bits.
NAMES = (*_GROUPS, *(f"<{tag}>" for tag in _TAGS))

_FOREIGN = frozenset(plain_words("foreign", "names"))
_BESIDE = frozenset(plain_words("foreign", "beside"))
_FOREIGN_TAGS = frozenset(("nav", "footer", "aside", "dialog", "menu"))
_WORD = re.compile("[A-Z]?[a-z]+|[A-Z]+")


def _bits_of_words() -> dict[str, int]:
    bits: dict[str, int] = {}
    for place, words in enumerate(_GROUPS.values()):
        for word in words:
            bits[word] = bits.get(word, 0) | 1 << place
    return bits


_BITS_OF_WORD = _bits_of_words()
_BIT_OF_TAG = {tag: 1 << place for place, tags in enumerate(_TAGS.values(), len(_GROUPS)) for tag in tags}


def group_bits(tag: str, names: str) -> int:
    """Return the groups that an element belongs to, by its tag and its names, as bits in the order of NAMES."""
    bits = _BIT_OF_TAG.get(tag, 0)
    for word in _WORD.findall(names):
        bits |= _BITS_OF_WORD.get(word.lower(), 0)
    return bits


def is_foreign(tag: str, names: str) -> bool:
    """Return whether an element with this tag and these names holds something else than the article."""
    if tag in _FOREIGN_TAGS:
        return True
    if tag in ("html", "body", "main"):
        return False
    for name in names.split():
        words = [word.lower() for word in _WORD.findall(name)]
        if words and words[0] not in _BESIDE and (words[0] in _FOREIGN or words[-1] in _FOREIGN):
            return True
    return False
