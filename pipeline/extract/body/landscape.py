"""Where on the page the running text lies: which blocks read like prose, and which element holds most of it."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable

from pipeline.extract.body.blocks import Block, Frame
from pipeline.extract.body.hints import letters

_DENSE = re.compile("[\u0e00-\u0e7f\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff]")
_TERMINAL = re.compile(r"[.!?…。！？؟।:][\"'”’“‘»›」』）)\]]*\s*$")
#: Blocks after the last prose that may still belong to the article.
_TAIL = 20
_LEAD = 12
_MIN_OWN = 40


class Place:
    """A block with what is measured of it once."""

    __slots__ = ("block", "density", "ends", "key", "prose", "words")

    def __init__(self, block: Block) -> None:
        text = block.text
        self.block = block
        self.key = letters(text)
        self.words = word_count(text)
        self.ends = bool(_TERMINAL.search(text[-12:]))
        #: Share of the characters that are links.
        self.density = min(1.0, block.linked / len(text))
        #: Words of prose: a sentence of some length, not mostly links.
        long = self.words >= 25 or (self.words >= 12 and self.ends)
        self.prose = self.words if long and self.density < 0.4 else 0


class Landscape:
    """The places that may belong to the article, and the root: the innermost frame with most of the prose."""

    __slots__ = ("_inside", "above", "first", "h1", "last", "mass", "places", "repeats", "root", "total")

    def __init__(self, blocks: list[Block]) -> None:
        every = [Place(block) for block in blocks]
        self.repeats = Counter(place.key for place in every)
        self.mass = _mass(every)
        self.total = sum(place.prose for place in every) or 1
        self.root = _root_of(every)
        self.above: frozenset[Frame] = frozenset(self.root.up()) if self.root else frozenset()
        self._inside: dict[Frame, bool] = {}
        self.places = [place for place in every if not self._is_refrain(place)]
        self.first, self.last = self._ends()
        self.h1 = next((i for i, place in enumerate(self.places) if _is_h1(place.block.frame)), -1)
        self._cut()

    def is_inside(self, frame: Frame) -> bool:
        """Return whether the frame stands in the root."""
        found = self._inside.get(frame)
        if found is None:
            found = self._inside[frame] = frame is self.root or (
                frame.parent is not None and self.is_inside(frame.parent)
            )
        return found

    def _is_refrain(self, place: Place) -> bool:
        """Return whether a text comes so often that it is a label of the page's machinery."""
        times = self.repeats[place.key]
        if not place.key or times >= 12:
            return True
        return times >= 3 and len(place.key) > 60 and place.block.frame.tag != "li"

    def _ends(self) -> tuple[int, int]:
        inside = [i for i, place in enumerate(self.places) if place.prose and self.is_inside(place.block.frame)]
        return (inside[0], inside[-1]) if inside else (0, len(self.places) - 1)

    def _cut(self) -> None:
        """Leave out what lies far before the prose and its headline, and far behind it."""
        start = max(0, self.first - _LEAD)
        if 0 <= self.h1 < self.first:
            start = min(start, self.h1) if self.first - self.h1 < 3 * _LEAD else start
        stop = self.last + 1 + _TAIL
        self.places = self.places[start:stop]
        self.first -= start
        self.last -= start
        self.h1 -= start if self.h1 >= start else self.h1 + 1


def word_count(text: str) -> int:
    """Return the number of words; in scripts without blanks two characters count as one."""
    return text.count(" ") + 1 + (0 if text.isascii() else len(_DENSE.findall(text)) // 2)


def _mass(places: list[Place]) -> dict[Frame, int]:
    """Return the words of prose in every frame that has text."""
    mass: dict[Frame, int] = {}
    for place in places:
        mass[place.block.frame] = mass.get(place.block.frame, 0) + place.prose
    for frame in sorted(_with_parents(mass), key=lambda frame: -frame.depth):
        words = mass.setdefault(frame, 0)
        if frame.parent is not None:
            mass[frame.parent] = mass.get(frame.parent, 0) + words
    return mass


def _with_parents(frames: Iterable[Frame]) -> set[Frame]:
    found: set[Frame] = set()
    for start in frames:
        frame: Frame | None = start
        while frame is not None and frame not in found:
            found.add(frame)
            frame = frame.parent
    return found


def _root_of(places: list[Place]) -> Frame | None:
    """Return the innermost frame with most of the prose. Articles in an article are teasers, if prose is left then."""
    own = [place for place in places if place.prose and not _is_nested(place.block.frame)]
    if sum(place.prose for place in own) < _MIN_OWN:
        own = places
    mass = _mass(own)
    total = sum(place.prose for place in own)
    root = None
    for frame, words in mass.items():
        if words >= 0.6 * total and (root is None or frame.depth > root.depth):
            root = frame
    return root


def _is_h1(frame: Frame) -> bool:
    return frame.tag == "h1" or (frame.parent is not None and frame.parent.tag == "h1")


def _is_nested(frame: Frame) -> bool:
    return sum(around.tag == "article" for around in frame.up()) > 1
