"""Pages made to hurt end with an article or a reason, soon, in the process that reads them."""

import time
from collections.abc import Callable

import pytest

from pipeline.errors import NotAnArticle
from pipeline.extract import extract_article, make_reader
from pipeline.policies import ExtractPolicy
from tests.pipeline.extract.pages import OTHER, SENTENCE, page, story

READER = make_reader(ExtractPolicy())
GOOD = story(SENTENCE * 3, OTHER * 2)
#: What the guarded child gives to one page.
SECONDS = ExtractPolicy().cpu_limit_s


def ends(html: str | bytes) -> str:
    """Return the reason code, or "article", and hold the page to its time."""
    start = time.process_time()
    try:
        extract_article(page(html), None, READER)
        return "article"
    except NotAnArticle as error:
        return error.reason
    finally:
        assert time.process_time() - start < SECONDS


@pytest.mark.parametrize(
    ("make", "expected"),
    [
        pytest.param(lambda: "<div>" * 50_000 + SENTENCE * 5, {"too_deep"}, id="50,000 nested div"),
        pytest.param(lambda: "<b>" * 50_000 + SENTENCE * 5, {"too_deep"}, id="50,000 nested b"),
        pytest.param(lambda: "<table><tr><td>" * 20_000 + SENTENCE * 5, {"too_deep"}, id="nested tables"),
        pytest.param(lambda: "<blockquote>" * 50_000 + SENTENCE * 5, {"too_deep"}, id="nested quotes"),
        pytest.param(lambda: "<p>" + "a<br>" * 4_000_000, {"too_large"}, id="20 MB of br"),
        pytest.param(lambda: f"<p>{SENTENCE}" * 180_000, {"too_large"}, id="20 MB of paragraphs"),
        pytest.param(
            lambda: "".join(f"<p>{n}. {SENTENCE}" for n in range(30_000)), {"article"}, id="3 MB of paragraphs"
        ),
        pytest.param(lambda: "<p>" + OTHER * 20_000, {"article"}, id="2 MB in one paragraph"),
        pytest.param(lambda: "<div><p>x</p></div>" * 52_000, {"no_text", "too_short"}, id="52,000 tiny blocks"),
        pytest.param(lambda: "<a href=x>y</a>" * 100_000, {"no_text", "too_short"}, id="100,000 links"),
        pytest.param(
            lambda: "<div " + " ".join(f"a{i}=1" for i in range(1_000_000)) + f">{GOOD}",
            {"too_large"},
            id="a million attributes",
        ),
        pytest.param(lambda: "".join(f"<p a{i}=1>" for i in range(100_000)) + GOOD, {"article"}, id="100,000 names"),
        pytest.param(lambda: "<!-- x -->" * 100_000 + GOOD, {"article"}, id="200,000 comments"),
        pytest.param(lambda: "<script>" + "var a=1;" * 600_000 + "</script>" + GOOD, {"article"}, id="5 MB of script"),
        pytest.param(lambda: "<style>" + " " * 1_000_000, {"no_text"}, id="blanks in an open style"),
        pytest.param(lambda: " " * 5_000_000, {"no_text"}, id="blanks"),
        pytest.param(lambda: "<p>" + "x" * 1_000_000, {"article"}, id="one word of 1 MB"),
        pytest.param(lambda: "<p>" + "e\u0301\u0301\u0301" * 200_000, {"article"}, id="combining marks"),
        pytest.param(
            lambda: GOOD.replace("<p>", "<p class='" + "a-b " * 50_000 + "'>"), {"article"}, id="long class names"
        ),
        pytest.param(
            lambda: '<script type="application/ld+json">' + "[" * 100_000 + "</script>" + GOOD,
            {"article"},
            id="json nested",
        ),
        pytest.param(
            lambda: "<script>" + '"\\' * 500_000 + "</script>" + "<p>x", {"no_text", "too_short"}, id="broken strings"
        ),
        pytest.param(
            lambda: "<script>" + '"<p>\\u003c' * 60_000 + "</script><p>x", {"no_text", "too_short"}, id="open strings"
        ),
    ],
)
def test_a_hostile_page_ends_in_time(make: Callable[[], str], expected: set[str]) -> None:
    """Within the CPU time that a page gets, and the outcome says what was wrong."""
    assert ends(make()) in expected


@pytest.mark.parametrize("depth", [300, 1_000])
def test_deep_pages_keep_their_text(depth: int) -> None:
    """Depth alone is no reason to lose an article."""
    article = extract_article(page("<div>" * depth + GOOD + "</div>" * depth), None, READER)
    assert article.body == f"{(SENTENCE * 3).strip()}\n\n{(OTHER * 2).strip()}"


@pytest.mark.parametrize(
    "reference",
    ["&#12;", "&#11;", "&#1;", "&#27;", "&#x1f;", "&#xFFFE;", "&#0;", "&#xD800;", "&#99999999;", "&#x0000b;"],
)
def test_a_forbidden_reference_costs_nothing_else(reference: str) -> None:
    """References that no tree may hold are left out, and the article stays."""
    article = extract_article(page(story(SENTENCE * 3, f"Before{reference} after. {SENTENCE}")), None, READER)
    assert article.body.endswith(f"Before after. {SENTENCE.strip()}")


@pytest.mark.parametrize("reference", ["&#10;", "&#39;", "&#x27;", "&#150;", "&#8217;", "&#x1F600;", "&#128512;"])
def test_other_references_stay(reference: str) -> None:
    """References that mean a character are read by the parser."""
    article = extract_article(page(story(f"{SENTENCE}A{reference}B. {SENTENCE * 3}")), None, READER)
    assert "&#" not in article.body


def test_one_page_leaves_nothing_behind() -> None:
    """After hostile pages a good one reads as in a fresh process."""
    before = extract_article(page(GOOD), None, READER)
    for html in ("<div>" * 50_000, "<div><p>x</p></div>" * 5_000, GOOD * 3, "&#1;" * 1_000):
        ends(html)
    assert extract_article(page(GOOD), None, READER) == before
