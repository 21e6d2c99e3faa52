"""The door of parsing: the body of a feed in any of its formats → ParsedFeed."""

from __future__ import annotations

import re

from pipeline.errors import FeedUnreadable
from pipeline.feeds.decode import decode_feed, unpack
from pipeline.feeds.fast import parse_xml, read_feed
from pipeline.feeds.jsonfeed import read_json_feed
from pipeline.feeds.judge import read_by_feedparser
from pipeline.feeds.markup import Unusual
from pipeline.feeds.raw import RawFeed
from pipeline.feeds.rules import apply_rules
from pipeline.feeds.sitemap import read_sitemap
from pipeline.models import Page, ParsedFeed
from pipeline.policies import PollPolicy

#: A gz sitemap may unfold to this.
MAX_UNPACKED_BYTES = 52_428_800
_HTML = re.compile(
    r"(?:<!--.{0,2000}?-->\s{0,200})?<(?:!doctype\s{1,20}html|html|head|body)\b", re.IGNORECASE | re.DOTALL
)
_FEED_ROOT = re.compile(r"<(?:[A-Za-z0-9]{1,20}:)?(?:rss|feed|rdf|urlset|sitemapindex)[\s>]", re.IGNORECASE)
_HEAD_CHARS = 16_384


def parse_feed(page: Page, policy: PollPolicy) -> ParsedFeed:
    """Return the feed: RSS, RDF, Atom, JSON Feed, sitemap or sitemap index.

    Raises FeedUnreadable with feed_empty_body, feed_is_html, feed_not_a_feed, feed_parse_error, feed_too_large or
    feed_bad_gzip, and nothing else. A feed without entries is no error.
    """
    body = unpack(page.body, MAX_UNPACKED_BYTES)
    text = decode_feed(page, body)
    if not text:
        raise FeedUnreadable("feed_empty_body", "the body is empty")
    return apply_rules(_read(text, page.url, policy.max_entries), page, policy)


def _read(text: str, url: str, max_entries: int) -> RawFeed:
    if text[0] in "{[":
        return read_json_feed(text, max_entries)
    if _is_html(text):
        raise FeedUnreadable("feed_is_html", "a web page came where a feed was")
    if text[0] != "<" and not _FEED_ROOT.search(text[:_HEAD_CHARS]):
        raise FeedUnreadable("feed_not_a_feed", f"neither XML nor JSON: {text[:60]!r}")
    try:
        root = parse_xml(text)
        return read_sitemap(root, max_entries) or read_feed(root, max_entries)
    except Unusual:
        return read_by_feedparser(text, url, max_entries)


def _is_html(text: str) -> bool:
    """Return whether this is a web page. Some feeds have an HTML document type before a feed's root."""
    return bool(_HTML.match(text)) and not _FEED_ROOT.search(text[:_HEAD_CHARS])
