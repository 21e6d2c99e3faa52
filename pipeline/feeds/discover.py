"""The feeds of a site: what its pages link to, what its robots.txt names, and where feeds usually are."""

from __future__ import annotations

import re
from collections.abc import Iterable
from html import unescape
from urllib.parse import urljoin, urlsplit

from pipeline.errors import FeedUnreadable
from pipeline.feeds.decode import decode_feed
from pipeline.feeds.links import absolute_link
from pipeline.feeds.parse import parse_feed
from pipeline.feeds.plain import plain_line
from pipeline.models import Page, Value
from pipeline.policies import PollPolicy

#: Where publishing software puts feeds, most usual first.
WELL_KNOWN = (
    "/feed/", "/rss.xml", "/atom.xml", "/feed.xml", "/index.xml", "/rss", "/feed.json", "/rss/", "/feeds/posts/default",
    "/news-sitemap.xml", "/sitemap-news.xml", "/sitemap_news.xml", "/news/sitemap.xml",
)  # fmt: skip

_TYPES = {
    "application/rss+xml": "rss", "application/atom+xml": "atom", "application/feed+json": "json",
    "application/rdf+xml": "rdf", "text/xml": "rss", "application/xml": "rss", "application/json": "json",
}  # fmt: skip
_SURE_TYPES = ("application/rss+xml", "application/atom+xml", "application/feed+json", "application/rdf+xml")
_LOOKED_AT = 1_048_576
_MAX_FOUND = 100
_TAG = re.compile(r"<(link|a|base)\s[^<>]{1,4000}>", re.IGNORECASE)
_ATTRIBUTE = re.compile(r"""([A-Za-z:-]{1,40})\s{0,10}=\s{0,10}(?:"([^"<>]*)"|'([^'<>]*)'|([^\s"'<>]+))""")
_FEED_PATH = re.compile(
    r"/(?:feed|rss|atom|rdf)(?:/|$)|[./](?:rss|atom|rdf)$|/(?:feed|rss|atom|index)\.(?:xml|rdf|json)$", re.I
)
_SITEMAP_LINE = re.compile(r"^\s{0,100}sitemap\s{0,10}:\s{0,10}(\S{1,2000})", re.IGNORECASE | re.MULTILINE)


class FoundFeed(Value, frozen=True, kw_only=True):
    """A feed that a site may have."""

    url: str
    title: str | None = None
    #: rss, atom, rdf, json, sitemap, unknown
    kind: str = "unknown"
    #: the page itself, link tag, link in the page, robots.txt, well-known path
    how: str


def discover(page: Page) -> tuple[FoundFeed, ...]:
    """Return the feeds that a page is or names, surest first, each URL once.

    A page that is a feed gives itself; an HTML page its <link rel=alternate> tags, then links that look like feeds.
    """
    own = _itself(page)
    if own is not None:
        return (own,)
    text = decode_feed(page, page.body[:_LOOKED_AT])
    tags = [(tag.group(1).lower(), _attributes(tag.group())) for tag in _TAG.finditer(text)]
    base = next(
        (urljoin(page.url, values["href"]) for name, values in tags if name == "base" and values.get("href")), page.url
    )
    named = [found for name, values in tags if name == "link" and (found := _named(values, base))]
    guessed = [found for name, values in tags if name == "a" and (found := _guessed(values, base))]
    return _each_once((*named, *guessed))


def sitemaps(robots: str, url: str) -> tuple[FoundFeed, ...]:
    """Return the sitemaps that a robots.txt names, those for news first. `url` is the address of the robots.txt."""
    found = [FoundFeed(url=link, kind="sitemap", how="robots.txt")
             for line in _SITEMAP_LINE.findall(robots[:524_288]) if (link := _link(line, url))]  # fmt: skip
    return _each_once(sorted(found, key=lambda feed: "news" not in urlsplit(feed.url).path.lower()))


def well_known(url: str) -> tuple[FoundFeed, ...]:
    """Return the addresses on the site of `url` where feeds usually are; most will not exist."""
    parts = urlsplit(url)
    return tuple(FoundFeed(url=f"{parts.scheme}://{parts.netloc}{path}", how="well-known path") for path in WELL_KNOWN)


def _itself(page: Page) -> FoundFeed | None:
    try:
        feed = parse_feed(page, PollPolicy(max_entries=1))
    except FeedUnreadable:
        return None
    kind = next((kind for kind in ("atom", "json", "sitemap", "rss") if kind in feed.version), "unknown")
    return FoundFeed(url=page.url, title=feed.title, kind=kind, how="the page itself")


def _named(values: dict[str, str], base: str) -> FoundFeed | None:
    """Return the feed of a <link>, None where it is none; plain XML and JSON types must look like a feed's address."""
    kind = values.get("type", "").partition(";")[0].strip().lower()
    rels = values.get("rel", "").lower().split()
    link = _link(values.get("href", ""), base)
    if link is None or kind not in _TYPES or not {"alternate", "feed"}.intersection(rels):
        return None
    if kind not in _SURE_TYPES and not _FEED_PATH.search(urlsplit(link).path):
        return None
    title = plain_line(values.get("title", ""), is_html=True, limit=200) or None
    return FoundFeed(url=link, title=title, kind=_TYPES[kind], how="link tag")


def _guessed(values: dict[str, str], base: str) -> FoundFeed | None:
    link = _link(values.get("href", ""), base)
    if link is None or not _FEED_PATH.search(urlsplit(link).path):
        return None
    return FoundFeed(url=link, title=plain_line(values.get("title", ""), is_html=True, limit=200) or None,
                     how="link in the page")  # fmt: skip


def _attributes(tag: str) -> dict[str, str]:
    """Return a tag's attributes, the first of each name."""
    values: dict[str, str] = {}
    for name, double, single, bare in _ATTRIBUTE.findall(tag):
        values.setdefault(name.lower(), unescape(double or single or bare).strip())
    return values


def _link(link: str, base: str) -> str | None:
    try:
        return absolute_link(link, base)
    except ValueError:
        return None


def _each_once(found: Iterable[FoundFeed]) -> tuple[FoundFeed, ...]:
    kept: dict[str, FoundFeed] = {}
    for feed in found:
        kept.setdefault(feed.url, feed)
    return tuple(kept.values())[:_MAX_FOUND]
