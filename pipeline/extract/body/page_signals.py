"""What the rest of the page says of a block: metadata that it repeats, other blocks of its text, headings before it."""

from __future__ import annotations

from pipeline.extract.body import cues
from pipeline.extract.body.blocks import Frame
from pipeline.extract.body.hints import Hints
from pipeline.extract.body.landscape import Landscape, Place

PAGE = (
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
HEADINGS = frozenset(("h2", "h3", "h4", "h5", "h6"))
_FAR = 20


class PageSignals:
    """What is compared with each place, and what changes from one place to the next."""

    __slots__ = ("_cover", "_hints", "_in_article", "_land", "_section", "_seen", "_since", "headline")

    def __init__(self, land: Landscape, hints: Hints) -> None:
        self._land = land
        self._hints = hints
        self._in_article, self._cover = _compare_article(land, hints)
        self._seen: set[str] = set()
        self._section: Frame | None = None
        self._since = 0
        #: The index of the first place that is a headline; -1 before it.
        self.headline = -1

    def of_page(self, place: Place, lowered: str, index: int) -> list[float]:
        """Return the signals of PAGE. Places are given in order, each once."""
        key, hints = place.key, self._hints
        again = key in self._seen
        self._seen.add(key)
        is_headline = _is_headline(key, hints.headlines)
        if is_headline and self.headline < 0:
            self.headline = index
        described = _is_described(key, hints.descriptions)
        foreign = self._in_foreign_section(place, lowered)
        return [
            again,
            self._land.repeats[key],
            self._cover,
            self._in_article[index],
            is_headline,
            described,
            hints.english,
            hints.english and described,
            place.words <= 6 and any(map(key.__contains__, hints.names)),
            foreign,
            min(_FAR, self._since) if foreign else _FAR,
        ]

    def _in_foreign_section(self, place: Place, lowered: str) -> bool:
        """Return whether the last heading in this frame or around it announced something else than the article."""
        frame = place.block.frame
        heading = frame.tag in HEADINGS
        if heading or (place.words <= 7 and not place.ends and frame.tag != "li"):
            if cues.opens_foreign_section(lowered):
                self._section, self._since = frame.parent, 0
            elif heading:
                self._section = None
        else:
            self._since += 1
        return self._section is not None and _stands_in(frame, self._section)


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


def _is_headline(key: str, headlines: tuple[str, ...]) -> bool:
    """Return whether a block is one of the headlines, or nearly all or a good part of it."""
    if key in headlines:
        return True
    return len(key) > 15 and any(
        key in headline or (headline in key and len(headline) > 0.7 * len(key))
        for headline in headlines
        if len(headline) > 25
    )


def _is_described(key: str, descriptions: tuple[str, ...]) -> bool:
    """Return whether a block is one of the descriptions, or begins with the same words."""
    return key in descriptions or (len(key) > 40 and any(text[:60] == key[:60] for text in descriptions))


def _stands_in(frame: Frame, section: Frame) -> bool:
    around: Frame | None = frame
    while around is not None and around.depth > section.depth:
        around = around.parent
    return around is section
