"""News sitemaps, plain sitemaps and sitemap indexes (https://www.sitemaps.org/protocol.html, Google's news extension).

A sitemap's pages are entries. An index, version "sitemapindex", has none: its sitemaps stand in ParsedFeed.sitemaps,
newest first.
"""

from __future__ import annotations

from collections.abc import Iterable

from lxml import etree

from pipeline.feeds.markup import LANG
from pipeline.feeds.names import Names
from pipeline.feeds.raw import RawEntry, RawFeed


def read_sitemap(root: etree._Element, max_entries: int) -> RawFeed | None:
    """Return the sitemap or index, None when the root is neither. Entries past the cap are the oldest ones."""
    local = etree.QName(root).localname.lower() if isinstance(root.tag, str) else ""
    if local not in ("urlset", "sitemapindex"):
        return None
    names = Names()
    rows = [_raw_entry(row, names) for row in root.iterchildren(etree.Element)]
    rows = [row for row in rows if row.link]
    if len(rows) > max_entries or local == "sitemapindex":
        rows.sort(key=lambda row: row.published or row.updated or "", reverse=True)
    news = any(row.title for row in rows)
    version = "sitemapindex" if local == "sitemapindex" else "newssitemap" if news else "sitemap"
    return RawFeed(version=version, entries=tuple(rows[:max_entries]), capped=max(0, len(rows) - max_entries))


def _raw_entry(row: etree._Element, names: Names) -> RawEntry:
    """Return one <url> or <sitemap>; namespaces are often wrong, so local names decide."""
    fields: dict[str, str] = {}
    for element in row.iterdescendants(etree.Element):
        local = etree.QName(element).localname.lower()
        if "image" not in names.of(element) and element.text:
            fields.setdefault(local, element.text.strip())
    return RawEntry(
        link=fields.get("loc"),
        title=fields.get("title"),
        published=fields.get("publication_date"),
        updated=fields.get("lastmod"),
        language=fields.get("language") or row.get(LANG),
        categories=tuple(_split((fields.get("keywords", ""), fields.get("genres", "")))),
    )


def _split(lists: Iterable[str]) -> Iterable[str]:
    return (word.strip() for words in lists for word in words.split(",") if word.strip())
