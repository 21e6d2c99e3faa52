"""One walk collects what a page says about itself."""

from pipeline.extract.walk.marks import BYLINE, KICKER, STANDFIRST, kinds_of
from tests.pipeline.extract.snippets import clues, linked, tree


def test_metas_are_found_by_any_of_their_names() -> None:
    """property, name, itemprop and http-equiv, whatever their case."""
    head = (
        '<meta property="og:title" content="A"><meta NAME="Author" content="B"><meta itemprop="datePublished" content="C">'
        '<meta http-equiv="content-language" content="D"><meta name="empty" content="">'
    )
    found = clues(head)
    assert (found.meta("og:title"), found.meta("author"), found.meta("content-language")) == ("A", "B", "D")
    assert found.meta("itemprop:datepublished") == "C"
    assert found.meta("missing", "empty", "author") == "B"


def test_the_heading_is_the_h1_that_is_like_the_title() -> None:
    """Neither a logo nor a pop-up's h1 is the headline."""
    body = "<h1>Log in</h1><h1><img alt=''></h1><h1>Ferry stays until spring</h1>"
    heading = clues("<title>Ferry stays until spring - Courier</title>", body).heading
    assert heading is not None
    assert heading.text == "Ferry stays until spring"


def test_a_lower_heading_stands_in_for_a_missing_h1() -> None:
    """An h2 that is the title is the place of the headline."""
    heading = clues("<title>Ferry stays until spring</title>", "<h2>Menu</h2><h2>Ferry stays until spring</h2>").heading
    assert heading is not None
    assert heading.tag == "h2"


def test_the_site_knows_its_names() -> None:
    """Host, og:site_name and the publisher are names of the site; a title that a site calls itself is not."""
    head = '<meta property="og:site_name" content="The Amberly Courier">' + linked(publisher={"name": "Courier Press"})
    names = clues(head).site_names
    assert {"theamberlycourier", "courierpress", "amberlycourier"} <= names
    twice = '<title>Ferry stays</title><meta property="og:title" content="Ferry stays"><meta name="publisher" content="Ferry stays">'
    assert "ferrystays" not in clues(twice).site_names


def test_what_an_element_calls_itself() -> None:
    """Class, id, itemprop and test id speak; a caption's author is no byline, and short words count only whole."""
    kinds = [
        kinds_of(element)
        for element in tree(
            '<p class="c-Byline__name">a</p><p data-testid="standfirst">b</p><p class="article-dek">c</p>'
            '<p class="image-author">d</p><p class="sundeck">e</p><p id="kicker">f</p><p>g</p>'
        ).iter("p")
    ]
    assert kinds == [{BYLINE}, {STANDFIRST}, {STANDFIRST}, set(), set(), {KICKER}, set()]


def test_near_the_headline() -> None:
    """What follows the headline comes before what precedes it; scripts are left out."""
    body = "<div><nav><b id=before></b></nav><h1>Ferry stays</h1><script></script><p id=after>x</p></div>"
    near = [element.get("id") for _, element in clues("<title>Ferry stays</title>", body).near]
    assert near == ["after", None, "before"]


def test_a_base_address_that_is_none() -> None:
    """A broken or foreign base does not break links."""
    assert clues('<base href="http://[">').base.startswith("https://www.amberly-courier")
    assert clues('<base href="javascript:alert(1)">').base.startswith("https://www.amberly-courier")
    assert clues('<base href="/en/">').base == "https://www.amberly-courier.example/en/"
