"""Whether a name is that of the site itself."""

from __future__ import annotations

from pipeline.extract.authors.vocabulary import SITE_WORDS
from pipeline.text import normal_key


def is_site(text: str, names: frozenset[str]) -> bool:
    """Return whether a text is one of a site's names (normal keys), or one with a word that sites add to it."""
    mark = normal_key(text)
    return bool(mark) and (mark in names or any(_is_longer(mark, name) for name in names))


def _is_longer(mark: str, name: str) -> bool:
    """Return whether a mark is a name and more: "spiegelonline" for "spiegel"."""
    if not name or name not in mark or len(name) < 3:
        return False
    before, _, after = mark.partition(name)
    return before in SITE_WORDS and after in SITE_WORDS
