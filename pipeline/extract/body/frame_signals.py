"""What the elements around a block say of it: their tags and names, their share of the prose, and its place in them."""

from __future__ import annotations

from pipeline.extract.body.blocks import Frame
from pipeline.extract.body.element_names import NAMES
from pipeline.extract.body.landscape import Landscape, Place
from pipeline.extract.body.page_signals import HEADINGS

FRAME = (
    "p",
    "heading",
    "li",
    "cell",
    "div",
    "caption",
    "broken",
    "inside",
    "distance",
    "hidden",
    "nested_articles",
    "own_kind",
    "kind",
    "kind_average",
    "mass",
    "parent_mass",
    "grandparent_mass",
    "after_first",
    "after_last",
    "done",
    "after_h1",
    "after_headline",
    "relative_words",
    "total",
    "count",
    "root_is_text",
)
_FAR = 20
_LEAD = 12


class FrameSignals:
    """What is counted over all places before any is measured, and what was found of frames so far."""

    __slots__ = ("_done", "_kinds", "_land", "_longest", "_names", "_own_kinds", "_paths", "_root_text")

    def __init__(self, land: Landscape) -> None:
        self._land = land
        self._kinds, self._own_kinds = _kinds(land.places)
        self._paths: dict[Frame, tuple[int, bool, int, int]] = {}
        self._names: dict[tuple[int, int], list[float]] = {}
        self._longest = max((place.words for place in land.places), default=1)
        self._done = 0
        self._root_text = float(any(frame.bits & 1 for frame in land.above))

    def of_frame(self, place: Place, index: int, headline: int) -> list[float]:
        """Return the signals of FRAME; `headline` is the index of the headline, -1 before it. Places are given in
        order, each once."""
        land, block, frame = self._land, place.block, place.block.frame
        tag, parent, total = frame.tag, frame.parent, land.total
        grand = parent.parent if parent else None
        _, inside, distance, articles = self._path(frame)
        kind, times = self._kinds[(tag, frame.names)]
        after_h1 = index - land.h1 if land.h1 >= 0 else _LEAD
        after_headline = index - headline if headline >= 0 else -1
        done, self._done = self._done, self._done + place.prose
        return [
            tag == "p",
            tag in HEADINGS,
            tag == "li",
            tag in ("td", "th"),
            tag == "div",
            tag in ("figcaption", "caption"),
            block.broken,
            inside,
            distance,
            frame.hidden,
            articles,
            self._own_kinds[(tag, frame.names, parent)] / total,
            kind / total,
            kind / times,
            land.mass[frame] / total,
            land.mass[parent] / total if parent else 1.0,
            land.mass[grand] / total if grand else 1.0,
            max(-_FAR, min(_FAR, index - land.first)),
            max(-_FAR, min(_FAR, index - land.last)),
            done / total,
            max(-1, min(_LEAD, after_h1)),
            max(-1, min(_LEAD, after_headline)),
            place.words / self._longest,
            total,
            len(land.places),
            self._root_text,
        ]

    def of_names(self, place: Place) -> list[float]:
        """Return for each group of NAMES: 0 not named so, 1 somewhere inside the root, 2 in the own frame or its
        parent."""
        frame, above = place.block.frame, self._land.above
        own = frame.bits | (frame.parent.bits if frame.parent is not None and frame.parent not in above else 0)
        key = (own, self._path(frame)[0])
        found = self._names.get(key)
        if found is None:
            found = self._names[key] = [(key[0] >> bit & 1) + (key[1] >> bit & 1) for bit in range(len(NAMES))]
        return found

    def _path(self, frame: Frame) -> tuple[int, bool, int, int]:
        """Return the groups from the frame up to the root, whether it is inside, how far, and articles on the way."""
        found = self._paths.get(frame)
        if found is None:
            if frame in self._land.above:
                inside = frame is self._land.root
                found = (0, inside, 0 if inside else 1, 0)
            else:
                bits, inside, distance, articles = self._path(frame.parent) if frame.parent else (0, False, 0, 0)
                found = (bits | frame.bits, inside, distance + 1, articles + (frame.tag == "article"))
            self._paths[frame] = found
        return found


def _kinds(
    places: list[Place],
) -> tuple[dict[tuple[str, str], list[int]], dict[tuple[str, str, Frame | None], int]]:
    """Return the words of prose and the blocks of each kind of frame (tag, names); the words by kind and parent."""
    kinds: dict[tuple[str, str], list[int]] = {}
    own: dict[tuple[str, str, Frame | None], int] = {}
    for place in places:
        frame = place.block.frame
        counted = kinds.setdefault((frame.tag, frame.names), [0, 0])
        counted[0] += place.prose
        counted[1] += 1
        key = (frame.tag, frame.names, frame.parent)
        own[key] = own.get(key, 0) + place.prose
    return kinds, own
