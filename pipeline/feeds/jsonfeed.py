"""JSON Feed 1.0 and 1.1 (https://www.jsonfeed.org/version/1.1/)."""

from __future__ import annotations

from typing import Any

import msgspec

from pipeline.errors import FeedUnreadable
from pipeline.feeds.raw import RawEntry, RawFeed


def read_json_feed(text: str, max_entries: int) -> RawFeed:
    """Return the feed. Fields of wrong types read as absent. Raises FeedUnreadable when it is no JSON Feed."""
    try:
        feed = msgspec.json.decode(text.replace("\\u0000", "").encode("utf-8", "replace"))
    except (msgspec.DecodeError, RecursionError) as error:
        raise FeedUnreadable("feed_parse_error", f"not valid JSON: {error}"[:300]) from error
    if not isinstance(feed, dict) or not _is_json_feed(feed):
        raise FeedUnreadable("feed_not_a_feed", "JSON, but no JSON Feed")
    items = [item for item in feed["items"] if isinstance(item, dict)]
    return RawFeed(
        version="json11" if "1.1" in str(feed.get("version")) else "json1",
        title=_text(feed, "title"),
        title_html=False,
        site_url=_text(feed, "home_page_url"),
        self_url=_text(feed, "feed_url"),
        hub_url=_hub(feed.get("hubs")),
        next_url=_text(feed, "next_url"),
        language=_text(feed, "language"),
        entries=tuple(_raw_entry(item) for item in items[:max_entries]),
        capped=max(0, len(items) - max_entries),
    )


def _is_json_feed(feed: dict[str, Any]) -> bool:
    """Some leave out or misspell the version; a list of items that have links or ids is a feed all the same."""
    items = feed.get("items")
    if not isinstance(items, list):
        return False
    if "jsonfeed" in str(feed.get("version")).lower():
        return True
    return any(isinstance(item, dict) and ("url" in item or "external_url" in item) for item in items)


def _raw_entry(item: dict[str, Any]) -> RawEntry:
    """The article's page is `url`; `external_url` is what a link blog's entry is about."""
    url, external = _text(item, "url"), _text(item, "external_url")
    entry_id = _id(item.get("id"))
    html, plain, summary = _text(item, "content_html"), _text(item, "content_text"), _text(item, "summary")
    web_id = (entry_id,) if entry_id and entry_id.startswith(("http://", "https://")) else ()
    return RawEntry(
        entry_id=entry_id,
        link=url or external,
        other_links=(*web_id, external) if url and external else web_id,
        title=_text(item, "title"),
        title_html=False,
        summary=summary or plain or html,
        summary_html=not summary and not plain,
        content_html=html,
        authors=_authors(item),
        published=_text(item, "date_published"),
        updated=_text(item, "date_modified"),
        categories=tuple(tag for tag in _list(item.get("tags")) if isinstance(tag, str)),
        language=_text(item, "language"),
    )


def _authors(item: dict[str, Any]) -> tuple[str, ...]:
    people = [*_list(item.get("authors")), item.get("author")]
    names = (_text(person, "name") for person in people if isinstance(person, dict))
    return tuple(dict.fromkeys(name for name in names if name))


def _hub(hubs: object) -> str | None:
    """Return the first WebSub hub; others ("rssCloud") speak another protocol. A hub without a type may be one."""
    named = (hub for hub in _list(hubs) if isinstance(hub, dict))
    found = (_text(hub, "url") for hub in named if (_text(hub, "type") or "websub").lower() == "websub")
    return next((url for url in found if url), None)


def _list(value: object) -> list[Any]:
    return value if isinstance(value, list) else []


def _id(value: object) -> str | None:
    """Return the id; numbers are taken as their digits, as the specification asks."""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return None
    return str(value)[:4_096].strip() or None


def _text(values: dict[str, Any], key: str) -> str | None:
    value = values.get(key)
    return value.strip() or None if isinstance(value, str) else None
