"""The order of extraction: bytes, text, tree, metadata and notices, body."""

from __future__ import annotations

from datetime import datetime

import trafilatura
from lxml.html import HtmlElement

from pipeline.errors import NotAnArticle
from pipeline.extract.body import read_body
from pipeline.extract.charset import decode
from pipeline.extract.reader import Reader
from pipeline.extract.tree import parse_tree, refuse_binary
from pipeline.models import Article, Author, FeedEntry, Page

EXTRACTOR = f"trafilatura {trafilatura.__version__}"
_HTML = ("text/html", "application/xhtml+xml", "application/xml", "text/xml", None)


def extract_article(page: Page, entry: FeedEntry | None, reader: Reader) -> Article:
    """Return the article that the page holds; `entry` is what its feed said of it.

    Raises NotAnArticle: not_html, binary_content, no_text, too_short, too_large, too_deep.
    """
    root = _tree_of(page)
    headline = _headline(root, entry)
    body = read_body(root, headline)
    if not body:
        raise NotAnArticle("no_text", "no body text was found")
    if len(body) < reader.policy.min_body_chars:
        raise NotAnArticle("too_short", f"{len(body)} characters of body text")
    return Article(headline=headline, body=body[: reader.policy.max_body_chars], extractor=EXTRACTOR)


def extract_text(
    text: str,
    headline: str,
    reader: Reader,
    *,
    authors: tuple[str, ...] = (),
    published: datetime | None = None,
) -> Article:
    """Return the article of a row that is plain text already: paragraphs are its lines."""
    body = "\n\n".join(line.strip() for line in text.splitlines() if line.strip())
    if not body:
        raise NotAnArticle("no_text", "the text is empty")
    return Article(
        headline=headline,
        body=body[: reader.policy.max_body_chars],
        authors=tuple(Author(name=name) for name in authors),
        date_published=published,
        extractor="text",
    )


def _tree_of(page: Page) -> HtmlElement:
    if page.content_type not in _HTML:
        raise NotAnArticle("not_html", f"Content-Type is {page.content_type}")
    read = decode(page.body, page.charset)
    refuse_binary(page.body, read.text, read.replaced)
    return parse_tree(read.text)


def _headline(root: HtmlElement, entry: FeedEntry | None) -> str:
    for path in ("//h1", "//meta[@property='og:title']/@content", "//title"):
        for found in root.xpath(path):
            text = " ".join((found if isinstance(found, str) else found.text_content()).split())
            if text:
                return text
    return entry.title or "" if entry else ""
