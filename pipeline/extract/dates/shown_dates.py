"""The dates that a page shows around its headline."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import chain, islice

from lxml.html import HtmlElement

from pipeline.extract.authors.vocabulary import MODIFIED
from pipeline.extract.dates.timestamps import MAX_CHARS, Moment, days_in, read_moment, read_words
from pipeline.extract.walk.clues import Clues
from pipeline.extract.walk.lines import line, text_of
from pipeline.extract.walk.marks import is_foreign

_MAX_FOUND = 6
_DIGIT = re.compile(r"\d")
_MAX_TEXTS = 400
#: So many elements after the headline are close to it.
_CLOSE = 80
_MAX_PIECES = 12
_MAX_RAW = 400
#: Characters around a day that are still a label, a byline or a clock.
_MAX_AROUND, _MAX_AROUND_FAR = 45, 25
_ATTRIBUTES = ("data-datetime", "data-published", "data-publish-date", "data-published-at", "data-pubdate")

Shown = tuple[str, str, Moment, str]


def shown_dates(clues: Clues) -> list[Shown]:
    """Return (role, text, moment, source) of the dates around the headline: time elements before other text."""
    month_first = (clues.root.get("lang") or "").lower() in ("en-us", "en_us")
    found: dict[tuple[str, Moment], Shown] = {}
    for shown in chain(_in_times(clues, month_first), _in_texts(clues, month_first)):
        found.setdefault((shown[0], shown[2]), shown)
        if len(found) == _MAX_FOUND:
            break
    return list(found.values()) or list(_in_title(clues, month_first))


def _in_times(clues: Clues, month_first: bool) -> Iterator[Shown]:
    near = [element for _, element in clues.near if element.tag == "time" or any(map(element.get, _ATTRIBUTES))]
    for element in near or clues.times[:1]:
        for raw in (element.get("datetime"), *map(element.get, _ATTRIBUTES), text_of(element, MAX_CHARS)):
            text = line(raw, MAX_CHARS)
            moment = read_moment(text, month_first=month_first) if text else None
            if text and moment and not is_foreign(element):
                yield _role(element, text_of(element, MAX_CHARS) or ""), text, moment, "time-element"
                break


def _in_texts(clues: Clues, month_first: bool) -> Iterator[Shown]:
    for place, (_, element) in enumerate(clues.near[:_MAX_TEXTS]):
        around = _MAX_AROUND if place < _CLOSE else _MAX_AROUND_FAR
        for text in _texts(element):
            moment = _words(text, month_first, around) if any(map(str.isdigit, text)) else None
            if moment and not is_foreign(element):
                yield _role(element, text), text, moment, "text"


def _texts(element: HtmlElement) -> Iterator[str]:
    """Yield the pieces of text of an element, then all of it when it is short."""
    pieces = [element.text, *(child.tail for child in islice(element, _MAX_PIECES))]
    short = [raw for raw in pieces if raw and len(raw) < _MAX_RAW and _DIGIT.search(raw)]
    own = [text for raw in short if (text := line(raw, _MAX_RAW))]
    whole = text_of(element, MAX_CHARS * 2) if 0 < len(element) <= _MAX_PIECES else None
    yield from (text for text in dict.fromkeys([*own, whole]) if text and len(text) <= MAX_CHARS)


def _in_title(clues: Clues, month_first: bool) -> Iterator[Shown]:
    """Yield the date at the end of the page's title, "… | DW | 28.04.2023"."""
    tail = (clues.title or "").rpartition("|")[2].strip()
    if 8 <= len(tail) <= MAX_CHARS and (moment := _words(tail, month_first)):
        yield "published", tail, moment, "text"


def _words(text: str, month_first: bool, around: int = _MAX_AROUND) -> Moment | None:
    """Return the moment of a phrase that is little more than one day."""
    try:
        days = days_in(text)
        alone = len(days) == 1 and len(text) - len(days[0]) <= around
        return read_words(text, month_first=month_first) if alone else None
    except (ValueError, OverflowError):
        return None


def _role(element: HtmlElement, text: str) -> str:
    """Return modified when the element's marks, or the words right before the date, say so."""
    marks = (element.get("class") or "").lower()
    if "publish" in marks or "entry-date" in marks or "created" in marks:
        return "published"
    before = element.getprevious()
    parent = element.getparent()
    words: list[str | None] = [_DIGIT.split(text, maxsplit=1)[0]]
    if before is not None and isinstance(before.tag, str):
        words += [text_of(before, 40), before.tail] if before.tag != "time" else [before.tail]
    elif parent is not None:
        words.append(parent.text)
    # A label belongs to the date that follows it: what stands before another date is that one's.
    said = " ".join(_DIGIT.split(word)[-1][-40:] for word in [*words, marks] if word).lower()
    return "modified" if any(mark in said for mark in MODIFIED) else "published"
