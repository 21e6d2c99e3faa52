"""What the walks over a page collect for its metadata."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from itertools import islice
from urllib.parse import urlsplit

from lxml import etree
from lxml.html import HtmlElement

from pipeline.extract.walk.headings import around, most_like, visible
from pipeline.extract.walk.jsonld import Node, index_by_id, read_nodes
from pipeline.extract.walk.lines import plain
from pipeline.extract.walk.linked import article_node, field, name_of
from pipeline.extract.walk.marks import is_foreign, kinds_of
from pipeline.models import FeedEntry, Page
from pipeline.text import normal_key

_MAX_ITEMPROPS = 500
#: Elements looked at when the page has no headline element.
_SCAN = 1_500
#: Headings looked at for the headline: h1, and lower ones.
_MAX_H1S, _MAX_LOWER = 20, 60
#: Labels of host names that many sites share.
_SHARED_LABELS = frozenset({"co", "com", "org", "net", "gov", "ac", "or", "edu", "gob", "in"})
_MAX_SITE_NAME = 60
_itemprops = etree.XPath("//*[@itemprop]")


@dataclass(frozen=True, kw_only=True)
class Clues:
    """The parts of a page that may hold metadata, in document order. Elements are read, never changed."""

    page: Page
    entry: FeedEntry | None
    root: HtmlElement
    #: Contents by name, property, itemprop ("itemprop:…") or http-equiv, in lower case.
    metas: dict[str, list[str]]
    #: (rel in lower case, href)
    links: list[tuple[str, str]]
    #: The text of the title element.
    title: str | None
    h1s: list[HtmlElement]
    times: list[HtmlElement]
    #: Inline scripts: linked data, and all others.
    linked: list[str]
    scripts: list[str]
    #: Absolute base of relative links.
    base: str

    def meta(self, *names: str, limit: int = 2_000) -> str | None:
        """Return the first content of the first of these metas that has one, as a line."""
        for name in names:
            for content in self.metas.get(name, ()):
                if (found := plain(content, limit)) is not None:
                    return found
        return None

    def get(self, name: str) -> object:
        """Return a field of the article's node: references resolved, the first of a list; None when there is none."""
        return field(self.article, name, self.index)

    @cached_property
    def nodes(self) -> tuple[Node, ...]:
        """All top nodes of the linked data."""
        return read_nodes(self.linked)

    @cached_property
    def index(self) -> dict[str, Node]:
        """The nodes by @id."""
        return index_by_id(self.nodes)

    @cached_property
    def article(self) -> Node:
        """The node of the article; empty when there is none."""
        canonical = [href for rel, href in self.links if rel == "canonical"]
        urls = [self.page.url, self.page.requested_url, self.meta("og:url"), *canonical[:3]]
        return article_node(self.nodes, urls, [self.meta("og:title"), self.title])

    @cached_property
    def heading(self) -> HtmlElement | None:
        """The h1 most like the titles known from elsewhere, else a lower heading that is one of them, else any h1."""
        known = (plain(self.article.get("headline")), self.meta("og:title"), self.title)
        marks = [normal_key(text) for text in known if text]
        best, points = most_like(self.h1s[:_MAX_H1S], marks)
        if points < 0.3 and marks:
            lower, score = most_like(islice(self.root.iter("h2", "h3"), _MAX_LOWER), marks)
            return lower if score > 0.6 else best
        return best

    @cached_property
    def near(self) -> list[tuple[frozenset[str], HtmlElement]]:
        """The elements around the headline and what they call themselves, those after it first; itself left out."""
        heading = self.heading
        if heading is None:
            return [(kinds_of(element), element) for element in islice(visible(self.root), _SCAN)]
        return [(kinds_of(element), element) for element in around(heading)]

    @cached_property
    def itemprops(self) -> dict[str, list[HtmlElement]]:
        """The elements with itemprop, by its names in lower case."""
        found: dict[str, list[HtmlElement]] = {}
        for element in _itemprops(self.root)[:_MAX_ITEMPROPS]:
            for name in element.get("itemprop", "").lower().split()[:5]:
                found.setdefault(name, []).append(element)
        return found

    def own(self, itemprop: str) -> list[HtmlElement]:
        """Return the elements of an itemprop near the headline; else those that stand in nothing of other articles."""
        found = self.itemprops.get(itemprop, [])
        around = {element for _, element in self.near}
        return [e for e in found if e in around and not is_foreign(e)] or [e for e in found[:50] if not is_foreign(e)]

    @cached_property
    def site_names(self) -> frozenset[str]:
        """The normal keys of the names that the site gives itself."""
        host = (urlsplit(self.page.url).hostname or "").removeprefix("www.")
        parts = [part for part in host.split(".")[:-1][-2:] if len(part) > 3 or part not in _SHARED_LABELS]
        names = [host, host.rpartition(".")[0], *parts, name_of(self.get("publisher"))]
        metas = (
            "og:site_name",
            "application-name",
            "apple-mobile-web-app-title",
            "publisher",
            "dc.publisher",
            "sitename",
        )
        names += [self.meta(name, limit=200) for name in metas]
        titles = [normal_key(title) for title in (self.title, self.meta("og:title")) if title]
        marks = {mark for name in names if name and len(mark := normal_key(name)) >= 2}
        return frozenset(mark for mark in marks if len(mark) <= _MAX_SITE_NAME and titles != [mark, mark])

    @cached_property
    def site_sections(self) -> frozenset[str]:
        """The normal keys of the names of the section that the article stands in."""
        path = [part for part in urlsplit(self.page.url).path.split("/")[1:-1] if part][:4]
        names = [*path, name_of(self.get("articleSection")), self.meta("article:section", limit=200)]
        return frozenset(normal_key(name) for name in names if name)
