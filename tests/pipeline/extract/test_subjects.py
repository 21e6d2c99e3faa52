"""Section, keywords and genres as the page gives them."""

import pytest

from pipeline.extract.metadata.subjects import read_genres, read_keywords, read_section
from pipeline.models import FeedEntry
from tests.pipeline.extract.snippets import URL, clues, linked


@pytest.mark.parametrize(
    ("head", "expected"),
    [
        (
            linked(articleSection="Harbour &amp; Sea") + '<meta property="article:section" content="News">',
            ("Harbour & Sea", "json-ld"),
        ),
        (linked(articleSection=["Harbour", "News"]), ("Harbour", "json-ld")),
        ('<meta property="article:section" content="Harbour">', ("Harbour", "meta")),
        ('<meta itemprop="articleSection" content="Harbour">', ("Harbour", "meta")),
        ("", (None, None)),
    ],
)
def test_section(head: str, expected: tuple[str | None, str | None]) -> None:
    """Linked data before metas; the first of several."""
    assert read_section(clues(head)) == expected


@pytest.mark.parametrize(
    ("head", "words"),
    [
        (linked(keywords=["Ferry", "Skerry Point", "ferry"]), ("Ferry", "Skerry Point")),
        (linked(keywords="Ferry, Skerry Point; Harbour"), ("Ferry", "Skerry Point", "Harbour")),
        (linked(keywords=[{"@type": "DefinedTerm", "name": "Ferry"}]), ("Ferry",)),
        (
            linked(
                keywords=[
                    "8ae9ab2d-fe1b-4230-acb8-a59b52877682",
                    "@post-id:19",
                    "_no-apple",
                    "Ferry",
                    "https://x.example",
                ]
            ),
            ("Ferry",),
        ),
        (
            '<meta name="keywords" content="a,b"><meta name="news_keywords" content="Ferry,Harbour">',
            ("Ferry", "Harbour"),
        ),
        (
            '<meta property="article:tag" content="Ferry"><meta property="article:tag" content="Harbour">',
            ("Ferry", "Harbour"),
        ),
        ('<meta name="keywords" content="">', ()),
    ],
)
def test_keywords(head: str, words: tuple[str, ...]) -> None:
    """Lists and strings with commas, without what only machines read."""
    assert read_keywords(clues(head))[0] == words


def test_the_feeds_categories_stand_in() -> None:
    """Categories of the feed are keywords where the page has none."""
    assert read_keywords(clues(entry=FeedEntry(url=URL, categories=("Ferry", "Harbour")))) == (
        ("Ferry", "Harbour"),
        "feed",
    )


def test_keywords_are_capped() -> None:
    """Ten thousand keywords are too many."""
    assert len(read_keywords(clues(linked(keywords=[f"word {chr(97 + i % 26)}{i}" for i in range(10_000)])))[0]) == 50


@pytest.mark.parametrize(
    ("head", "genres"),
    [
        (linked(**{"@type": "OpinionNewsArticle"}), ("opinion",)),
        (linked(**{"@type": ["NewsArticle", "LiveBlogPosting"]}), ("live blog",)),
        (linked(genre=["Column", "column"]), ("Column",)),
        ('<meta property="article:opinion" content="true">', ("opinion",)),
        (linked(), ()),
    ],
)
def test_genres(head: str, genres: tuple[str, ...]) -> None:
    """Named genres, and what the type says."""
    assert read_genres(clues(head)) == genres
