"""What can be told of a text block without knowing its site: the numbers that the model weighs (model.py).

Their order is the order of SIGNALS. Whoever changes a signal trains the model anew (bench/train_body.py).
"""

from __future__ import annotations

from pipeline.extract.body.cues import Mentions
from pipeline.extract.body.element_names import NAMES
from pipeline.extract.body.frame_signals import FRAME, FrameSignals
from pipeline.extract.body.hints import Hints
from pipeline.extract.body.landscape import Landscape, Place
from pipeline.extract.body.page_signals import PAGE, PageSignals
from pipeline.extract.body.text_signals import CUED, TEXT, of_text

#: The longest articles have a few hundred blocks; behind so many, prose is taken as it comes.
MAX_MEASURED = 2_000

_NEAR = ("words", "link_density", "ends", "kind", "kind_average", "inside", "prose", "in_article", "p", "heading", "li")
_OFFSETS = (-2, -1, 1, 2)
SIGNALS = (
    *TEXT,
    *PAGE,
    *FRAME,
    *NAMES,
    *(f"{name}{offset:+d}" for offset in _OFFSETS for name in _NEAR),
    "same_parent-1",
    "same_parent+1",
)


def measure(land: Landscape, hints: Hints) -> list[list[float]]:
    """Return the signals of the first MAX_MEASURED places, in the order of SIGNALS."""
    places = land.places[:MAX_MEASURED]
    page, frames = PageSignals(land, hints), FrameSignals(land)
    texts = [place.block.text[:CUED].lower() for place in places]
    mentions = Mentions(texts)
    rows = []
    for index, (place, lowered) in enumerate(zip(places, texts, strict=True)):
        row = of_text(place, lowered, mentions)
        row += page.of_page(place, lowered, index)
        row += frames.of_frame(place, index, page.headline)
        row += frames.of_names(place)
        rows.append(row)
    return _with_neighbours(rows, places)


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
