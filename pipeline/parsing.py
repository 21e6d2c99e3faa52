"""What is done with foreign bytes: a page becomes an article with its fingerprint, a feed its entries. Pure."""

from __future__ import annotations

from pipeline.copies import fingerprint
from pipeline.extract import Reader, extract_article, extract_text
from pipeline.models import Article, Extracted, FeedEntry, Page, PlainText
from pipeline.policies import CopyPolicy


def parse_page(page: Page, entry: FeedEntry | None, reader: Reader, copies: CopyPolicy) -> Extracted:
    """Return the article of a page with its fingerprint. Raises NotAnArticle."""
    return _with_fingerprint(extract_article(page, entry, reader), copies)


def parse_text(plain: PlainText, reader: Reader, copies: CopyPolicy) -> Extracted:
    """Return the article of a plain text with its fingerprint. Raises NotAnArticle."""
    article = extract_text(
        plain.text, plain.headline or "", reader, authors=plain.authors, published=plain.date_published
    )
    return _with_fingerprint(article, copies)


def _with_fingerprint(article: Article, copies: CopyPolicy) -> Extracted:
    return Extracted(article=article, fingerprint=fingerprint(article.body, copies))
