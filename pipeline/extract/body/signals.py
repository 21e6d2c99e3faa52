"""What can be told of a text block without knowing its site: the numbers that the model weighs (model.py).

Their order is the order of SIGNALS. Whoever changes a signal trains the model anew (bench/train_body.py).
"""

from __future__ import annotations

import re

from pipeline.extract.body import cues
from pipeline.extract.body.blocks import Frame
from pipeline.extract.body.element_names import NAMES
from pipeline.extract.body.hints import Hints
from pipeline.extract.body.landscape import Landscape, Place

_SENTENCE = re.compile(r"[.!?…؟।](?:[\"'”’»)]*\s|$)|[。！？]")
_COMMA = re.compile("[,;،、，]")
_UPPER = re.compile("[A-ZÀ-ÞА-Я]")
_DIGIT = re.compile("[0-9]")
_HEADINGS = frozenset(("h2", "h3", "h4", "h5", "h6"))
_FAR = 20
#: The longest articles have a few hundred blocks; behind so many, prose is taken as it comes.
MAX_MEASURED = 2_000

_TEXT = (
    "words",
    "words_root",
    "word_length",
    "link_density",
    "links",
    "strong",
    "ends",
    "sentences",
    "commas",
    "upper",
    "digits",
    "calls",
    "legal",
    "asks",
    "photo",
    "date",
    "byline",
)
_PAGE = (
    "again",
    "repeats",
    "article_cover",
    "in_article",
    "is_headline",
    "is_description",
    "english",
    "english_description",
    "is_name",
    "foreign_section",
    "foreign_since",
)
_FRAME = (
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
_NEAR = ("words", "link_density", "ends", "kind", "kind_average", "inside", "prose", "in_article", "p", "heading", "li")
_OFFSETS = (-2, -1, 1, 2)
SIGNALS = (
    *_TEXT,
    *_PAGE,
    *_FRAME,
    *NAMES,
    *(f"{name}{offset:+d}" for offset in _OFFSETS for name in _NEAR),
    "same_parent-1",
    "same_parent+1",
)


def measure(land: Landscape, hints: Hints) -> list[list[float]]:
    """Return the signals of the first MAX_MEASURED places, in the order of SIGNALS."""
    page = _PageView(land, hints)
    places = land.places[:MAX_MEASURED]
    rows = [page.row(index) for index in range(len(places))]
    return _with_neighbours(rows, places)


class _PageView:
    """What is counted over all places before any is measured, and what changes from place to place."""

    def __init__(self, land: Landscape, hints: Hints) -> None:
        self._land = land
        self._hints = hints
        self._kinds, self._own_kinds = _kinds(land.places)
        self._in_article, self._cover = _compare_article(land, hints)
        self._paths: dict[Frame, tuple[int, bool, int, int]] = {}
        self._names: dict[tuple[int, int], list[float]] = {}
        self._longest = max((place.words for place in land.places), default=1)
        self._seen: set[str] = set()
        self._headline = -1
        self._done = 0
        self._section: Frame | None = None
        self._since = 0
        self._root_text = float(any(frame.bits & 1 for frame in land.above))

    def row(self, index: int) -> list[float]:
        place = self._land.places[index]
        row = _of_text(place)
        row += self._of_page(place, index)
        row += self._of_frame(place, index)
        row += self._of_names(place)
        self._done += place.prose
        return row

    def _of_page(self, place: Place, index: int) -> list[float]:
        key, hints = place.key, self._hints
        again = key in self._seen
        self._seen.add(key)
        is_headline = any(_is_same(key, headline) for headline in hints.headlines)
        if is_headline and self._headline < 0:
            self._headline = index
        described = any(key == text or (len(key) > 40 and text[:60] == key[:60]) for text in hints.descriptions)
        foreign = self._in_foreign_section(place)
        return [
            again,
            self._land.repeats[key],
            self._cover,
            self._in_article[index],
            is_headline,
            described,
            hints.english,
            hints.english and described,
            place.words <= 6 and any(name in key for name in hints.names),
            foreign,
            min(_FAR, self._since) if foreign else _FAR,
        ]

    def _in_foreign_section(self, place: Place) -> bool:
        """Return whether the last heading in this frame or around it announced something else than the article."""
        frame = place.block.frame
        heading = frame.tag in _HEADINGS
        if heading or (place.words <= 7 and not place.ends and frame.tag != "li"):
            if cues.opens_foreign_section(place.block.text):
                self._section, self._since = frame.parent, 0
            elif heading:
                self._section = None
        else:
            self._since += 1
        return self._section is not None and _stands_in(frame, self._section)

    def _of_frame(self, place: Place, index: int) -> list[float]:
        land, block, frame = self._land, place.block, place.block.frame
        tag, parent, total = frame.tag, frame.parent, land.total
        grand = parent.parent if parent else None
        _, inside, distance, articles = self._path(frame)
        kind, times = self._kinds[(tag, frame.names)]
        after_h1 = index - land.h1 if land.h1 >= 0 else _LEAD_LIMIT
        after_headline = index - self._headline if self._headline >= 0 else -1
        return [
            tag == "p",
            tag in _HEADINGS,
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
            self._done / total,
            max(-1, min(_LEAD_LIMIT, after_h1)),
            max(-1, min(_LEAD_LIMIT, after_headline)),
            place.words / self._longest,
            total,
            len(land.places),
            self._root_text,
        ]

    def _of_names(self, place: Place) -> list[float]:
        """Return for each group: 0 not named so, 1 somewhere inside the root, 2 in the own frame or its parent."""
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


_LEAD_LIMIT = 12


def _of_text(place: Place) -> list[float]:
    text, words = place.block.text, place.words
    head, lowered = text[:400], text[:300].lower()
    size = min(len(text), 160)
    short = words < 25
    return [
        min(words, 150),
        words**0.5,
        min(len(text) / words, 15),
        place.density,
        min(place.block.links, 8),
        place.block.strong / len(text),
        place.ends,
        len(_SENTENCE.findall(head)),
        len(_COMMA.findall(head)) / words,
        len(_UPPER.findall(text[:160])) / size,
        len(_DIGIT.findall(text[:160])) / size,
        cues.calls(text),
        cues.is_legal(lowered),
        cues.asks(lowered),
        cues.is_photo_credit(text, lowered),
        short and cues.has_date(text),
        short and cues.is_byline(text),
    ]


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


def _compare_article(land: Landscape, hints: Hints) -> tuple[list[float], float]:
    """Return for each place whether JSON-LD's articleBody has it (1), lacks it (-1) or cannot tell; and how much of
    the root's prose articleBody covers (-1 where there is none)."""
    places = land.places
    if not hints.article:
        return [0.0] * len(places), -1.0
    found = [len(place.key) > 8 and place.key[:80] in hints.article for place in places]
    long = [i for i, place in enumerate(places) if found[i] and place.words > 8]
    if not long:
        return [0.0] * len(places), 0.0
    prose = sum(place.prose for place in places if land.is_inside(place.block.frame)) or 1
    cover = min(2.0, sum(place.words for place, hit in zip(places, found, strict=True) if hit) / prose)
    outside = -0.5 if cover > 0.7 else 0.0
    return [1.0 if hit else (-1.0 if long[0] < i < long[-1] else outside) for i, hit in enumerate(found)], cover


def _stands_in(frame: Frame, section: Frame) -> bool:
    around: Frame | None = frame
    while around is not None and around.depth > section.depth:
        around = around.parent
    return around is section


def _is_same(key: str, headline: str) -> bool:
    """Return whether a block is the headline, or nearly all or a good part of it."""
    if key == headline:
        return True
    if len(headline) <= 25 or len(key) <= 15:
        return False
    return key in headline or (headline in key and len(headline) > 0.7 * len(key))


def _with_neighbours(rows: list[list[float]], places: list[Place]) -> list[list[float]]:
    columns = [SIGNALS.index(name) for name in _NEAR if name != "prose"]
    seen = [[row[column] for column in columns] for row in rows]
    for near, place in zip(seen, places, strict=True):
        near.insert(_NEAR.index("prose"), float(place.prose > 0))
    nothing = [0.0] * len(_NEAR)
    nothing[1] = 1.0
    count = len(rows)
    for index, row in enumerate(rows):
        parent = places[index].block.frame.parent
        for offset in _OFFSETS:
            row.extend(seen[index + offset] if 0 <= index + offset < count else nothing)
        row.append(index > 0 and places[index - 1].block.frame.parent is parent)
        row.append(index + 1 < count and places[index + 1].block.frame.parent is parent)
    return rows
