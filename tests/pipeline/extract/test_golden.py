"""Pages of several layouts give the articles that stand beside them."""

from pathlib import Path

import pytest

from tests.pipeline.extract.golden import PAGES, as_golden, golden_reader, read_golden

READER = golden_reader()


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.stem)
def test_a_page_gives_its_golden_article(path: Path) -> None:
    """Every field is as a person once found it right; the script in golden.py writes them anew."""
    assert as_golden(read_golden(path, READER)) == path.with_suffix(".json").read_text("utf-8")


def test_there_are_golden_pages() -> None:
    """The folder was found."""
    assert len(PAGES) >= 6
