"""Of many nodes the one is found that speaks of the page's article."""

from pipeline.extract.walk.jsonld import Node
from pipeline.extract.walk.linked import article_node, field, name_of

URL = "https://amberly-courier.example/ferry"


def article(headline: str, **fields: object) -> Node:
    """Return a node of a news article."""
    return {"@type": "NewsArticle", "headline": headline, **fields}


def test_the_node_of_the_same_url_wins() -> None:
    """An article that names the page's URL wins over one that comes first."""
    nodes = (article("Bridge opens", url="https://amberly-courier.example/bridge"), article("Ferry stays", url=URL))
    assert article_node(nodes, [URL], [])["headline"] == "Ferry stays"


def test_the_node_of_the_same_title_wins() -> None:
    """Without URLs the headline most like the page's title wins."""
    nodes = (article("Bridge opens"), article("Ferry stays until spring"))
    assert article_node(nodes, [URL], ["Ferry stays until spring | Amberly Courier"])["headline"].startswith("Ferry")


def test_doubles_fill_gaps() -> None:
    """Two nodes of one article are read as one; what the first has is kept."""
    nodes = (
        article("Ferry stays", datePublished="2026-03-01"),
        article("Ferry stays", datePublished="2020-01-01", author="Ines Varga"),
    )
    found = article_node(nodes, [URL], ["Ferry stays"])
    assert (found["datePublished"], found["author"]) == ("2026-03-01", "Ines Varga")


def test_other_articles_stay_out() -> None:
    """Items of a list and comments are other articles; mainEntity is this one."""
    page = {"@type": "WebPage", "mainEntity": article("Ferry stays"), "relatedLink": [article("Bridge opens")]}
    assert article_node((page,), [URL], [])["headline"] == "Ferry stays"
    listed = {"@type": "ItemList", "itemListElement": [article("Bridge opens")]}
    assert article_node((listed,), [URL], []) == {}


def test_a_dated_page_stands_in() -> None:
    """A WebPage with a date speaks for the article where no node is one."""
    page = {"@type": "WebPage", "name": "Ferry stays", "datePublished": "2026-03-01"}
    assert article_node(({"@type": "WebSite", "name": "Courier"}, page), [URL], [])["datePublished"] == "2026-03-01"


def test_fields_and_names_in_all_shapes() -> None:
    """A field is its first value that holds something; a name is a string, a node's name, or the first of a list."""
    assert field({"author": [None, "", "Ines"]}, "author", {}) == "Ines"
    assert field({}, "author", {}) is None
    assert name_of({"name": "The Courier &amp; Post"}) == "The Courier & Post"
    assert name_of([{}, {"name": ["Harbour Desk"]}]) == "Harbour Desk"
    assert name_of(12) is None
