"""Golden pages: HTML of a fictional newsroom in several layouts, beside the articles that they must give.

python -m tests.pipeline.extract.golden      reads the pages anew and writes what they give; look at the diff
"""

from __future__ import annotations

from pathlib import Path

import msgspec

from pipeline.extract import Reader, extract_article, make_reader
from pipeline.models import Article
from pipeline.policies import ExtractPolicy
from pipeline.settings import load_notice_rules, load_partners
from tests.pipeline.extract.pages import page

FOLDER = Path(__file__).parents[2] / "data" / "extract"
PAGES = tuple(sorted(FOLDER.glob("*.html")))


def golden_reader() -> Reader:
    """Return the reader with the shipped rules."""
    return make_reader(ExtractPolicy(), load_notice_rules(None), load_partners(None))


def read_golden(path: Path, reader: Reader) -> Article:
    """Return the article of a golden page; its URL is made of the file's name."""
    return extract_article(
        page(path.read_bytes(), url=f"https://www.amberly-courier.example/news/{path.stem}"), None, reader
    )


def as_golden(article: Article) -> str:
    """Return the article as it is kept, without the extractor's version."""
    kept = msgspec.structs.replace(article, extractor="")
    return msgspec.json.format(msgspec.json.encode(kept), indent=2).decode() + "\n"


if __name__ == "__main__":
    READER = golden_reader()
    for source in PAGES:
        source.with_suffix(".json").write_text(as_golden(read_golden(source, READER)), "utf-8")
