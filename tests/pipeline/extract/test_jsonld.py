"""Linked data is read leniently, and costs bounded time."""

import pytest

from pipeline.extract.walk.jsonld import index_by_id, items, read_nodes, resolve, types


@pytest.mark.parametrize(
    "script",
    [
        '{"@type": "NewsArticle", "headline": "Ferry stays"}',
        '[{"@type": "NewsArticle", "headline": "Ferry stays"}]',
        '<!-- {"@type": "NewsArticle", "headline": "Ferry stays"} -->',
        '//<![CDATA[\n{"@type": "NewsArticle", "headline": "Ferry stays"}\n//]]>',
        '{"@type": "NewsArticle", "headline": "Ferry stays",}',
        '{"@type": "NewsArticle",, "headline": "Ferry stays"};',
        '{"@type": "NewsArticle", "headline": "Ferry\\\' stays"}',
        '{"@type": "NewsArticle", "headline": "Ferry stays", "text": "one\ntwo\tthree"}',
        '{"@type": "NewsArticle", "headline": "Ferry stays"}{"@type": "WebSite"}',
        '{"@type": "NewsArticle", "headline": "Ferry stays", "body": "he said "no" twice"}',
    ],
)
def test_what_is_almost_json_is_read(script: str) -> None:
    """Comments, trailing commas, raw line breaks, wrong escapes and bare quotes do not lose the article."""
    nodes = read_nodes([script])
    assert types(nodes[0]) == ("NewsArticle",)
    assert str(nodes[0]["headline"]).replace("'", "") == "Ferry stays"


@pytest.mark.parametrize("script", ["", "null", "42", '"text"', "[]", "{", "undefined", "{{{{", "[1, 2, [3]]"])
def test_what_holds_no_node_gives_none(script: str) -> None:
    """Nothing is raised for scripts without an object."""
    assert [node for node in read_nodes([script]) if node] == []


def test_a_graph_is_opened_and_its_references_resolved() -> None:
    """Nodes of a graph stand at the top, and a bare @id leads to its node."""
    nodes = read_nodes(
        [
            '{"@graph": [{"@type": "Article", "author": {"@id": "#ines"}}, {"@id": "#ines", "@type": "Person", "name": "Ines"}]}'
        ]
    )
    index = index_by_id(nodes)
    article = next(node for node in nodes if "Article" in types(node))
    assert resolve(article["author"], index) == index["#ines"]
    assert resolve({"@id": "#nobody"}, index) == {"@id": "#nobody"}


@pytest.mark.parametrize(
    ("declared", "expected"),
    [
        ("https://schema.org/NewsArticle", ("NewsArticle",)),
        ("schema:NewsArticle", ("NewsArticle",)),
        (["Article", "LiveBlogPosting"], ("Article", "LiveBlogPosting")),
        (7, ()),
        (None, ()),
    ],
)
def test_types_lose_their_vocabulary(declared: object, expected: tuple[str, ...]) -> None:
    """A type may be a URL, a prefixed name, a list, or nonsense."""
    assert types({"@type": declared}) == expected


def test_one_or_many_is_always_a_list() -> None:
    """A list is cut, a single value wrapped, and null is empty."""
    assert items(None) == []
    assert items("a") == ["a"]
    assert items([1, 2, 3], 2) == [1, 2]


@pytest.mark.parametrize("script", ['{"a":' * 100_000, "[" * 200_000, "[" * 50_000 + "]" * 50_000])
def test_depth_is_survived(script: str) -> None:
    """Nesting beyond the parser's stack reads as no linked data."""
    assert read_nodes([script]) == ()
