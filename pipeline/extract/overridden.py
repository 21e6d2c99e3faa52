"""Metadata and body where an operator's override says how to find them."""

from __future__ import annotations

from typing import Any

import msgspec
from lxml.html import HtmlElement

from pipeline.extract.body import Body
from pipeline.extract.body.blocks import read_blocks
from pipeline.extract.dates.timestamps import read_moment
from pipeline.extract.metadata.metadata import Metadata
from pipeline.extract.overrides import SiteRules, select, select_text
from pipeline.models import Author

_DATES = {"date_published": "datePublished", "date_modified": "dateModified"}
_TEXTS = {"headline": "headline", "description": "description", "section": "articleSection"}


def override_metadata(metadata: Metadata, root: HtmlElement, rules: tuple[SiteRules, ...]) -> Metadata:
    """Return the metadata with the fields that the overrides find; a selector that finds nothing changes nothing."""
    if not rules:
        return metadata
    changes: dict[str, Any] = {}
    fields = dict(metadata.fields)
    for field, name in {**_TEXTS, **_DATES, "authors": "authors"}.items():
        if value := _value(field, select_text(root, rules, field)):
            changes[field] = value
            fields[name] = "override"
    return msgspec.structs.replace(metadata, **changes, fields=fields)


def override_body(root: HtmlElement, rules: tuple[SiteRules, ...]) -> Body | None:
    """Return the text of the elements that the overrides name as the body; None when they name none."""
    found = select(root, rules, "body")
    texts = [
        text
        for one in found
        for text in ([one] if isinstance(one, str) else [block.text for block in read_blocks(one, everything=True)])
    ]
    return Body(text="\n\n".join(texts), source="override") if texts else None


def _value(field: str, texts: tuple[str, ...]) -> Any:
    if not texts:
        return None
    if field == "authors":
        return tuple(Author(name=text) for text in texts)
    if field in _DATES:
        moment = read_moment(texts[0])
        return moment.at() if moment else None
    return texts[0]
