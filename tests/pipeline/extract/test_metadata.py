"""The metadata of whole pages, good and hostile."""

import json
import time
from collections.abc import Callable
from datetime import UTC, datetime

import lxml.html
import pytest

from pipeline.codec import to_json
from pipeline.extract.metadata.metadata import Metadata, read_metadata
from pipeline.models import Author
from tests.pipeline.extract.snippets import document, linked, metadata, page, tree

HEAD = (
    "<title>Ferry stays until spring | Amberly Courier</title>"
    '<meta property="og:site_name" content="Amberly Courier"><meta property="og:type" content="article">'
    '<link rel="canonical" href="/ferry">'
    + linked(
        headline="Ferry stays until spring",
        author=[{"@type": "Person", "name": "Ines Varga"}],
        datePublished="2026-03-02T14:05:00+01:00",
        dateModified="2026-03-02T18:00:00+01:00",
        articleSection="Harbour",
        keywords=["Ferry"],
        articleBody="The council voted.\n\nThe ferry stays.",
        inLanguage="en-GB",
    )
)
BODY = '<article><h1>Ferry stays until spring</h1><p class="byline">By Ines Varga, Harbour Editor</p><p>The council voted.</p></article>'


def test_a_whole_page() -> None:
    """Every field is there, and says where it comes from."""
    found = metadata(HEAD, BODY)
    assert (found.headline, found.authors, found.byline) == (
        "Ferry stays until spring",
        (Author(name="Ines Varga"),),
        "By Ines Varga, Harbour Editor",
    )
    assert (found.date_published, found.date_modified) == (
        datetime(2026, 3, 2, 13, 5, tzinfo=UTC),
        datetime(2026, 3, 2, 17, tzinfo=UTC),
    )
    assert (found.section, found.keywords, found.language, found.site_name) == (
        "Harbour",
        ("Ferry",),
        "en-GB",
        "Amberly Courier",
    )
    assert (found.article_body, found.types) == (
        "The council voted.\n\nThe ferry stays.",
        ("newsarticle", "og:article"),
    )
    assert found.fields == {
        "headline": "json-ld",
        "authors": "json-ld",
        "datePublished": "json-ld",
        "dateModified": "json-ld",
        "articleSection": "json-ld",
        "keywords": "json-ld",
        "canonicalUrl": "link",
        "language": "json-ld",
    }


def test_the_tree_is_left_as_it_was() -> None:
    """Other stages read the same tree afterwards."""
    html = document(HEAD, BODY)
    root = tree(html)
    before = lxml.html.tostring(root)
    read_metadata(root, page(html), None)
    assert lxml.html.tostring(root) == before


def test_one_page_does_not_change_the_next() -> None:
    """The same page reads the same after another."""
    first = metadata(HEAD, BODY)
    metadata(linked(headline="\ud800", author=[[[]]]), "<h1>x</h1>")
    assert metadata(HEAD, BODY) == first


WRONG: list[object] = [
    None,
    0,
    -1,
    True,
    "",
    [],
    {},
    [[]],
    [{}],
    {"@id": "#x"},
    {"name": {"name": []}},
    "\x00\ud800\u202e",
    "a" * 100_000,
    [None] * 100,
    1e308,
]


@pytest.mark.parametrize("value", WRONG)
def test_wrong_types_everywhere(value: object) -> None:
    """Whatever linked data holds, nothing is raised and the result can be stored."""
    fields = [
        "headline",
        "name",
        "alternativeHeadline",
        "description",
        "author",
        "creator",
        "datePublished",
        "dateModified",
        "articleSection",
        "keywords",
        "genre",
        "image",
        "publisher",
        "mainEntityOfPage",
        "url",
        "isAccessibleForFree",
        "hasPart",
        "license",
        "copyrightHolder",
        "copyrightYear",
        "isBasedOn",
        "inLanguage",
        "articleBody",
        "sourceOrganization",
        "provider",
        "identifier",
        "usageInfo",
    ]
    node = {"@type": "NewsArticle", **dict.fromkeys(fields, value)}
    found = metadata(f'<script type="application/ld+json">{json.dumps(node)}</script>')
    assert isinstance(found, Metadata)
    to_json(found).decode()


def ld(text: str) -> str:
    """Return a page with this linked data."""
    return document(
        f'<title>Ferry stays</title><script type="application/ld+json">{text}</script>', "<h1>Ferry stays</h1>"
    )


HOSTILE: dict[str, Callable[[int], str]] = {
    "deep json": lambda n: ld('{"a":' * n + "1" + "}" * n),
    "deep arrays": lambda n: ld("[" * n),
    "commas": lambda n: ld('{"@type":"NewsArticle","headline":"x"' + ", " * n),
    "quotes": lambda n: ld('{"@type":"NewsArticle","headline":"x' + '\\"' * n),
    "fields": lambda n: ld('{"headline":"a" ' * (n // 8)),
    "blanks": lambda n: ld('{"headline"' + " " * n + "x"),
    "nodes": lambda n: ld(json.dumps([{"@type": "NewsArticle", "headline": f"H {i}"} for i in range(n // 50)])),
    "metas": lambda n: document('<meta name="author" content="Jane Doe, John Roe">' * (n // 40)),
    "headings": lambda n: document("<title>Ferry</title>", "<h1>Head of line</h1>" * (n // 20)),
    "separators": lambda n: document("<title>" + " - " * n + "</title>"),
    "bylines": lambda n: document("", "<h1>Ferry</h1>" + '<p class="byline">By Jane and and </p>' * (n // 40)),
    "nested": lambda n: document("<title>Ferry</title>", '<div class="byline">' * (n // 20) + "<h1>Ferry</h1>x"),
    "times": lambda n: document("", "<h1>Ferry</h1>" + '<time datetime="2024-99-99T99">x</time>' * (n // 40)),
    "microdata": lambda n: document("", '<i itemprop="author headline datePublished">x</i>' * (n // 50)),
    "captions": lambda n: document("", f"<figure><img src=a.jpg><figcaption>{'photo (' * (n // 7)}</figcaption></figure>"),
    "srcset": lambda n: document("", f'<figure><img srcset="{"a 1w, " * (n // 6)}"></figure>'),
    "shown dates": lambda n: document("", f"<h1>Ferry</h1><p>{'1.1.' * (n // 4)}</p>"),
    "state": lambda n: document("", "<script>" + '"publishedAt" :"' * (n // 16) + "</script>"),
    "wire ids": lambda n: document("", "<p>" + "dpa:230428-99-483045-1-1" * (n // 24) + "</p>"),
    "names": lambda n: ld(json.dumps({"@type": "NewsArticle", "author": "Jane and " * (n // 9)})),
    "marks": lambda n: document("", "<h1>x" + "\u0301" * n + "</h1>"),
    "attributes": lambda n: document("", "<h1>Ferry</h1><p " + " ".join(f"a{i}=1" for i in range(n // 8)) + ">x"),
}  # fmt: skip


@pytest.mark.parametrize("kind", HOSTILE)
def test_hostile_pages_cost_linear_time(kind: str) -> None:
    """Twice the input costs less than three times the time, and little of it."""
    cost = []
    for size in (100_000, 200_000):
        html = HOSTILE[kind](size)
        root, read = tree(html), page(html)
        runs = []
        for _ in range(3):
            start = time.process_time()
            read_metadata(root, read, None)
            runs.append(time.process_time() - start)
        cost.append(min(runs))
    assert cost[1] < 1
    assert cost[1] < 3 * cost[0] + 0.02
