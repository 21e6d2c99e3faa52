"""The stage as a whole: a page in, an article or a reason out."""

import pytest

from pipeline.errors import NotAnArticle
from pipeline.extract import extract_article, extract_text, make_reader
from pipeline.policies import ExtractPolicy
from tests.pipeline.extract.pages import OTHER, SENTENCE, page

READER = make_reader(ExtractPolicy())


def test_an_article_has_a_headline_and_paragraphs() -> None:
    """A plain page gives its h1 and its paragraphs, apart by a blank line."""
    html = f"<html><body><article><h1>Ferry stays</h1><p>{SENTENCE * 3}</p><p>{OTHER * 2}</p></article></body></html>"
    article = extract_article(page(html), None, READER)
    assert article.headline == "Ferry stays"
    assert article.body == f"{(SENTENCE * 3).strip()}\n\n{(OTHER * 2).strip()}"


@pytest.mark.parametrize(
    ("html", "content_type", "reason"),
    [
        ("<p>x</p>", "application/pdf", "not_html"),
        ("%PDF-1.7 …", "text/html", "binary_content"),
        (b"<p>" + bytes(range(1, 32)) * 50, "text/html", "binary_content"),
        ("", "text/html", "no_text"),
        ("<html><body><script>var a=1</script></body></html>", "text/html", "no_text"),
        ("<html><body><article><p>Too little to be a story.</p></article></body></html>", "text/html", "too_short"),
    ],
)
def test_a_page_without_an_article_says_why(html: str | bytes, content_type: str, reason: str) -> None:
    """Each way of not being an article has its own reason code."""
    with pytest.raises(NotAnArticle) as error:
        extract_article(page(html, content_type=content_type), None, READER)
    assert error.value.reason == reason


def test_plain_text_becomes_an_article() -> None:
    """A row that is text already keeps its lines as paragraphs."""
    article = extract_text("One line.\n\n\nAnother line.", "Headline", READER, authors=("Ines Varga",))
    assert article.body == "One line.\n\nAnother line."
    assert [author.name for author in article.authors] == ["Ines Varga"]
