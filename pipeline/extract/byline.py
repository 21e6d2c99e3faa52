"""The byline as it stands on the page, and the names that its markup sets apart."""

from __future__ import annotations

import re

from lxml.html import HtmlElement

from pipeline.extract.clues import Clues
from pipeline.extract.lines import line, text_of
from pipeline.extract.marks import BYLINE, is_foreign
from pipeline.extract.names import split_names

_MAX_BYLINE = 200
_MAX_WORDS = 30
#: The address of one author's page.
_PATH = re.compile(
    r"/(?:authors?|autor(?:es|en|in|i)?|auteurs?|journalist\w*|redakt\w*|by|staff|writers?|reporters?|contributors?"
    r"|kolumne|firmas?)/[^/?#]{3,}"
)


def read_byline(clues: Clues) -> tuple[str | None, list[tuple[str, str | None]]]:
    """Return the byline near the headline as one line, and its names with the addresses they link to."""
    element = _byline_element(clues)
    if element is None:
        return None, []
    linked = [
        (name, anchor.get("href")) for anchor in element.iter("a") if _is_author_link(anchor) for name in _names(anchor)
    ]
    if linked:
        return text_of(element, _MAX_BYLINE), linked
    return text_of(element, _MAX_BYLINE), [(name, None) for name in _names(element)]


def _byline_element(clues: Clues) -> HtmlElement | None:
    """Return the first element near the headline that calls itself a byline and is no longer than one."""
    for kinds, element in clues.near:
        ours = BYLINE in kinds or (element.tag == "a" and _is_author_link(element)) or element.tag == "address"
        text = text_of(element, _MAX_BYLINE + 1) if ours and not is_foreign(element) else None
        if text and len(text) <= _MAX_BYLINE and len(text.split()) <= _MAX_WORDS and _names(element):
            return element
    return None


def _is_author_link(anchor: HtmlElement) -> bool:
    if "author" in (anchor.get("rel") or ""):
        return True
    href = (anchor.get("href") or "")[:500].lower()
    return _PATH.search(href) is not None


def _names(element: HtmlElement) -> list[str]:
    """Return the names in an element: its parts of text are apart from each other."""
    parts = [part for text in list(element.itertext("*"))[:40] if (part := line(text, 300))]
    return split_names("\n".join(_joined(parts)), loose=True)


def _joined(parts: list[str]) -> list[str]:
    """Return the parts, a lone lead word joined to what follows it."""
    joined: list[str] = []
    for part in parts:
        if joined and len(joined[-1]) <= 4 and joined[-1].isalpha():
            joined[-1] += f" {part}"
        else:
            joined.append(part)
    return joined
