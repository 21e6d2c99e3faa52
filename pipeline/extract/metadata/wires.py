"""The marks of news agencies on a page: wire ids, the counter pixel of a republished text, the distributor."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from itertools import islice

from lxml import etree

from pipeline.extract.walk.clues import Clues
from pipeline.extract.walk.jsonld import items
from pipeline.extract.walk.lines import plain
from pipeline.extract.walk.linked import name_of

_MAX_IDS = 10
_MAX_TEXTS = 50
_DPA = re.compile(r"\bdpa:(\d{6}-\d{2,3}-\d{1,12})(?:-\d{1,4})?(?:\\?/(\d{1,4}))?")
_URN = re.compile(r"\burn:newsml:[\w.:-]{8,120}")
_STATE_URN = re.compile(
    r'"(?:master|story|article|content|wire|document|doc|external)[-_]?id"\s{0,4}:\s{0,4}"(urn:newsml:[\w.:-]{8,120})"',
    re.I,
)
_DPA_URN = re.compile(r"urn:newsml:dpa\.com:\d{8}:(\d{6}-\d{2,3}-\d{1,12})")
_PIXEL = re.compile(r"counter\.theconversation\.com/content/(\d{3,12})/")
_texts = etree.XPath(
    "//text()[contains(., 'dpa:') or contains(., 'urn:newsml:')][not(ancestor::script or ancestor::style)]",
    smart_strings=False,
)
_ARC = re.compile(r"Fusion\.globalContent\s?=\s?(?={)")
_FROM = re.compile(r"^\s*(?:source|quelle|fuente|fonte|来源|來源|nguồn)\s*[:：]\s*", re.I)


def read_wire_ids(clues: Clues) -> tuple[str, ...]:
    """Return the ids that agencies gave the story: "dpa:230428-99-483045/5", "urn:newsml:…", "theconversation:270911".

    The raw bytes are asked first: most pages hold none of the marks. Ids of pictures in scripts are not the story's.
    """
    body = clues.page.body
    found: list[str] = []
    if b"dpa:" in body or b"urn:newsml:" in body:
        found += [wire for text in _said(clues) for wire in _ids(text)]
    if b"counter.theconversation.com" in body:
        found += [f"theconversation:{story}" for story in _PIXEL.findall(body[:5_000_000].decode("ascii", "ignore"))]
    return tuple(dict.fromkeys(found))[:_MAX_IDS]


def _said(clues: Clues) -> Iterator[str]:
    """Yield the texts that may hold a wire id of the story."""
    yield from islice(_texts(clues.root), _MAX_TEXTS)
    yield from (
        content
        for contents in clues.metas.values()
        for content in contents
        if "dpa:" in content or "urn:newsml:" in content
    )
    for name in ("identifier", "articleBody", "copyrightNotice", "creditText"):
        yield from (item for item in items(clues.article.get(name), 5) if isinstance(item, str))
    for script in clues.scripts:
        if "urn:newsml:" in script:
            yield from _STATE_URN.findall(script)[:3]


def _ids(text: str) -> Iterator[str]:
    for story, version in _DPA.findall(text):
        yield f"dpa:{story}/{version}" if version else f"dpa:{story}"
    for urn in _URN.findall(text):
        yield urn.rstrip(".:-")
        if story := _DPA_URN.match(urn):
            yield f"dpa:{story[1]}"


def read_source_organization(clues: Clues) -> str | None:
    """Return the name of the organization that made the article, as the page's metadata writes it."""
    if name := name_of(clues.get("sourceOrganization"), 200):
        return name
    said = clues.meta("source", "article:source", "news_source", "itemprop:sourceorganization", limit=200)
    return _FROM.sub("", said) or None if said and "://" not in said else None


def read_provider(clues: Clues) -> str | None:
    """Return the name of who delivered the article: linked data's provider, else the wire in Arc's state."""
    if name := name_of(clues.get("provider"), 200):
        return name
    if b"Fusion.globalContent" not in clues.page.body:
        return None
    for script in clues.scripts:
        if '"distributor"' in script and (start := _ARC.search(script)):
            return _arc_distributor(script[start.end() :])
    return None


def _arc_distributor(state: str) -> str | None:
    """Return the wire that distributed the story itself, not one of its pictures."""
    try:
        story, _ = json.JSONDecoder(strict=False).raw_decode(state)
    except (ValueError, RecursionError):
        return None
    distributor = story.get("distributor") if isinstance(story, dict) else None
    if isinstance(distributor, dict) and distributor.get("category") == "wires":
        return plain(distributor.get("name"), 200)
    return None
