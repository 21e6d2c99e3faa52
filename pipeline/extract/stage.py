"""The order of extraction: bytes, text, tree, metadata and notices, body, and the article made of them."""

from __future__ import annotations

from datetime import datetime
from importlib.metadata import version

import msgspec
from lxml.html import HtmlElement

from pipeline.errors import NotAnArticle
from pipeline.extract.body import Body, Hints, make_hints, read_body
from pipeline.extract.body.landscape import word_count
from pipeline.extract.charset import decode
from pipeline.extract.language import settle_language
from pipeline.extract.metadata.metadata import Metadata, read_metadata
from pipeline.extract.notices.html_notices import read_html_notices
from pipeline.extract.notices.notices import Stripped, strip_notices
from pipeline.extract.overridden import override_body, override_metadata
from pipeline.extract.overrides import apply_removals, rules_for
from pipeline.extract.profile import is_partial, read_profile, read_quality
from pipeline.extract.reader import Reader
from pipeline.extract.tree import parse_utf8, refuse_binary, without_controls
from pipeline.models import Article, ArticleFields, Author, FeedEntry, Notice, Page
from pipeline.text import clean_body, clean_line, cut_body
from pipeline.urls import registrable_domain

EXTRACTOR = f"wiredesk blocks 1, trafilatura {version('trafilatura')}"
_HTML = ("text/html", "application/xhtml+xml", "application/xml", "text/xml", None)


def extract_article(page: Page, entry: FeedEntry | None, reader: Reader) -> Article:
    """Return the article that the page holds; `entry` is what its feed said of it.

    Raises NotAnArticle: not_html, binary_content, no_text, too_short, too_large, too_deep.
    """
    root, replaced = _tree_of(page)
    site = rules_for(reader.overrides, page.url, page.fetched_at.date())
    apply_removals(root, site)
    metadata = override_metadata(read_metadata(root, page, entry), root, site)
    own = own_names(page, metadata)
    told = read_html_notices(root, reader.rules, own)
    body = override_body(root, site) or read_body(root, hints_of(metadata), metadata.article_body)
    article = _article(metadata, body, told, own, reader)
    return msgspec.structs.replace(article, quality=(*article.quality, *(("bad-characters",) if replaced else ())))


def extract_text(
    text: str,
    headline: str,
    reader: Reader,
    *,
    authors: tuple[str, ...] = (),
    published: datetime | None = None,
) -> Article:
    """Return the article of a row that is plain text already: paragraphs are its lines.

    Raises NotAnArticle: no_text.
    """
    if not clean_body(text, 1_000):
        raise NotAnArticle("no_text", "the text is empty")
    lines = "\n\n".join(line for line in text.splitlines() if line.strip())
    metadata = Metadata(
        headline=headline,
        authors=tuple(Author(name=name) for name in (clean_line(one, 200) for one in authors) if name),
        date_published=published,
    )
    return _article(metadata, Body(text=lines, source="text"), (), frozenset(), reader, least=1)


def hints_of(metadata: Metadata) -> Hints:
    """Return what the metadata say about the body's text."""
    return make_hints(
        headlines=(metadata.headline, *metadata.alternative_headlines),
        descriptions=(metadata.description,),
        names=tuple(author.name for author in metadata.authors),
        article=metadata.article_body,
        language=metadata.language,
        byline=metadata.byline,
    )


def own_names(page: Page, metadata: Metadata) -> frozenset[str]:
    """Return the names and domains under which the site is no source of its own articles."""
    return frozenset(filter(None, (metadata.site_name, registrable_domain(page.url))))


def _tree_of(page: Page) -> tuple[HtmlElement, int]:
    """Return the page's tree, and how many characters could not be read."""
    if page.content_type not in _HTML:
        raise NotAnArticle("not_html", f"Content-Type is {page.content_type}")
    read = decode(page.body, page.charset)
    data = without_controls(read.utf8)
    refuse_binary(page.body, read.replaced + len(read.utf8) - len(data), len(read.text))
    return parse_utf8(data), read.replaced


def _article(
    metadata: Metadata,
    body: Body,
    told: tuple[Notice, ...],
    own: frozenset[str],
    reader: Reader,
    *,
    least: int | None = None,
) -> Article:
    """Return the article of a body and its metadata. Raises NotAnArticle: no_text, too_short."""
    policy = reader.policy
    text = clean_body(body.text)
    limited = cut_body(text, policy.max_body_chars)
    headline = clean_line(metadata.headline or "", policy.max_headline_chars)
    stripped = strip_notices(
        limited,
        headline=headline,
        description=metadata.description,
        html_notices=told,
        rules=reader.rules,
        own_names=own,
    )
    _refuse_short(stripped, policy.min_body_chars if least is None else least)
    quality = read_quality(metadata, body, cut=len(limited) < len(text))
    return _filled(metadata, headline, stripped, quality)


def _refuse_short(stripped: Stripped, least: int) -> None:
    if not stripped.body:
        raise NotAnArticle("no_text", "no body text was found")
    if len(stripped.body) < least:
        raise NotAnArticle("too_short", f"{len(stripped.body)} characters of body text, {least} are needed")


def _filled(metadata: Metadata, headline: str, stripped: Stripped, quality: tuple[str, ...]) -> Article:
    partial = is_partial(quality)
    language, detected = settle_language(metadata.language, stripped.body)
    fields = {**metadata.fields, **({"language": "detected"} if detected else {})}
    shared = {name: getattr(metadata, name) for name in ArticleFields.__struct_fields__}
    return Article(
        **{
            **shared,
            "headline": headline,
            "body": stripped.body,
            "updates": stripped.updates,
            "notices": stripped.notices,
            "language": language,
            "fields": fields,
            "profile": read_profile(metadata, word_count(stripped.body), partial),
            "representation": "partial" if partial else "full",
            "quality": quality,
            "extractor": EXTRACTOR,
        }
    )
