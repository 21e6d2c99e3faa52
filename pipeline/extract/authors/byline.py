"""The byline as it stands on the page, and the names that its markup sets apart."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import islice

from lxml.html import HtmlElement

from pipeline.extract.authors.names import begins_with_lead, looks_personal, split_names
from pipeline.extract.authors.vocabulary import LEADS
from pipeline.extract.walk.clues import Clues
from pipeline.extract.walk.lines import line, parts_of, text_of
from pipeline.extract.walk.marks import BYLINE, is_foreign, kinds_of

_MAX_BYLINE = 200
_MAX_WORDS = 30
_MAX_UNMARKED = 80
_CLOSE = 60
#: Elements looked at when nothing is found near the headline.
_MAX_SEEN = 1_500

Named = list[tuple[str, str | None]]
#: The address of one author's page.
_PATH = re.compile(
    r"/(?:authors?|autor(?:es|en|in|i)?|auteurs?|journalist\w*|redakt\w*|by|staff|writers?|reporters?|contributors?"
    r"|kolumne|firmas?)/[^/?#]{3,}"
)


def read_byline(clues: Clues) -> tuple[str | None, Named]:
    """Return the byline near the headline as one line, and its names with the addresses they link to."""
    for element in _bylines(clues.near):
        return text_of(element, _MAX_BYLINE), _named(element)
    return _unmarked(clues)


def far_byline(clues: Clues) -> tuple[str | None, Named]:
    """Return the first byline anywhere on the page that names people and nothing else."""
    elements = islice(clues.root.iter("div", "p", "span", "a", "address", "li", "cite", "em", "strong"), _MAX_SEEN)
    for element in _bylines((kinds_of(element), element) for element in elements):
        named = _named(element)
        if all(looks_personal(name) for name, _ in named):
            return text_of(element, _MAX_BYLINE), named
    return None, []


def _named(element: HtmlElement) -> Named:
    linked = {
        name: anchor.get("href") for anchor in element.iter("a") if _is_author_link(anchor) for name in _names(anchor)
    }
    names = _names(element)
    # Where some authors have pages and some have none, the text names them all.
    if linked and not (set(linked) <= set(names) and all(map(looks_personal, names))):
        names = list(linked)
    return [(name, linked.get(name)) for name in names]


def _unmarked(clues: Clues) -> tuple[str | None, Named]:
    """Return a short line under the headline that begins with "By" and goes on with people's names."""
    for _, element in clues.near[:_CLOSE]:
        text = line(element.text, _MAX_BYLINE) if not len(element) else None
        if text and len(text) <= _MAX_UNMARKED and begins_with_lead(text) and not is_foreign(element):
            names = split_names(text, loose=True)
            if names and all(map(looks_personal, names)):
                return text, [(name, None) for name in names]
    return None, []


def _bylines(elements: Iterable[tuple[frozenset[str], HtmlElement]]) -> Iterator[HtmlElement]:
    """Yield the elements that call themselves a byline, are no longer than one, and name somebody."""
    for kinds, element in elements:
        ours = BYLINE in kinds or (element.tag == "a" and _is_author_link(element)) or element.tag == "address"
        text = text_of(element, _MAX_BYLINE + 1) if ours and not is_foreign(element) else None
        if text and len(text) <= _MAX_BYLINE and len(text.split()) <= _MAX_WORDS and _names(element):
            yield element


def _is_author_link(anchor: HtmlElement) -> bool:
    if "author" in (anchor.get("rel") or ""):
        return True
    href = (anchor.get("href") or "")[:500].lower()
    return _PATH.search(href) is not None


def _names(element: HtmlElement) -> list[str]:
    """Return the names in an element: its parts of text are apart from each other."""
    return split_names("\n".join(_joined(parts_of(element, 300)[:40])), loose=True)


def _joined(parts: list[str]) -> list[str]:
    """Return the parts, a lone lead word joined to what follows it."""
    joined: list[str] = []
    for part in parts:
        if joined and joined[-1].lower() in LEADS:
            joined[-1] += f" {part}"
        else:
            joined.append(part)
    return joined
