"""The publishers' feeds: RSS 2.0 with and without full text, Atom, RSS 1.0 (RDF), JSON Feed."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime
from email.utils import format_datetime
from html import escape
from urllib.parse import urlsplit

from workers.demo.content import Publisher, Story
from workers.demo.markup import blocks, byline, element, stamp


def feed_document(publisher: Publisher) -> tuple[str, str]:
    """Return the media type and the text of the publisher's feed."""
    return _FEEDS[publisher.feed](publisher)


def newest(publisher: Publisher) -> datetime:
    """Return when the feed last changed."""
    return max(story.modified or story.published for story in publisher.stories)


def address(publisher: Publisher, story: Story) -> str:
    """Return where the feed says that the story is."""
    return publisher.root + (story.old_path or story.path)


def _rss(publisher: Publisher, *, full: bool = False) -> tuple[str, str]:
    items = "".join(element("item", _rss_item(publisher, story, full=full)) for story in publisher.stories)
    channel = (
        element("title", escape(publisher.name))
        + element("link", f"{publisher.root}/")
        + element("description", escape(publisher.tagline))
        + element("ttl", "30")
        + items
    )
    spaces = 'xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:content="http://purl.org/rss/1.0/modules/content/"'
    return "application/rss+xml", f'{_XML}<rss version="2.0" {spaces}>{element("channel", channel)}</rss>\n'


def _rss_item(publisher: Publisher, story: Story, *, full: bool) -> str:
    return (
        element("title", escape(story.headline))
        + element("link", address(publisher, story))
        + element("guid", f"tag:{publisher.host},2025:{urlsplit(story.path).path}", isPermaLink="false")
        + element("pubDate", format_datetime(story.published, usegmt=True))
        + element("description", escape(story.dek or ""))
        + "".join(element("dc:creator", escape(name)) for name in story.authors)
        + "".join(element("category", escape(word)) for word in story.keywords)
        + (element("content:encoded", escape(blocks(story, "notice"))) if full else "")
    )


def _rss_full(publisher: Publisher) -> tuple[str, str]:
    return _rss(publisher, full=True)


def _atom(publisher: Publisher) -> tuple[str, str]:
    head = (
        element("id", f"{publisher.root}/")
        + element("title", escape(publisher.name))
        + element("updated", stamp(newest(publisher)))
        + element("author", element("name", escape(publisher.name)))
        + f'<link rel="self" href="{publisher.root}{publisher.feed_path}"/><link href="{publisher.root}/"/>'
    )
    entries = "".join(element("entry", _atom_entry(publisher, story)) for story in publisher.stories)
    return "application/atom+xml", f'{_XML}<feed xmlns="http://www.w3.org/2005/Atom">{head}{entries}</feed>\n'


def _atom_entry(publisher: Publisher, story: Story) -> str:
    return (
        element("id", f"tag:{publisher.host},2025:{story.path}")
        + element("title", escape(story.headline))
        + f'<link href="{escape(address(publisher, story))}"/>'
        + element("published", stamp(story.published))
        + element("updated", stamp(story.modified or story.published))
        + element("summary", escape(story.dek or ""))
        + "".join(element("author", element("name", escape(name))) for name in story.authors)
    )


def _rdf(publisher: Publisher) -> tuple[str, str]:
    places = [address(publisher, story) for story in publisher.stories]
    order = element("rdf:Seq", "".join(f'<rdf:li rdf:resource="{place}"/>' for place in places))
    channel = (
        f'<channel rdf:about="{publisher.root}{publisher.feed_path}">'
        + element("title", escape(publisher.name))
        + element("link", f"{publisher.root}/")
        + element("description", escape(publisher.tagline))
        + element("items", order)
        + "</channel>"
    )
    items = "".join(
        f'<item rdf:about="{place}">{element("title", escape(story.headline))}{element("link", place)}</item>'
        for place, story in zip(places, publisher.stories, strict=True)
    )
    spaces = 'xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/"'
    return "application/rdf+xml", f"{_XML}<rdf:RDF {spaces}>{channel}{items}</rdf:RDF>\n"


def _json(publisher: Publisher) -> tuple[str, str]:
    feed = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": publisher.name,
        "home_page_url": f"{publisher.root}/",
        "feed_url": publisher.root + publisher.feed_path,
        "language": "en",
        "items": [_json_item(publisher, story) for story in publisher.stories],
    }
    return "application/feed+json", json.dumps(feed, ensure_ascii=False, indent=1)


def _json_item(publisher: Publisher, story: Story) -> dict[str, object]:
    return {
        "id": address(publisher, story),
        "url": address(publisher, story),
        "title": story.headline,
        "summary": story.dek or "",
        "content_text": story.dek or "",
        "date_published": stamp(story.published),
        "authors": [{"name": name} for name in story.authors] or [{"name": byline(story) or publisher.name}],
        "tags": list(story.keywords),
    }


_XML = '<?xml version="1.0" encoding="utf-8"?>\n'
_FEEDS: dict[str, Callable[[Publisher], tuple[str, str]]] = {
    "rss": _rss,
    "rss-full": _rss_full,
    "atom": _atom,
    "rdf": _rdf,
    "json": _json,
}
