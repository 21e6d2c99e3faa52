"""Well-formed RSS, RDF and Atom, read by libxml2 to what feedparser reads, at a fiftieth of its cost.

Whatever is unusual enough that feedparser might read it otherwise raises Unusual, and feedparser reads it.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

from lxml import etree
from msgspec.structs import replace

from pipeline.feeds.dates import read_date
from pipeline.feeds.fast_entry import EntryReader
from pipeline.feeds.markup import LANG, Unusual, inner_markup, leaf
from pipeline.feeds.names import Names
from pipeline.feeds.raw import RawFeed

#: How far into a body a document type may stand.
_HEAD_BYTES = 4_096
_RSS_VERSIONS = {"0.91": "rss091u", "0.92": "rss092", "0.93": "rss093", "0.94": "rss094"}
_ATOM_VERSIONS = {"0.1": "atom01", "0.2": "atom02", "0.3": "atom03"}
#: Whether a base address is declared anywhere.
_BASES = etree.XPath("boolean(//@xml:base | //@base)")
#: Fields of a feed whose text is kept as it is.
_PLAIN_FIELDS = frozenset(("language", "ttl", "sy_updateperiod", "sy_updatefrequency"))


def parse_xml(document: bytes) -> etree._Element:
    """Return the root of a well-formed document in UTF-8, no entity expanded. Raises Unusual for any other."""
    if b"<!ENTITY" in document[:_HEAD_BYTES]:
        raise Unusual("entities")
    parser = etree.XMLParser(
        encoding="utf-8", resolve_entities=False, no_network=True, remove_comments=True, remove_pis=True,
        collect_ids=False,
    )  # fmt: skip
    try:
        return etree.fromstring(document, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise Unusual(str(error)[:300]) from error


def read_feed(root: etree._Element, max_entries: int) -> RawFeed:
    """Return what the feed says. Raises Unusual for what is no RSS, RDF or Atom, or not plain enough."""
    names = Names()
    kind = names.of(root)
    version = _version(root, kind)
    channel = root if kind == "feed" else next((child for child in root if names.of(child) == "channel"), None)
    if channel is None:
        raise Unusual("no channel")
    items = list(_items(root, channel, names))
    if not items and any(names.of(element) in ("item", "entry") for element in root.iter(etree.Element)):
        raise Unusual("entries in a strange place")
    capped = max(0, len(items) - max_entries)
    if capped:
        items = _newest(items, max_entries, names)
    reader = EntryReader(names, atom=version.startswith("atom"), based=bool(_BASES(root)))
    facts = _raw_feed(channel, names, version)
    return replace(
        facts,
        language=facts.language or root.get(LANG) or channel.get(LANG),
        entries=tuple(reader.read(item) for item in items),
        capped=capped,
    )


def _version(root: etree._Element, kind: str) -> str:
    if kind == "rss":
        number = root.get("version", "")
        return "rss20" if number.startswith("2.") else _RSS_VERSIONS.get(number, "rss")
    if kind == "rdf_rdf":
        return "rss090" if "http://my.netscape.com/rdf/simple/0.9/" in root.nsmap.values() else "rss10"
    if kind == "feed":
        current = any(uri.lower() == "http://www.w3.org/2005/atom" for uri in root.nsmap.values())
        return "atom10" if current else _ATOM_VERSIONS.get(root.get("version", ""), "atom")
    raise Unusual(f"root {kind}")


def _items(root: etree._Element, channel: etree._Element, names: Names) -> Iterator[etree._Element]:
    for parent in (channel,) if channel is root else (channel, root):
        for child in parent:
            if names.of(child) in ("item", "entry"):
                yield child


def _newest(items: list[etree._Element], count: int, names: Names) -> list[etree._Element]:
    """Return the newest entries in document order; those without a date count as old."""
    old = datetime(1, 1, 1, tzinfo=UTC)
    late = datetime(9000, 1, 1, tzinfo=UTC)

    def date(item: etree._Element) -> datetime:
        raw = [child.text for child in item if names.of(child) in ("published", "updated") and child.text]
        return next(filter(None, (read_date(text, late) for text in raw)), old)

    dates = [date(item) for item in items]
    chosen = sorted(range(len(items)), key=dates.__getitem__, reverse=True)[:count]
    return [items[number] for number in sorted(chosen)]


def _raw_feed(channel: etree._Element, names: Names, version: str) -> RawFeed:
    """Return what the channel's own children say."""
    facts = _Facts(atom=version.startswith("atom"))
    for child in channel:
        facts.take(names.of(child), child)
    texts = facts.texts
    return RawFeed(
        version=version,
        title=facts.title[0] or None,
        title_html=facts.title[1],
        site_url=texts.get("site"),
        self_url=texts.get("self"),
        hub_url=texts.get("hub"),
        next_url=texts.get("next"),
        language=texts.get("language"),
        ttl=texts.get("ttl"),
        update_period=texts.get("sy_updateperiod"),
        update_frequency=texts.get("sy_updatefrequency"),
        skip_hours=facts.skipped.get("skiphours", ()),
        skip_days=facts.skipped.get("skipdays", ()),
    )


class _Facts:
    """A channel's own fields while they are read."""

    def __init__(self, *, atom: bool) -> None:
        self.atom = atom
        self.title: tuple[str, bool] = ("", True)
        self.texts: dict[str, str] = {}
        self.skipped: dict[str, tuple[str, ...]] = {}

    def take(self, name: str, child: etree._Element) -> None:
        """Add what a child of the channel says."""
        if name == "title" and not self.title[0]:
            self.title = inner_markup(child, atom=self.atom)
        elif name == "link":
            self._take_link(child)
        elif name in _PLAIN_FIELDS:
            self.texts[name] = leaf(child)
        elif name in ("skiphours", "skipdays"):
            self.skipped[name] = tuple(part.text or "" for part in child)

    def _take_link(self, link: etree._Element) -> None:
        href = link.get("href")
        rel = link.get("rel", "alternate").lower()
        if not href:
            self.texts["site"] = leaf(link) or self.texts.get("site", "")
        elif rel == "alternate" and "html" in link.get("type", "text/html").lower():
            self.texts["site"] = href
        elif rel in ("self", "hub", "next"):
            self.texts.setdefault(rel, href)
