"""The door of parsing: the body of a feed in any of its formats → ParsedFeed."""

from __future__ import annotations

import re

from pipeline.errors import FeedUnreadable
from pipeline.feeds.decode import decode_feed, may_be_utf8, trim, unpack
from pipeline.feeds.fast import parse_xml, read_feed
from pipeline.feeds.jsonfeed import read_json_feed
from pipeline.feeds.judge import read_by_feedparser
from pipeline.feeds.markup import Unusual
from pipeline.feeds.raw import RawFeed
from pipeline.feeds.repair import escape_ampersands
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
    raw = _read_utf8(body, policy.max_entries) or _read_text(decode_feed(page, body), policy.max_entries)
    return apply_rules(raw, page, policy)


def _read_utf8(body: bytes, max_entries: int) -> RawFeed | None:
    """Return the feed where the body is well-formed XML in UTF-8, as nearly all are; None for any other."""
    document = trim(body)
    if not document.startswith(b"<") or not may_be_utf8(document):
        return None
    try:
        return _read_xml(document, max_entries)
    except Unusual:
        return None


def _read_xml(document: bytes, max_entries: int) -> RawFeed:
    root = parse_xml(document)
    return read_sitemap(root, max_entries) or read_feed(root, max_entries)


def _read_text(text: str, max_entries: int) -> RawFeed:
    if not text:
        raise FeedUnreadable("feed_empty_body", "the body is empty")
    if text[0] in "{[":
        return read_json_feed(text, max_entries)
    if _is_html(text):
        raise FeedUnreadable("feed_is_html", "a web page came where a feed was")
    if text[0] != "<" and not _FEED_ROOT.search(text[:_HEAD_CHARS]):
        raise FeedUnreadable("feed_not_a_feed", f"neither XML nor JSON: {text[:60]!r}")
    for repair in (str, escape_ampersands):
        try:
            return _read_xml(repair(text).encode("utf-8", "replace"), max_entries)
        except Unusual:
            continue
    return read_by_feedparser(text, max_entries)


def _is_html(text: str) -> bool:
    """Return whether this is a web page. Some feeds have an HTML document type before a feed's root."""
    return bool(_HTML.match(text)) and not _FEED_ROOT.search(text[:_HEAD_CHARS])
