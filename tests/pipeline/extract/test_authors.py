"""Authors come from the best source that names people."""

import pytest

from pipeline.extract.authors.authors import read_authors
from pipeline.models import FeedEntry
from tests.pipeline.extract.snippets import URL, clues, linked

SITE = '<meta property="og:site_name" content="Amberly Courier">'


def names(head: str = "", body: str = "", entry: FeedEntry | None = None) -> tuple[list[str], str | None]:
    """Return the authors' names and their source."""
    _, authors, source = read_authors(clues(head, body, entry=entry))
    return [author.name for author in authors], source


@pytest.mark.parametrize(
    ("author", "expected"),
    [
        ("Ines Varga", ["Ines Varga"]),
        ({"@type": "Person", "name": "Ines Varga"}, ["Ines Varga"]),
        ([{"name": "Ines Varga"}, {"name": "Tom Reed"}], ["Ines Varga", "Tom Reed"]),
        ({"name": ["Ines Varga", "Tom Reed"]}, ["Ines Varga", "Tom Reed"]),
        ({"name": "By Ines Varga and Tom Reed"}, ["Ines Varga", "Tom Reed"]),
        ([[{"name": "Ines Varga"}]], ["Ines Varga"]),
        ([{"name": "Ines Varga"}, {"@type": "Organization", "name": "AP"}], ["Ines Varga", "AP"]),
        ([{"name": "Ines Varga"}, {"name": "Amberly Courier"}], ["Ines Varga"]),
        ({"name": "Amberly Courier"}, ["Amberly Courier"]),
        ({"name": None}, []),
        (17, []),
    ],
)
def test_linked_authors(author: object, expected: list[str]) -> None:
    """All shapes of linked data are read; the site stands only where it is the only author."""
    assert names(SITE + linked(author=author))[0] == expected


def test_an_author_keeps_the_address() -> None:
    """The address of a linked author is absolute."""
    _, authors, _ = read_authors(clues(linked(author={"name": "Ines Varga", "url": "/people/ines"})))
    assert authors[0].url == "https://www.amberly-courier.example/people/ines"


def test_a_person_in_the_byline_replaces_the_site() -> None:
    """Where linked data names the site itself, a person in the byline is the author."""
    body = '<h1>Ferry stays</h1><p class="byline">By <a href="/author/ines">Ines Varga</a> | Harbour desk</p>'
    assert names(SITE + linked(author={"name": "Amberly Courier"}), body) == (["Ines Varga"], "byline")


def test_furniture_does_not_replace_the_site() -> None:
    """What is no person's name leaves the site as the author."""
    body = '<h1>Ferry stays</h1><p class="byline">red, Courier/Agencies</p>'
    assert names(SITE + linked(author={"name": "Amberly Courier"}), body) == (["Amberly Courier"], "json-ld")


@pytest.mark.parametrize(
    ("head", "body", "source"),
    [
        ('<meta name="author" content="Ines Varga">', "", "meta"),
        (
            '<meta property="article:author" content="https://social.example/courier"><meta name="dc.creator" content="Ines Varga">',
            "",
            "meta",
        ),
        ("", '<span itemprop="author"><b itemprop="name">Ines Varga</b></span>', "microdata"),
        ("", '<h1>Ferry</h1><div class="byline">By Ines Varga</div>', "byline"),
        ("", '<h1>Ferry</h1><a rel="author" href="/x">Ines Varga</a>', "byline"),
        ("", "<h1>Ferry</h1><address>Ines Varga</address>", "byline"),
        ("", "<h1>Ferry</h1><ul><li><strong>Author</strong> Ines Varga</li></ul>", "byline"),
    ],
)
def test_other_sources(head: str, body: str, source: str) -> None:
    """Metas, microdata, bylines and labels, in this order."""
    assert names(head, body) == (["Ines Varga"], source)


def test_the_feed_stands_in() -> None:
    """The feed's authors are taken where the page names none."""
    entry = FeedEntry(url=URL, authors=("Ines Varga and Tom Reed",))
    assert names(entry=entry) == (["Ines Varga", "Tom Reed"], "feed")


def test_those_who_comment_are_no_authors() -> None:
    """Microdata of comments and captions is passed over."""
    body = '<div class="comments"><i itemprop="author">Troll Nine</i></div><h1>Ferry</h1><p class="caption author">Foto Finn</p>'
    assert names("", body) == ([], None)


def test_a_section_is_no_author() -> None:
    """What the page calls its section is not its author."""
    head = '<meta property="article:section" content="Variety"><meta name="author" content="Variety">'
    assert names(head) == ([], None)


def test_the_byline_is_kept_as_it_stands() -> None:
    """One line, with what is no name."""
    body = '<h1>Ferry</h1><div class="byline">By <b>Ines Varga</b> <span>Harbour Editor</span></div>'
    assert read_authors(clues(linked(author="Ines Varga"), body))[0] == "By Ines Varga Harbour Editor"


def test_twenty_thousand_authors_are_capped() -> None:
    """A list without end is cut."""
    found, _ = names(
        linked(author=[{"name": f"Jane Doe {chr(65 + i % 26)}{chr(65 + i // 26 % 26)}"} for i in range(20_000)])
    )
    assert len(found) == 50


def test_a_byline_completes_a_meta() -> None:
    """Some systems put only the first author into the meta."""
    body = '<h1>Ferry</h1><p class="byline">By <a rel="author" href="/a/ines">Ines Varga</a> and Tom Reed</p>'
    assert names('<meta name="author" content="Ines Varga">', body) == (["Ines Varga", "Tom Reed"], "byline")
    agency = '<h1>Ferry</h1><p class="byline">By Ines Varga | Reuters</p>'
    assert names('<meta name="author" content="Ines Varga">', agency) == (["Ines Varga"], "meta")


@pytest.mark.parametrize(
    ("markup", "expected"),
    [
        ("<span>Written by Ines Varga</span>", ["Ines Varga"]),
        ("<p>Von Ines Varga</p>", ["Ines Varga"]),
        ("<p>By the time the ferry left, nobody noticed.</p>", []),
        ("<p>Par temps de pluie</p>", []),
    ],
)
def test_a_byline_without_marks(markup: str, expected: list[str]) -> None:
    """A short line under the headline that begins as bylines do, and goes on with people."""
    assert names("", f"<h1>Ferry</h1>{markup}")[0] == expected


def test_names_of_scholarly_metas_are_turned() -> None:
    """dc.creator writes the last name first."""
    head = '<meta name="dc.creator" content="Varga, Ines"><meta name="dc.creator" content="Reed, Tom">'
    assert names(head)[0] == ["Ines Varga", "Tom Reed"]


def test_a_host_name_is_the_site() -> None:
    """A name that holds the host's is the site's own."""
    body = '<h1>Ferry</h1><p class="byline">Ines Varga</p>'
    assert names('<meta name="author" content="amberly-courier.example developer">', body)[0] == ["Ines Varga"]


def test_names_with_and_without_pages_of_their_own() -> None:
    """A byline that links some of its authors names them all."""
    body = '<h1>Ferry</h1><p class="byline"><i>By</i> <a href="/author/ines-varga">Ines Varga</a>, <b>Tom Reed</b> <i>and</i> <b>Jo Ames</b></p>'
    _, authors, _ = read_authors(clues("", body))
    assert [(author.name, author.url is not None) for author in authors] == [
        ("Ines Varga", True),
        ("Tom Reed", False),
        ("Jo Ames", False),
    ]


def test_a_byline_far_from_the_headline() -> None:
    """Where nothing near the headline names anybody, a byline elsewhere does if it names people alone."""
    filler = "<p>text</p>" * 400
    assert names("", f"<div><h1>Ferry</h1></div>{filler}<p class='author'>Ines Varga</p>") == (["Ines Varga"], "byline")
    assert names("", f"<div><h1>Ferry</h1></div>{filler}<p class='author'>Harbour desk</p>") == ([], None)
