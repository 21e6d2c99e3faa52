"""The one node of a page's linked data that speaks of its article."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from urllib.parse import urlsplit

from pipeline.extract.walk.jsonld import Node, items, resolve, types
from pipeline.extract.walk.lines import likeness, plain
from pipeline.text import normal_key

_SUFFIXES = ("article", "posting", "report", "newsitem")
#: Nodes that may carry date and title of the page where none is an article.
_PAGES = frozenset(
    {"webpage", "itempage", "videoobject", "audioobject", "imagegallery", "mediagallery", "podcastepisode"}
)
#: Fields whose nodes are other articles.
_OTHERS = frozenset(
    {"itemlistelement", "relatedlink", "mentions", "citation", "liveblogupdate", "haspart", "comment", "isrelatedto"}
)
_MAX_INNER = 2_000
_ENOUGH = 4


def is_article(node: Node) -> bool:
    """Return whether a node's type is one of schema.org's articles."""
    return any(name.lower().endswith(_SUFFIXES) for name in types(node))


def article_node(nodes: tuple[Node, ...], urls: Iterable[str | None], titles: Iterable[str | None]) -> Node:
    """Return the node that speaks of the article at these URLs and of these titles; empty when there is none.

    Gaps are filled from its doubles: nodes with the same URL or headline.
    """
    candidates = [node for node in nodes if is_article(node)] or list(_inner_articles(nodes))
    candidates = candidates or [node for node in nodes if _is_dated_page(node)]
    if not candidates:
        return {}
    paths = {_path(url) for url in urls if url}
    marks = [normal_key(title[:300]) for title in titles if title]
    ranked = sorted(((_claim(node, paths, marks), -i) for i, node in enumerate(candidates[:50])), reverse=True)
    (_, first), *rest = ranked
    best = dict(candidates[-first])
    for points, place in rest:
        other = candidates[-place]
        if points >= _ENOUGH or (best.get("headline") and best.get("headline") == other.get("headline")):
            best.update({name: value for name, value in other.items() if not best.get(name)})
    return best


def _is_dated_page(node: Node) -> bool:
    dated = node.get("datePublished") or node.get("uploadDate")
    return bool(dated) and any(name.lower() in _PAGES for name in types(node))


def _inner_articles(nodes: tuple[Node, ...]) -> Iterator[Node]:
    """Yield the articles inside other nodes (mainEntity and the like), the outer ones first."""
    level: list[Node] = list(nodes[:200])
    seen = 0
    for _ in range(4):
        inner: list[Node] = []
        for node in level:
            for name, value in node.items():
                if name.lower() not in _OTHERS:
                    inner += [item for item in items(value, 20) if isinstance(item, dict)]
            seen += 1
            if seen > _MAX_INNER:
                return
        yield from (node for node in inner if is_article(node))
        level = inner


def _claim(node: Node, paths: set[str], marks: list[str]) -> float:
    points = 0.0
    for value in (node.get("url"), node.get("mainEntityOfPage"), node.get("@id")):
        text = value.get("@id") or value.get("url") if isinstance(value, dict) else value
        if isinstance(text, str) and _path(text) in paths:
            points = _ENOUGH
    headline = normal_key(plain(node.get("headline") or node.get("name"), 300) or "")
    points += 2 * max((likeness(headline, mark) for mark in marks), default=0.0)
    return points + bool(headline) / 2 + bool(node.get("datePublished")) / 2 + bool(node.get("articleBody")) / 4


def _path(url: str) -> str:
    try:
        parts = urlsplit(url[:2_048].strip())
    except ValueError:
        return url
    return (parts.hostname or "").removeprefix("www.") + parts.path.rstrip("/")


def field(node: Node, name: str, index: dict[str, Node]) -> object:
    """Return a field of a node, a reference resolved; of a list the first that holds something."""
    for value in items(node.get(name), 5):
        found = resolve(value, index)
        if found not in (None, "", {}, []):
            return found
    return None


def name_of(value: object, limit: int = 300) -> str | None:
    """Return the name of a node, or a bare string as one line."""
    if isinstance(value, list):
        return next((name for item in value[:5] if (name := name_of(item, limit))), None)
    if isinstance(value, dict):
        value = value.get("name")
        value = value[0] if isinstance(value, list) and value else value
    return plain(value, limit)
