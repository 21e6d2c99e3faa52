"""Lists of feeds: OPML 2.0 (http://opml.org/spec2.opml) in and out, and plain text with one URL a line."""

from __future__ import annotations

import re
from xml.sax.saxutils import quoteattr

from lxml import etree

from pipeline.errors import ConfigError
from pipeline.feeds.links import absolute_link
from pipeline.models import Feed

_ROOTS = ("<?xml", "<opml", "<!doctype opml", "<!--")
_MAX_DEPTH = 20
#: feed:https://… and feed://…, which browsers gave to feed readers once.
_FEED_SCHEME = re.compile(r"^feed:(//)?", re.IGNORECASE)


def read_feed_list(data: bytes, name: str = "list") -> tuple[tuple[Feed, ...], tuple[str, ...]]:
    """Return the feeds of an OPML file or a plain list, each URL once, and a line for each part that is no feed.

    Raises ConfigError when an OPML file is not well-formed. `name` stands before the line numbers.
    """
    text = data.decode("utf-8-sig", "replace")
    if text.lstrip()[:13].lower().startswith(_ROOTS):
        return read_opml(data, name)
    return read_lines(text, name)


def read_lines(text: str, name: str = "list") -> tuple[tuple[Feed, ...], tuple[str, ...]]:
    """Return the feeds of a list with one URL a line; "#" begins a comment."""
    feeds: dict[str, Feed] = {}
    wrong: list[str] = []
    for number, line in enumerate(text.splitlines(), start=1):
        url = line.strip()
        if url and not url.startswith("#"):
            _add(feeds, wrong, Feed(url=url.split(" #", 1)[0].strip()), f"{name}, line {number}")
    return tuple(feeds.values()), tuple(wrong)


def read_opml(data: bytes, name: str = "OPML") -> tuple[tuple[Feed, ...], tuple[str, ...]]:
    """Return the feeds with their groups (outer outlines and `category`), and a line for each outline that is bad.

    Raises ConfigError with the line when the file is not well-formed.
    """
    parser = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=False, collect_ids=False)
    try:
        root = etree.fromstring(data.lstrip(), parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise ConfigError(f"{name} is not well-formed XML: {error}") from error
    feeds: dict[str, Feed] = {}
    wrong: list[str] = []
    for outline in root.iter("{*}outline"):
        url = _attribute(outline, "xmlUrl") or (
            _attribute(outline, "url") if (_attribute(outline, "type") or "").lower() in ("rss", "atom") else None
        )
        if url is None:
            if not len(outline):
                wrong.append(f"{name}, line {outline.sourceline}: outline without xmlUrl")
            continue
        title = _attribute(outline, "title") or _attribute(outline, "text")
        feed = Feed(url=url, title=title if title != url else None, groups=_groups(outline))
        _add(feeds, wrong, feed, f"{name}, line {outline.sourceline}")
    return tuple(feeds.values()), tuple(wrong)


def write_opml(feeds: tuple[Feed, ...], title: str = "wiredesk feeds") -> bytes:
    """Return the feeds as OPML 2.0: one outline for each group; a feed of several groups stands in each."""
    groups: dict[str, list[Feed]] = {}
    for feed in feeds:
        for group in feed.groups or ("",):
            groups.setdefault(group, []).append(feed)
    lines = ['<?xml version="1.0" encoding="UTF-8"?>', '<opml version="2.0">']
    lines += [f"  <head><title>{_escape(title)}</title></head>", "  <body>"]
    lines += [_outline(feed, "    ") for feed in groups.pop("", [])]
    for group, members in sorted(groups.items()):
        lines.append(f"    <outline text={_quote(group)}>")
        lines += [_outline(feed, "      ") for feed in members]
        lines.append("    </outline>")
    return "\n".join([*lines, "  </body>", "</opml>", ""]).encode()


def _add(feeds: dict[str, Feed], wrong: list[str], feed: Feed, where: str) -> None:
    """Add the feed under its URL; one that is there already takes the groups over."""
    address = _FEED_SCHEME.sub(lambda scheme: "https://" if scheme.group(1) else "", feed.url)
    try:
        url = absolute_link(address, "")
    except ValueError:
        url = None
    if url is None or not url.startswith(("http://", "https://")):
        wrong.append(f"{where}: not an http(s) address: {feed.url[:200]!r}")
        return
    known = feeds.get(url)
    groups = tuple(dict.fromkeys((*(known.groups if known else ()), *feed.groups)))
    feeds[url] = Feed(url=url, title=(known.title if known else None) or feed.title, groups=groups)


def _groups(outline: etree._Element) -> tuple[str, ...]:
    outer = [
        _attribute(parent, "text") or _attribute(parent, "title") or ""
        for parent in outline.iterancestors("{*}outline")
    ]
    path = "/".join(part for part in reversed(outer[:_MAX_DEPTH]) if part)
    listed = (part.strip().strip("/") for part in (_attribute(outline, "category") or "").split(","))
    return tuple(dict.fromkeys(group for group in (path, *listed) if group))


def _attribute(element: etree._Element, name: str) -> str | None:
    """Return the attribute, whatever its case: xmlUrl, xmlurl and XMLURL are all met."""
    value = element.get(name)
    if value is None:
        value = next((found for key, found in element.attrib.items() if key.lower() == name.lower()), None)
    return value.strip() or None if value is not None else None


def _outline(feed: Feed, indent: str) -> str:
    name = _quote(feed.title or feed.url)
    return f'{indent}<outline type="rss" text={name} title={name} xmlUrl={_quote(feed.url)}/>'


def _quote(text: str) -> str:
    return quoteattr(_printable(text))


def _escape(text: str) -> str:
    return _printable(text).replace("&", "&amp;").replace("<", "&lt;")


def _printable(text: str) -> str:
    """Return the text without what XML cannot hold."""
    return "".join(
        char for char in text if char in "\t\n\r" or (char.isprintable() and not 0xD800 <= ord(char) < 0xE000)
    )
