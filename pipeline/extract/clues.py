"""What one walk over a page collects for its metadata."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urljoin, urlsplit

from lxml.html import HtmlElement

from pipeline.extract import jsonld
from pipeline.extract.jsonld import Node
from pipeline.extract.lines import line, plain
from pipeline.models import FeedEntry, Page

MAX_METAS = 1_000
MAX_MARKED = 400
MAX_SCRIPT_TEXT = 2_000_000

_MARKS = re.compile(
    r"auth?or|auteur|autor|byline|writer|contributor|reporter|redact|signature|kicker|dachzeile|overline|standfirst|subhead|subtitle|lead|date|time|publish|copyright",
    re.I,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Clues:
    """The parts of a page that may hold metadata, in document order. Elements are read, never changed."""

    page: Page
    entry: FeedEntry | None
    root: HtmlElement
    #: Absolute base of relative links.
    base: str
    #: Contents by name, property, itemprop or http-equiv in lower case.
    metas: dict[str, list[str]] = field(default_factory=dict)
    #: (rel in lower case, href, the element)
    links: list[tuple[str, str, HtmlElement]] = field(default_factory=list)
    title: str | None = None
    h1s: list[HtmlElement] = field(default_factory=list)
    times: list[HtmlElement] = field(default_factory=list)
    #: Elements with itemprop, by its names in lower case.
    itemprops: dict[str, list[HtmlElement]] = field(default_factory=dict)
    #: Elements whose class, id, rel or test id speaks of a byline, a date, a standfirst …
    marked: list[tuple[str, HtmlElement]] = field(default_factory=list)
    #: The node of the article, other articles' nodes, and all top nodes by @id.
    article: Node = field(default_factory=dict)
    nodes: tuple[Node, ...] = ()
    index: dict[str, Node] = field(default_factory=dict)
    #: Inline scripts that are not linked data.
    scripts: list[str] = field(default_factory=list)

    def meta(self, *names: str) -> str | None:
        """Return the first content of the first of these metas that has one, as a line."""
        for name in names:
            for content in self.metas.get(name, ()):
                if (found := plain(content, 4_000)) is not None:
                    return found
        return None

    def get(self, name: str) -> Any:
        """Return a field of the article's node, references resolved; None when there is none."""
        return jsonld.resolve(self.article.get(name), self.index)


def collect(root: HtmlElement, page: Page, entry: FeedEntry | None) -> Clues:
    """Return the clues of a page, from one walk over its tree."""
    metas: dict[str, list[str]] = {}
    clues = Clues(page=page, entry=entry, root=root, base=_base(root, page.url), metas=metas)
    linked: list[str] = []
    title = None
    count = 0
    for element in root.iter("*"):
        tag = element.tag
        if tag == "meta":
            count += 1
            if count <= MAX_METAS:
                _add_meta(metas, element)
        elif tag == "link":
            clues.links.append(((element.get("rel") or "").lower(), element.get("href") or "", element))
        elif tag == "script":
            _add_script(element, linked, clues.scripts)
        elif tag == "title":
            title = title or line(element.text)
        elif tag == "h1":
            clues.h1s.append(element)
        elif tag == "time":
            clues.times.append(element)
        _mark(element, clues)
    nodes = jsonld.read_nodes(linked)
    index = jsonld.index_by_id(nodes)
    return _with(clues, title, nodes, index)


def _with(clues: Clues, title: str | None, nodes: tuple[Node, ...], index: dict[str, Node]) -> Clues:
    article = main_article(jsonld.article_nodes(nodes), clues)
    return Clues(
        page=clues.page,
        entry=clues.entry,
        root=clues.root,
        base=clues.base,
        metas=clues.metas,
        links=clues.links,
        title=title,
        h1s=clues.h1s,
        times=clues.times,
        itemprops=clues.itemprops,
        marked=clues.marked,
        article=article,
        nodes=nodes,
        index=index,
        scripts=clues.scripts,
    )


def _base(root: HtmlElement, url: str) -> str:
    for element in root.iter("base"):
        try:
            joined = urljoin(url, (element.get("href") or "").strip())
            return joined if urlsplit(joined).scheme in ("http", "https") else url
        except ValueError:
            return url
    return url


def _add_meta(metas: dict[str, list[str]], element: HtmlElement) -> None:
    content = element.get("content") or element.get("value")
    if not content:
        return
    for attribute in ("property", "name", "itemprop", "http-equiv"):
        if name := element.get(attribute):
            name = name.strip().lower()
            metas.setdefault("itemprop:" + name if attribute == "itemprop" else name, []).append(content)


def _add_script(element: HtmlElement, linked: list[str], scripts: list[str]) -> None:
    text = element.text
    if not text:
        return
    kind = (element.get("type") or "").lower()
    if "ld+json" in kind:
        linked.append(text)
    elif len(text) <= MAX_SCRIPT_TEXT:
        scripts.append(text)


def _mark(element: HtmlElement, clues: Clues) -> None:
    attributes = element.attrib
    if not attributes or element.tag in ("meta", "link", "script", "style", "body", "html"):
        return
    itemprop = element.get("itemprop")
    if itemprop:
        for name in itemprop.lower().split()[:5]:
            clues.itemprops.setdefault(name, []).append(element)
    if len(clues.marked) < MAX_MARKED:
        text = " ".join(
            filter(None, (element.get("class"), element.get("id"), element.get("rel"), element.get("data-testid")))
        )
        if text and _MARKS.search(text[:500]):
            clues.marked.append((text[:500].lower(), element))


def main_article(articles: list[Node], clues: Clues) -> Node:
    """Return the node that speaks of this page's article, gaps filled from its doubles; empty when there is none."""
    if not articles:
        return {}
    ranked = sorted(articles[:50], key=lambda node: -_claim(node, clues))
    best = dict(ranked[0])
    for other in ranked[1:]:
        if _claim(other, clues) >= 4 or (same_headline(best, other)):
            for name, value in other.items():
                best.setdefault(name, value)
    return best


def same_headline(a: Node, b: Node) -> bool:
    """Return whether two nodes carry the same headline."""
    return bool(a.get("headline")) and a.get("headline") == b.get("headline")


def _claim(node: Node, clues: Clues) -> int:
    urls = {clues.page.url, clues.page.requested_url, *clues.metas.get("og:url", ())}
    urls |= {href for rel, href, _ in clues.links if rel == "canonical"}
    paths = {_path(url) for url in urls}
    own = [node.get("url"), node.get("mainEntityOfPage"), node.get("@id")]
    points = 0
    for value in own:
        text = value.get("@id") if isinstance(value, dict) else value
        if isinstance(text, str) and _path(text.partition("#")[0]) in paths:
            points = 4
    points += 2 * bool(node.get("headline")) + bool(node.get("datePublished")) + bool(node.get("articleBody"))
    return points


def _path(url: str) -> str:
    try:
        parts = urlsplit(url.strip())
    except ValueError:
        return url
    return (parts.hostname or "").removeprefix("www.") + parts.path.rstrip("/")
