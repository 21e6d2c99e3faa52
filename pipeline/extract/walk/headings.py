"""The element of the headline, and the elements around it."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator
from itertools import islice

from lxml.html import HtmlElement

from pipeline.extract.walk.lines import likeness, text_of
from pipeline.text import normal_key

#: Elements looked at before and after the headline.
_BEFORE, _AFTER = 40, 160
#: Steps up from the headline to the element whose content counts as near.
_CLIMB = 5
_PASSIVE = frozenset({"meta", "link", "script", "style", "noscript", "svg", "path", "option", "iframe", "template"})


def most_like(elements: Iterable[HtmlElement], marks: list[str]) -> tuple[HtmlElement | None, float]:
    """Return the element whose text is most like one of the normal keys, and how much (0 to 1); the first one with text
    when none is like them."""
    best, points = None, 0.0
    for element in elements:
        if mark := normal_key(text_of(element, 300) or ""):
            score = max((likeness(mark, other) for other in marks), default=0.0)
            if best is None or score > points:
                best, points = element, score
    return best, points


def visible(root: HtmlElement) -> Iterator[HtmlElement]:
    """Return the elements that readers may see."""
    return (element for element in root.iter("*") if element.tag not in _PASSIVE)


def around(heading: HtmlElement) -> list[HtmlElement]:
    """Return the elements after the heading, then those before it, without those that it stands in."""
    outer = []
    for parent in islice(heading.iterancestors(), _CLIMB):
        if parent.tag == "html":
            break
        outer.append(parent)
    before: deque[HtmlElement] = deque(maxlen=_BEFORE)
    after: list[HtmlElement] = []
    passed = False
    for element in visible(outer[-1] if outer else heading):
        if element is heading:
            passed = True
        elif passed:
            after.append(element)
            if len(after) == _AFTER:
                break
        elif element not in outer:
            before.append(element)
    return after + list(before)
