"""The dates that a page shows around its headline."""

from __future__ import annotations

from collections.abc import Iterator

from lxml.html import HtmlElement

from pipeline.extract.clues import Clues
from pipeline.extract.lines import line
from pipeline.extract.timestamps import MAX_CHARS, Moment, read_moment, read_words
from pipeline.extract.vocabulary import MODIFIED

_MAX_FOUND = 6
_MAX_TEXTS = 400
_ATTRIBUTES = ("data-datetime", "data-published", "data-publish-date", "data-published-at", "data-pubdate")

Shown = tuple[str, str, Moment, str]


def shown_dates(clues: Clues) -> list[Shown]:
    """Return (role, text, moment, source) of the dates around the headline: time elements before other text."""
    month_first = (clues.root.get("lang") or "").lower() in ("en-us", "en_us")
    found = [*_in_times(clues, month_first), *_in_texts(clues, month_first)][:_MAX_FOUND]
    return found or list(_in_title(clues, month_first))


def _in_times(clues: Clues, month_first: bool) -> Iterator[Shown]:
    near = [element for _, element in clues.near if element.tag == "time" or any(map(element.get, _ATTRIBUTES))]
    for element in near or clues.times[:1]:
        for raw in (element.get("datetime"), *map(element.get, _ATTRIBUTES), *element.itertext("*")):
            text = line(raw, MAX_CHARS)
            if text and (moment := _moment(text, month_first)):
                yield _role(element, text), text, moment, "time-element"
                break


def _in_texts(clues: Clues, month_first: bool) -> Iterator[Shown]:
    for _, element in clues.near[:_MAX_TEXTS]:
        for raw in (element.text, *(child.tail for child in element)):
            text = line(raw, MAX_CHARS * 2) if raw and len(raw) < 400 else None
            if (
                text
                and len(text) <= MAX_CHARS
                and any(map(str.isdigit, text))
                and (moment := _words(text, month_first))
            ):
                yield _role(element, text), text, moment, "text"


def _in_title(clues: Clues, month_first: bool) -> Iterator[Shown]:
    """Yield the date at the end of the page's title, "… | DW | 28.04.2023"."""
    tail = (clues.title or "").rpartition("|")[2].strip()
    if 8 <= len(tail) <= MAX_CHARS and (moment := _words(tail, month_first)):
        yield "published", tail, moment, "text"


def _moment(text: str, month_first: bool) -> Moment | None:
    return read_moment(text, month_first=month_first)


def _words(text: str, month_first: bool) -> Moment | None:
    try:
        return read_words(text, month_first=month_first)
    except (ValueError, OverflowError):
        return None


def _role(element: HtmlElement, text: str) -> str:
    """Return modified when the words before the date, or the element's marks, say so."""
    before = element.getprevious()
    parent = element.getparent()
    words = [text, element.get("class"), element.get("itemprop"), parent.text if parent is not None else None]
    words += [before.text, before.tail] if before is not None and isinstance(before.tag, str) else []
    said = " ".join(word[-80:] for word in words if word).lower()
    return "modified" if any(mark in said for mark in MODIFIED) else "published"
