"""The headline is the article's own, without the site's name."""

import pytest

from pipeline.extract.metadata.headline import read_headlines, without_site
from pipeline.models import FeedEntry
from tests.pipeline.extract.snippets import URL, clues, linked

NAMES = frozenset({"amberlycourier", "courier", "amberlycourierexample"})


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        ("Ferry stays - Amberly Courier", "Ferry stays"),
        ("Ferry stays | Harbour | Amberly Courier", "Ferry stays"),
        ("Amberly Courier: Ferry stays", "Amberly Courier: Ferry stays"),
        ("Amberly Courier | Ferry stays", "Ferry stays"),
        ("Ferry stays — The Courier", "Ferry stays"),
        ("Ferry stays – amberly-courier.example", "Ferry stays"),
        ("渡船停运｜Amberly Courier", "渡船停运"),
        ("渡船停运：Courier", "渡船停运"),
        ("Ferry - the courier of hope", "Ferry - the courier of hope"),
        ("Ferry-free days", "Ferry-free days"),
        ("Ferry stays: what now? - Courier Online", "Ferry stays: what now?"),
        ("Courier", "Courier"),
        ("", None),
    ],
)
def test_the_name_of_the_site_is_cut(title: str, expected: str | None) -> None:
    """Only whole names at an end, behind a mark of separation, are the site's."""
    assert without_site(title, NAMES, frozenset({"harbour"})) == expected


def test_linked_data_comes_first_and_others_are_listed() -> None:
    """Headlines that differ are alternatives, each once."""
    head = (
        "<title>Ferry to stay - Amberly Courier</title>"
        + linked(headline="Ferry stays until spring", alternativeHeadline="Why the ferry stays")
        + '<meta property="og:title" content="The ferry is here to stay | Amberly Courier">'
    )
    headline, alternatives, source = read_headlines(clues(head, "<h1>FERRY stays until “spring”</h1>"))
    assert (headline, source) == ("Ferry stays until spring", "json-ld")
    assert alternatives == ("The ferry is here to stay", "Why the ferry stays", "Ferry to stay")


def test_the_title_for_search_engines_gives_way() -> None:
    """Where linked data repeats the window's title and the page shows and shares another, the shown one wins."""
    head = (
        "<title>Amberly ferry 2026: timetable, prices</title>"
        + linked(headline="Amberly ferry 2026: timetable, prices")
        + '<meta property="og:title" content="The Amberly ferry stays, and it gets dearer">'
    )
    headline, alternatives, source = read_headlines(clues(head, "<h1>The Amberly ferry stays, and it gets dearer</h1>"))
    assert (headline, source) == ("The Amberly ferry stays, and it gets dearer", "h1")
    assert "Amberly ferry 2026: timetable, prices" in alternatives


def test_a_cut_headline_gives_way_to_the_whole() -> None:
    """Some systems cut the headline of linked data at 110 characters."""
    whole = "The ferry between Amberly and Skerry Point stays in service until spring, the council says"
    head = linked(headline=whole[:50] + "…") + f'<meta property="og:title" content="{whole[:50]}…">'
    assert read_headlines(clues(head, f"<h1>{whole}</h1>"))[0] == whole


def test_the_headline_of_another_article_gives_way() -> None:
    """Linked data that has nothing in common with what the page says is not believed."""
    head = linked(headline="Zoo buys quokkas") + '<meta property="og:title" content="Ferry stays until spring">'
    assert read_headlines(clues(head, "<h1>Ferry stays until spring</h1>"))[0] == "Ferry stays until spring"


def test_a_logo_is_no_headline() -> None:
    """An h1 with nothing of the title is not the headline."""
    head = '<meta property="og:title" content="Ferry stays until spring"><title>Ferry stays until spring</title>'
    assert read_headlines(clues(head, "<h1>Coast &amp; Knot</h1>"))[0] == "Ferry stays until spring"


def test_the_shown_headline_wins_where_nothing_is_declared() -> None:
    """An h1, then og:title."""
    head = '<meta property="og:title" content="Ferry stays until spring, council says">'
    headline, alternatives, source = read_headlines(clues(head, "<h1>Ferry stays <em>until</em> spring</h1>"))
    assert (headline, source) == ("Ferry stays until spring", "h1")
    assert alternatives == ("Ferry stays until spring, council says",)


def test_the_kicker_makes_an_alternative() -> None:
    """The line over the headline and the headline together are another form of it."""
    _, alternatives, _ = read_headlines(clues("", '<p class="kicker">Harbour:</p><h1>Ferry stays</h1>'))
    assert alternatives == ("Harbour: Ferry stays",)


def test_the_feed_stands_in() -> None:
    """A page without any title takes the feed's."""
    entry = FeedEntry(url=URL, title="Ferry stays")
    assert read_headlines(clues(entry=entry))[::2] == ("Ferry stays", "feed")


def test_no_headline_at_all() -> None:
    """An empty page has none."""
    assert read_headlines(clues()) == (None, (), None)


def test_entities_in_linked_data_are_decoded() -> None:
    """Linked data often carries HTML entities."""
    assert read_headlines(clues(linked(headline="Ropes &amp; knots: &quot;stay&quot;")))[0] == 'Ropes & knots: "stay"'


@pytest.mark.parametrize(
    ("shown", "shared"),
    [
        ("Ferry stays until spring", "Harbour: Ferry stays until spring"),
        ("Harbour Ferry stays until spring", "Ferry stays until spring"),
    ],
)
def test_the_shared_title_tells_what_belongs_to_a_kicker(shown: str, shared: str) -> None:
    """Where h1 and og:title differ by a kicker in front, og:title has it as the newsroom wants it read alone."""
    head = f'<meta property="og:title" content="{shared}">'
    assert read_headlines(clues(head, f"<h1>{shown}</h1>"))[0] == shared
