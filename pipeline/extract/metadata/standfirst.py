"""The standfirst of an article: the lines between headline and text that say what it is about."""

from __future__ import annotations

from itertools import islice

from lxml.html import HtmlElement

from pipeline.extract.walk.clues import Clues
from pipeline.extract.walk.lines import plain, text_of
from pipeline.extract.walk.marks import STANDFIRST
from pipeline.text import normal_key

_MAX_CHARS = 2_000
#: A standfirst that no description repeats stands among so many elements after the headline.
_CLOSE = 40
_FURNITURE = ("form", "input", "button", "time", "img", "figure", "h1")
_MIN_SHOWN, _MAX_SHOWN = 25, 700
#: So many characters of a description tell whether a shown line is the same one in full.
_STEM = 40


def read_standfirst(clues: Clues) -> tuple[str | None, str | None]:
    """Return the standfirst and its source: as shown under the headline, else the fullest of the descriptions."""
    declared = [
        ("json-ld", plain(clues.get("description"), _MAX_CHARS)),
        ("og", clues.meta("og:description")),
        ("meta", clues.meta("description", "sailthru.description", "dc.description", "itemprop:description")),
        ("twitter", clues.meta("twitter:description")),
    ]
    found = [(source, text) for source, text in declared if text and not _is_headline(text, clues)]
    shown = _shown(clues, [text for _, text in found])
    if shown:
        return shown, "standfirst"
    if not found:
        summary = plain(clues.entry.summary, _MAX_CHARS) if clues.entry else None
        return summary, "feed" if summary else None
    whole = [(source, text) for source, text in found if not text.endswith(("…", "..."))]
    source, text = (whole or found)[0]
    return text, source


def _shown(clues: Clues, declared: list[str]) -> str | None:
    """Return the line near the headline that calls itself a standfirst, or that a description is the start of."""
    stems = [normal_key(text)[:_STEM] for text in declared if len(text) >= _STEM]
    for place, (kinds, element) in enumerate(clues.near):
        named = STANDFIRST in kinds
        if not named and not (stems and element.tag in ("h2", "h3")):
            continue
        text = text_of(element, _MAX_SHOWN + 1)
        if text and _MIN_SHOWN <= len(text) <= _MAX_SHOWN and _is_prose(element, text, clues):
            key = normal_key(text[: _STEM * 3])
            if (named and place < _CLOSE) or any(key.startswith(stem) for stem in stems):
                return text
    return None


def _is_prose(element: HtmlElement, text: str, clues: Clues) -> bool:
    """Return whether a line may be a standfirst: no form, no list of links, no repetition of headline or byline."""
    if text.endswith(("…", "...")) or list(islice(element.iter(*_FURNITURE), 1)) or _is_headline(text, clues):
        return False
    heading = clues.heading
    title = text_of(heading) if heading is not None else None
    return len(list(islice(element.iter("a"), 4))) < 4 and not (title and title in text)


def _is_headline(text: str, clues: Clues) -> bool:
    mark = normal_key(text)
    heading = clues.heading
    return mark in (
        normal_key(clues.meta("og:title") or ""),
        normal_key(text_of(heading) or "") if heading is not None else "",
    )
