"""What the metadata say about the text, made ready for comparing with blocks."""

from __future__ import annotations

import re

from pipeline.models import Value

_WORD = re.compile(r"\w+")
#: For ASCII, as one table: small letters, and what is left out.
_SMALL = bytes(range(256)).lower()
_NO_WORD = bytes(code for code in range(128) if not _WORD.match(chr(code)))
#: Shorter descriptions and names are found by chance.
_MIN_DESCRIPTION = 21
_MIN_ARTICLE = 300


class Hints(Value, frozen=True, kw_only=True):
    """Headlines, descriptions, names and the article's text, from the metadata; letters and digits only."""

    headlines: tuple[str, ...] = ()
    descriptions: tuple[str, ...] = ()
    names: tuple[str, ...] = ()
    #: JSON-LD articleBody; empty where there is none.
    article: str = ""
    english: bool = False
    #: The byline as the page shows it: no text of the body.
    byline: str = ""


def make_hints(
    *,
    headlines: tuple[str | None, ...],
    descriptions: tuple[str | None, ...] = (),
    names: tuple[str, ...] = (),
    article: str | None = None,
    language: str | None = None,
    byline: str | None = None,
) -> Hints:
    """Return the hints of a page."""
    text = letters(article or "")
    return Hints(
        headlines=_distinct(headlines, 1),
        descriptions=_distinct(descriptions, _MIN_DESCRIPTION),
        names=_distinct(names, 1),
        article=text if len(text) >= _MIN_ARTICLE else "",
        english=(language or "").lower().startswith("en"),
        byline=letters(byline or ""),
    )


def letters(text: str) -> str:
    """Return the letters and digits of a text, case folded: what two spellings of the same words have in common."""
    if text.isascii():
        return text.encode().translate(_SMALL, _NO_WORD).decode()
    return "".join(_WORD.findall(text)).casefold()


def _distinct(texts: tuple[str | None, ...], least: int) -> tuple[str, ...]:
    found = dict.fromkeys(letters(text) for text in texts if text)
    return tuple(text for text in found if len(text) >= least)
