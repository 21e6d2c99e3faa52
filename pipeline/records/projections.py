"""Projections of a record into other formats, as UTF-8 JSON; loss-free for what the format can hold."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

from pipeline.codec import to_json
from pipeline.record import Record


def to_json_ld(record: Record) -> bytes:
    """Return a schema.org NewsArticle as JSON-LD."""
    original = record.syndication.original
    item = {
        "@context": "https://schema.org",
        "@type": "NewsArticle",
        "@id": record.uri,
        "url": record.url,
        "mainEntityOfPage": record.canonical_url,
        "headline": record.headline,
        "alternativeHeadline": list(record.alternative_headlines) or None,
        "description": record.description,
        "articleBody": record.article_body,
        "wordCount": record.word_count,
        "inLanguage": record.language,
        "author": [_known({"@type": "Person", "name": a.name, "url": a.url}) for a in record.authors] or None,
        "datePublished": record.date_published,
        "dateModified": record.date_modified,
        "articleSection": record.article_section,
        "keywords": list(record.keywords) or None,
        "image": [_known({"@type": "ImageObject", "url": i.url, "caption": i.caption}) for i in record.images] or None,
        "publisher": {"@type": "NewsMediaOrganization", "name": record.publisher.name, "url": record.publisher.url},
        "isBasedOn": original.url if original and record.syndication.role == "copy" else None,
        "copyrightNotice": record.copyright_notice,
        "license": record.license,
        "isAccessibleForFree": record.is_accessible_for_free,
        "version": record.version,
    }
    return to_json(_known(item))


def to_feed_item(record: Record) -> bytes:
    """Return a JSON Feed 1.1 item."""
    item = {
        "id": record.uri,
        "url": record.url,
        "title": record.headline,
        "summary": record.description,
        "content_text": record.article_body,
        "image": record.images[0].url if record.images else None,
        "date_published": record.date_published,
        "date_modified": record.date_modified,
        "authors": [_known({"name": author.name, "url": author.url}) for author in record.authors] or None,
        "tags": list(record.keywords) or None,
        "language": record.language,
    }
    return to_json(_known(item))


def _known(item: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in item.items() if value is not None}


#: By the name that `wiredesk records --format` takes.
PROJECTIONS: Mapping[str, Callable[[Record], bytes]] = MappingProxyType(
    {"json-ld": to_json_ld, "json-feed": to_feed_item}
)
