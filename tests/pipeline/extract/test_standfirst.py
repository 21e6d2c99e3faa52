"""The standfirst is the article's own, once and whole."""

import pytest

from pipeline.extract.metadata.standfirst import read_standfirst
from pipeline.models import FeedEntry
from tests.pipeline.extract.snippets import URL, clues, linked

DEK = "The council keeps the old ferry, but the late crossing will need a second pair of hands."
META = '<meta name="description" content="{}">'


@pytest.mark.parametrize(
    "markup",
    [
        f'<p class="standfirst">{DEK}</p>',
        f'<div class="c-article__subtitle">{DEK}</div>',
        f'<h2 class="article-dek">{DEK}</h2>',
        f'<p data-testid="subheadline">{DEK}</p>',
    ],
)
def test_what_the_page_shows_comes_first(markup: str) -> None:
    """A line that calls itself a standfirst wins over descriptions."""
    head = META.format("Ferry news from Amberly")
    assert read_standfirst(clues(head, f"<h1>Ferry stays</h1>{markup}")) == (DEK, "standfirst")


def test_a_cut_description_is_completed_from_the_page() -> None:
    """A heading that begins like the description is the standfirst in full."""
    head = META.format(DEK[:60] + "…")
    assert read_standfirst(clues(head, f"<h1>Ferry stays</h1><h2>{DEK}</h2>")) == (DEK, "standfirst")


def test_a_whole_description_wins_over_a_cut_one() -> None:
    """Dots at the end say that a description is cut."""
    head = linked(description=DEK[:50] + "...") + META.format(DEK)
    assert read_standfirst(clues(head)) == (DEK, "meta")
    assert read_standfirst(clues(linked(description=DEK[:50] + "..."))) == (DEK[:50] + "...", "json-ld")


@pytest.mark.parametrize(
    "markup",
    [
        f'<div class="subtitle"><form>{DEK}<input></form></div>',
        '<div class="article-intro"><h1>Ferry stays</h1> By Ines Varga, 2 March 2026</div>',
        f'<p class="related-standfirst">{DEK}</p>',
        '<p class="subtitle">Short</p>',
        '<p class="standfirst">Two people have been seen on the quay with a rope,...</p>',
    ],
)
def test_furniture_is_no_standfirst(markup: str) -> None:
    """Forms, repetitions, teasers and scraps are passed over."""
    head = META.format(DEK)
    assert read_standfirst(clues(head, f"<h1>Ferry stays</h1>{markup}")) == (DEK, "meta")


def test_the_headline_is_no_standfirst() -> None:
    """Some systems repeat the headline as the description."""
    head = META.format("Ferry stays") + '<meta property="og:title" content="Ferry stays">'
    assert read_standfirst(clues(head, "<h1>Ferry stays</h1>")) == (None, None)


def test_the_feed_stands_in() -> None:
    """The feed's summary is the last source."""
    assert read_standfirst(clues(entry=FeedEntry(url=URL, summary=DEK))) == (DEK, "feed")
    assert read_standfirst(clues()) == (None, None)
