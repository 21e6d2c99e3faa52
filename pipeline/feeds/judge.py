"""Feeds as feedparser reads them: the judge of what a feed says, and the reader of whatever is not well-formed.

feedparser opens strings and bytes as file names, so it gets a stream; it raises on hostile content and takes quadratic
time on some, so the text is checked first and the call is guarded (and runs in a child process with limits besides).
"""

from __future__ import annotations

import io
from typing import Any

import feedparser

from pipeline.errors import FeedUnreadable
from pipeline.feeds.defuse import defuse, split_entries
from pipeline.feeds.links import unescape_parameters
from pipeline.feeds.raw import RawEntry, RawFeed


def read_by_feedparser(text: str, max_entries: int) -> RawFeed:
    """Return the feed as feedparser reads it, without the entries on which it fails.

    Raises FeedUnreadable with feed_not_a_feed when it finds no feed in the text, feed_parse_error when it fails on all.
    """
    head, pieces, capped = split_entries(defuse(text), max_entries)
    try:
        found, unreadable = _parse(head + "".join(pieces)), 0
    except Exception as error:  # feedparser lets KeyError, OverflowError, UnicodeError and others out on bad content
        parts = _salvage(head, pieces)
        if not parts:
            raise FeedUnreadable("feed_parse_error", f"{type(error).__name__}: {error}"[:300]) from error
        found = parts[0]
        found.entries = [entry for part in parts for entry in part.entries]
        unreadable = max(0, len(pieces) - len(found.entries))
    raw = _raw_feed(found, capped, unreadable)
    if not raw.version and not raw.entries:
        cause = found.get("bozo_exception")
        raise FeedUnreadable("feed_not_a_feed", f"no feed in it ({type(cause).__name__}: {cause})"[:300])
    return raw


def _parse(text: str) -> Any:
    stream = io.BytesIO(text.encode("utf-8", "replace"))
    headers = {"content-type": "application/xml; charset=utf-8"}
    return feedparser.parse(stream, response_headers=headers, sanitize_html=False, resolve_relative_uris=False)


def _salvage(head: str, pieces: list[str]) -> list[Any]:
    """Return what feedparser reads of the halves of a feed, and of their halves, but for the entries it fails on."""
    if len(pieces) < 2:
        return []
    middle = len(pieces) // 2
    parts = []
    for half in (pieces[:middle], pieces[middle:]):
        try:
            parts.append(_parse(head + "".join(half)))
        except Exception:  # as above; this half is halved again
            parts.extend(_salvage(head, half))
    return parts


def _raw_feed(found: Any, capped: int, unreadable: int) -> RawFeed:
    feed = found.feed
    links = feed.get("links") or []
    return RawFeed(
        version=found.version or "",
        title=_text(feed.get("title")),
        title_html=_is_html(feed, "title", found.version),
        site_url=_text(feed.get("link")),
        self_url=_rel(links, "self"),
        hub_url=_rel(links, "hub"),
        next_url=_rel(links, "next"),
        language=_text(feed.get("language")),
        ttl=_text(feed.get("ttl")),
        update_period=_text(feed.get("sy_updateperiod")),
        update_frequency=_text(feed.get("sy_updatefrequency")),
        skip_hours=_numbers(feed.get("hour")),
        skip_days=_numbers(feed.get("day")),
        entries=tuple(_raw_entry(entry, found.version or "") for entry in found.entries),
        capped=capped,
        unreadable=unreadable,
    )


def _raw_entry(entry: Any, version: str) -> RawEntry:
    link, entry_id = _text(entry.get("link")), _text(entry.get("id"))
    source = entry.get("source") or {}
    content = _content(entry)
    detail = entry.get("title_detail") or {}
    return RawEntry(
        entry_id=entry_id,
        link=unescape_parameters(link) if link else None,
        other_links=_others(entry, entry_id),
        original_link=_text(entry.get("feedburner_origlink")),
        title=_text(entry.get("title")),
        title_html=_is_html(entry, "title", version),
        summary=_summary(entry, content),
        summary_html=_is_html(entry, "summary", version),
        content_html=content,
        authors=_authors(entry),
        published=_text(entry.get("published")) or _text(entry.get("created")),
        updated=_text(dict.get(entry, "updated")),
        categories=tuple(tag["term"] for tag in entry.get("tags") or () if isinstance(tag.get("term"), str)),
        language=_text(detail.get("language")),
        source_name=_text(source.get("title")),
        source_url=_text(source.get("href")) or _text(source.get("link")),
        base=_text(detail.get("base")),
    )


def _others(entry: Any, entry_id: str | None) -> tuple[str, ...]:
    alternates = [
        link["href"]
        for link in entry.get("links") or ()
        if link.get("rel") == "alternate" and isinstance(link.get("href"), str)
    ]
    web_id = [entry_id] if entry_id and entry_id.startswith(("http://", "https://")) else []
    return (*web_id, *alternates)


def _is_html(values: Any, name: str, version: str) -> bool:
    """Return whether a text is HTML: RSS never says so truly, Atom does."""
    if not (version or "").startswith("atom"):
        return True
    return "html" in ((values.get(f"{name}_detail") or {}).get("type") or "")


def _summary(entry: Any, content: str | None) -> str | None:
    """Return the entry's own summary, not the copy of the content that feedparser puts in its place."""
    summary = _text(entry.get("summary"))
    return None if summary == content else summary


def _content(entry: Any) -> str | None:
    for content in entry.get("content") or ():
        if content.get("value") and "html" in (content.get("type") or ""):
            return str(content["value"])
    return None


def _authors(entry: Any) -> tuple[str, ...]:
    people = entry.get("authors") or ()
    names = [person["name"] for person in people if isinstance(person.get("name"), str)]
    whole = entry.get("author")
    return tuple(names) or ((whole,) if isinstance(whole, str) else ())


def _rel(links: Any, rel: str) -> str | None:
    return next((link["href"] for link in links if link.get("rel") == rel and isinstance(link.get("href"), str)), None)


def _text(value: Any) -> str | None:
    return value if isinstance(value, str) and value else None


def _numbers(value: Any) -> tuple[str, ...]:
    """Return the one <hour> or <day> that feedparser keeps of several."""
    return (value,) if isinstance(value, str) and value else ()
