"""Tables of an article: kept or left as a whole, one line for each row."""

from __future__ import annotations

from collections.abc import Iterator

from pipeline.extract.body.blocks import Frame
from pipeline.extract.body.landscape import Landscape, Place

#: A table is the article's when its cells are so likely on average; single cells say little. Between its paragraphs
#: less is enough, where the cells are no links.
_LIKELY = 0.25
_LIKELY_WITHIN = 0.02
_MAX_DENSITY = 0.3
#: Cells of more words on average are no data: the table lays out a page.
_MAX_WORDS = 12


def settle_tables(land: Landscape, likely: list[float]) -> list[float]:
    """Return the likelihoods with those of a data table's cells made one: all are the article's, or none is."""
    places = land.places
    tables: dict[Frame, list[int]] = {}
    for index, place in enumerate(places):
        table = _around(place.block.frame, "table")
        if table is not None:
            tables.setdefault(table, []).append(index)
    for cells in tables.values():
        rows = {_around(places[index].block.frame, "tr") for index in cells}
        words = sum(places[index].words for index in cells) / len(cells)
        if len(rows) > 1 and len(cells) >= 2 * len(rows) and words <= _MAX_WORDS:
            mean = sum(likely[index] for index in cells) / len(cells)
            kept = mean >= (_LIKELY_WITHIN if _stands_within(land, cells) else _LIKELY)
            for index in cells:
                likely[index] = float(kept)
    return likely


def _stands_within(land: Landscape, cells: list[int]) -> bool:
    places = [land.places[index] for index in cells]
    density = sum(place.density for place in places) / len(places)
    return (
        land.first < cells[0]
        and cells[-1] < land.last
        and density < _MAX_DENSITY
        and land.is_inside(places[0].block.frame)
    )


def texts_of(places: Iterator[Place]) -> list[str]:
    """Return the places' texts, the cells of a row joined by a bar."""
    texts: list[str] = []
    last: Frame | None = None
    cell: Frame | None = None
    for place in places:
        row = _around(place.block.frame, "tr")
        frame = place.block.frame
        if row is not None and row is last and frame is not cell and place.words <= _MAX_WORDS:
            texts[-1] = f"{texts[-1]} | {place.block.text}"
        else:
            texts.append(place.block.text)
        last, cell = row, frame
    return texts


def _around(frame: Frame, tag: str) -> Frame | None:
    """Return the nearest frame with the tag, looking up at most six frames."""
    found: Frame | None = frame
    for _ in range(6):
        if found is None or found.tag == tag:
            return found
        found = found.parent
    return None
