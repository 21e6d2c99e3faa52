"""Every pattern of the metadata takes linear time on hostile input."""

from __future__ import annotations

import re
import time

import pytest

from pipeline.extract import language
from pipeline.extract.authors import authors, byline, names
from pipeline.extract.dates import dates, shown_dates, timestamps
from pipeline.extract.metadata import headline, images, links, subjects, wires
from pipeline.extract.walk import jsonld, lines, marks

MODULES = (
    authors, byline, dates, headline, images, jsonld, language, lines, links, marks, names, shown_dates, subjects,
    timestamps, wires,
)  # fmt: skip
PATTERNS = {
    f"{module.__name__.rpartition('.')[2]}.{name}": value
    for module in MODULES
    for name, value in vars(module).items()
    if isinstance(value, re.Pattern) and isinstance(value.pattern, str)
}
PIECES = (
    "a", "A", " ", "\n", "1", "1.", "1-", "- ", " | ", ", ", " and ", "(", "[", "<a", "&", '"', '\\"', '"headline":"', "/", "/20",
    "2026-", "@", "http:", "dpa:260302-99-", "urn:newsml:a", "：", "_", "1 de ", "march ", "12:", "é", "가", "가 ", "Photo (",
    "©", "2026-01-01T", '"publishedAt" : "', "</a", "/by/a",
)  # fmt: skip


def cost(pattern: re.Pattern[str], text: str) -> float:
    """Return the seconds that all matches of a pattern in a text take."""
    start = time.process_time()
    for _ in pattern.finditer(text):
        pass
    return time.process_time() - start


@pytest.mark.parametrize("name", PATTERNS)
def test_twice_the_input_costs_less_than_three_times_the_time(name: str) -> None:
    """Runs of one piece are what makes patterns slow."""
    pattern = PATTERNS[name]
    for piece in PIECES:
        text = piece * (20_000 // len(piece))
        small = min(cost(pattern, text[:10_000]) for _ in range(2))
        assert small < 0.5, piece
        assert min(cost(pattern, text) for _ in range(2)) < 3 * small + 0.01, piece
