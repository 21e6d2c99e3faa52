"""The rules for entries: which URL, which id, which dates; what is left out is counted by reason."""

from __future__ import annotations

from collections import Counter

from pipeline.feeds.dates import MAX_DATE_CHARS, read_date
from pipeline.feeds.hints import read_days, read_hours, read_period, read_ttl
from pipeline.feeds.links import absolute_link, header_link
from pipeline.feeds.plain import plain_line
from pipeline.feeds.raw import RawEntry, RawFeed
from pipeline.models import FeedEntry, Page, ParsedFeed
from pipeline.policies import PollPolicy

MAX_TITLE_CHARS = 1_000
#: A longer description is cut as a summary, and kept whole as content.
MAX_SUMMARY_CHARS = 600
MAX_ID_CHARS = 2_048
MAX_CONTENT_CHARS = 2_000_000
MAX_AUTHORS = 20
MAX_CATEGORIES = 50


def apply_rules(raw: RawFeed, page: Page, policy: PollPolicy) -> ParsedFeed:
    """Return the feed with the entries that can be followed, in document order, each URL once."""
    is_index = raw.version == "sitemapindex"
    dropped: Counter[str] = Counter(capped=raw.capped, entry_unreadable=raw.unreadable)
    shared = _shared_ids(raw.entries)
    entries: dict[str, FeedEntry] = {}
    for item in raw.entries:
        entry = _entry(item, raw, page, dropped, shared)
        if entry is None:
            continue
        if entry.url in entries:
            dropped["duplicate_link"] += 1
        elif len(entries) == policy.max_entries:
            dropped["capped"] += 1
        else:
            entries[entry.url] = entry
    return ParsedFeed(
        version=raw.version,
        title=_line(raw.title, raw.title_html, MAX_TITLE_CHARS),
        site_url=_web(raw.site_url, page.url),
        self_url=_web(raw.self_url, page.url),
        hub_url=_web(raw.hub_url or header_link(page.headers.get("link", ""), "hub"), page.url),
        next_url=_web(raw.next_url, page.url),
        language=_language(raw.language),
        ttl_s=read_ttl(raw.ttl),
        update_period_s=read_period(raw.update_period, raw.update_frequency),
        skip_hours=read_hours(raw.skip_hours),
        skip_days=read_days(raw.skip_days),
        sitemaps=tuple(entries) if is_index else (),
        entries=() if is_index else tuple(entries.values()),
        dropped={reason: count for reason, count in dropped.items() if count},
    )


def _entry(item: RawEntry, raw: RawFeed, page: Page, dropped: Counter[str], shared: frozenset[str]) -> FeedEntry | None:
    url, reason = _choose_link(item, page.url)
    if url is None:
        dropped[reason] += 1
        return None
    entry_id = item.entry_id and _id(item.entry_id)
    content = item.content_html
    summary = item.summary
    # RSS has one date, and where that is a dc:date it is the publication's.
    published = item.published or (None if raw.version.startswith("atom") else item.updated)
    if content is None and summary is not None and item.summary_html and len(summary) > MAX_SUMMARY_CHARS:
        content = summary
    return FeedEntry(
        url=url,
        feed_url=page.requested_url,
        entry_id=entry_id if entry_id and entry_id not in shared else None,
        title=_line(item.title, item.title_html, MAX_TITLE_CHARS),
        summary=_line(summary, item.summary_html, MAX_SUMMARY_CHARS),
        content_html=content and content[:MAX_CONTENT_CHARS],
        authors=_lines(item.authors, MAX_AUTHORS),
        published=read_date(published, page.fetched_at),
        published_raw=plain_line(published, is_html=False, limit=MAX_DATE_CHARS) if published else None,
        updated=read_date(item.updated, page.fetched_at),
        categories=_lines(item.categories, MAX_CATEGORIES),
        language=_language(item.language or raw.language),
        source_name=_line(item.source_name, True, MAX_TITLE_CHARS),
        source_url=_web(item.source_url, page.url),
    )


def _choose_link(item: RawEntry, feed_url: str) -> tuple[str | None, str]:
    """Return the first link that can be followed, or None and the reason.

    Order: feedburner:origLink, the entry's link, an id that is a link, other alternates. Relative links are taken
    from xml:base, then from the feed's own address.
    """
    reason = "entry_without_link"
    base = absolute_base(item.base, feed_url)
    for link in (item.original_link, item.link, *item.other_links):
        if not link:
            continue
        try:
            url = absolute_link(link, base)
        except ValueError:
            reason = "scheme_not_allowed"
            continue
        if url and url != feed_url:
            return url, ""
    return None, reason


def absolute_base(base: str | None, feed_url: str) -> str:
    """Return the address that relative links are taken from."""
    return _web(base, feed_url) or feed_url


def _shared_ids(entries: tuple[RawEntry, ...]) -> frozenset[str]:
    """Return ids that entries with different links share: a template's mistake, they identify nothing."""
    links: dict[str, str | None] = {}
    shared = set()
    for entry in entries:
        if entry.entry_id and links.setdefault(entry.entry_id, entry.link) != entry.link:
            shared.add(_id(entry.entry_id))
    return frozenset(shared)


def _id(entry_id: str) -> str:
    return plain_line(entry_id, is_html=False, limit=MAX_ID_CHARS)


def _web(link: str | None, base: str) -> str | None:
    try:
        return absolute_link(link, base) if link else None
    except ValueError:
        return None


def _line(text: str | None, is_html: bool, limit: int) -> str | None:
    return (plain_line(text, is_html=is_html, limit=limit) or None) if text else None


def _lines(texts: tuple[str, ...], count: int) -> tuple[str, ...]:
    if not texts:
        return ()
    lines = (plain_line(text, is_html=True, limit=500) for text in texts[:count])
    return tuple(dict.fromkeys(line for line in lines if line))


def _language(language: str | None) -> str | None:
    if not language:
        return None
    tag = language.strip().replace("_", "-")
    return tag if 2 <= len(tag) <= 35 and tag.replace("-", "").isalnum() and tag.isascii() else None
