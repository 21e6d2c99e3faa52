"""Feeds of a fictional newsroom, put together for a test."""

from __future__ import annotations

from datetime import UTC, datetime

from pipeline.feeds import parse_feed
from pipeline.models import Page, ParsedFeed
from pipeline.policies import PollPolicy

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
FEED_URL = "https://news.example/feeds/all.xml"
POLICY = PollPolicy()


def page(body: str | bytes, *, charset: str | None = None, url: str = FEED_URL) -> Page:
    """Return an answer with the body."""
    data = body.encode("utf-8", "surrogatepass") if isinstance(body, str) else body
    return Page(requested_url=url, url=url, status=200, body=data, charset=charset, fetched_at=NOW)


def parse(body: str | bytes, policy: PollPolicy = POLICY, *, charset: str | None = None) -> ParsedFeed:
    """Return the parsed body."""
    return parse_feed(page(body, charset=charset), policy)


def rss(items: str, head: str = "") -> str:
    """Return an RSS 2.0 feed."""
    return (
        '<rss version="2.0" xmlns:atom="http://www.w3.org/2005/Atom" xmlns:dc="http://purl.org/dc/elements/1.1/"'
        ' xmlns:content="http://purl.org/rss/1.0/modules/content/"'
        ' xmlns:sy="http://purl.org/rss/1.0/modules/syndication/"'
        ' xmlns:feedburner="http://rssnamespace.org/feedburner/ext/1.0">'
        f"<channel><title>The Harbour Gazette</title><link>https://news.example/</link>{head}{items}</channel></rss>"
    )


def item(url: str, more: str = "") -> str:
    """Return an RSS item."""
    return f"<item><title>Ferry reopens</title><link>{url}</link>{more}</item>"


def atom(entries: str, head: str = "") -> str:
    """Return an Atom 1.0 feed."""
    return f'<feed xmlns="http://www.w3.org/2005/Atom"><title>The Harbour Gazette</title><id>urn:x</id>{head}{entries}</feed>'
