"""Feeds as feedparser reads them: the judge of what a feed says, and the reader of whatever is not well-formed.

feedparser opens strings and bytes as file names, so it gets a stream; it raises on hostile content and takes quadratic
time on some, so the text is checked first and the call is guarded (and runs in a child process with limits besides).
"""

from __future__ import annotations

import io
import re
from typing import Any

import feedparser

from pipeline.errors import FeedUnreadable
from pipeline.feeds.links import unescape_parameters
from pipeline.feeds.raw import RawEntry, RawFeed

MAX_ATTRIBUTES = 256
#: feedparser looks for e-mail addresses in names with a quadratic pattern.
_MAX_NAME_CHARS = 1_000

_LONG_TAG = re.compile(r"<[A-Za-z][^<>]{4096,}>")
_TAG_NAME = re.compile(r"<[^\s/>]+")
_LONG_NAME = re.compile(
    r"(<(?:[A-Za-z]{1,20}:)?(?:author|creator|name|managingEditor|webMaster|publisher|contributor)\b[^<>]{0,500}>"
    rf"(?:<!\[CDATA\[)?[^<]{{{_MAX_NAME_CHARS}}})[^<\]]+",
    re.IGNORECASE,
)
_ENTRY_START = re.compile(r"<(?:[A-Za-z0-9]{1,20}:)?(?:item|entry)[\s>/]", re.IGNORECASE)
_BLANK_LINES = re.compile(r"\s{200,}")
_BAD_REFERENCE = re.compile(r"&#(?:[xX]([0-9A-Fa-f]{1,30})|([0-9]{1,30}));?")
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufffe\uffff\ud800-\udfff]")


def read_by_feedparser(text: str, max_entries: int) -> RawFeed:
    """Return the feed as feedparser reads it. Raises FeedUnreadable when it finds no feed in the text."""
    text, capped = _defuse(text, max_entries)
    stream = io.BytesIO(text.encode("utf-8", "replace"))
    headers = {"content-type": "application/xml; charset=utf-8"}
    try:
        found = feedparser.parse(stream, response_headers=headers, sanitize_html=False, resolve_relative_uris=False)
        raw = _raw_feed(found, capped)
    except Exception as error:  # feedparser lets KeyError, OverflowError, UnicodeError and others out on bad content
        raise FeedUnreadable("feed_parse_error", f"{type(error).__name__}: {error}"[:300]) from error
    if not raw.version and not raw.entries:
        raise FeedUnreadable("feed_not_a_feed", _why(found))
    return raw


def _why(found: Any) -> str:
    cause = found.get("bozo_exception")
    return f"no feed in it ({type(cause).__name__}: {cause})"[:300] if cause else "no feed in it"


def _defuse(text: str, max_entries: int) -> tuple[str, int]:
    """Return the text without what is known to hang or break feedparser, and how many entries were cut off."""
    capped = 0
    starts = [found.start() for found in _ENTRY_START.finditer(text)]
    if len(starts) > max_entries:
        capped = len(starts) - max_entries
        text = text[: starts[max_entries]]
    text = _BLANK_LINES.sub("\n", text)
    text = _LONG_TAG.sub(_short_tag, text)
    text = _LONG_NAME.sub(r"\1", text)
    text = _BAD_REFERENCE.sub(_safe_reference, text)
    return _CONTROL.sub("", text), capped


def _short_tag(tag: re.Match[str]) -> str:
    """Return a tag of very many attributes without them, any other as it is."""
    whole = tag.group()
    if whole.count("=") <= MAX_ATTRIBUTES:
        return whole
    name = _TAG_NAME.match(whole)
    return f"{name.group() if name else '<x'}>"


def _safe_reference(reference: re.Match[str]) -> str:
    """Return a character reference as it is, or U+FFFD for one that no character can have."""
    base, digits = (16, reference.group(1)) if reference.group(1) else (10, reference.group(2))
    code = int(digits, base)
    legal = code in (9, 10, 13) or 0x20 <= code < 0xD800 or 0xE000 <= code < 0xFFFE or 0x10000 <= code < 0x110000
    return reference.group() if legal else "\ufffd"


def _raw_feed(found: Any, capped: int) -> RawFeed:
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
