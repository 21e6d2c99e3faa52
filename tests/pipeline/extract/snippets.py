"""Small pages of a fictional newsroom, the Amberly Courier, for the tests of metadata."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import lxml.html

from pipeline.extract.metadata.metadata import Metadata, read_metadata
from pipeline.extract.walk.clues import Clues
from pipeline.extract.walk.walk import collect
from pipeline.models import FeedEntry, Page

URL = "https://www.amberly-courier.example/harbour/2026/ferry-stays-until-spring"
NOW = datetime(2026, 3, 3, 12, tzinfo=UTC)


def linked(**fields: object) -> str:
    """Return a script with the linked data of a news article."""
    node = {"@context": "https://schema.org", "@type": "NewsArticle", **fields}
    return f'<script type="application/ld+json">{json.dumps(node)}</script>'


def document(head: str = "", body: str = "", lang: str = "") -> str:
    """Return a page of these parts."""
    language = f' lang="{lang}"' if lang else ""
    return f"<!doctype html><html{language}><head>{head}</head><body>{body}</body></html>"


def page(html: str, url: str = URL, headers: dict[str, str] | None = None) -> Page:
    """Return a page as the fetcher hands it over."""
    body = html.encode("utf-8", "replace")
    return Page(requested_url=url, url=url, status=200, headers=headers or {}, body=body, fetched_at=NOW)


def tree(html: str) -> lxml.html.HtmlElement:
    """Return the tree of a page."""
    parser = lxml.html.HTMLParser(encoding="utf-8", huge_tree=True)
    return lxml.html.document_fromstring(html.encode("utf-8", "replace"), parser=parser)


def clues(head: str = "", body: str = "", *, url: str = URL, entry: FeedEntry | None = None, lang: str = "") -> Clues:
    """Return the clues of a page of these parts."""
    html = document(head, body, lang)
    return collect(tree(html), page(html, url), entry)


def metadata(
    head: str = "",
    body: str = "",
    *,
    url: str = URL,
    entry: FeedEntry | None = None,
    headers: dict[str, str] | None = None,
    lang: str = "",
) -> Metadata:
    """Return the metadata of a page of these parts."""
    html = document(head, body, lang)
    return read_metadata(tree(html), page(html, url, headers), entry)
