"""The authors of an article: people and agencies, one each, from the best source that names them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import urlsplit

from pipeline.extract.authors.byline import Named, far_byline, read_byline
from pipeline.extract.authors.labels import labelled
from pipeline.extract.authors.names import MAX_NAMES, looks_personal, split_names
from pipeline.extract.authors.vocabulary import AUTHOR_LABELS
from pipeline.extract.metadata.links import web_url
from pipeline.extract.metadata.sites import is_site
from pipeline.extract.walk.clues import Clues
from pipeline.extract.walk.jsonld import items, resolve
from pipeline.extract.walk.lines import plain, text_of
from pipeline.extract.walk.linked import name_of
from pipeline.models import Author
from pipeline.text import normal_key

_METAS = (
    "author", "article:author", "parsely-author", "sailthru.author", "dc.creator", "dcterms.creator", "byl",
    "cxenseparse:author", "article:author_name", "mrf:authors", "citation_author", "itemprop:author", "authors",
    "creator",
)  # fmt: skip
#: Scholarly metas write "Varga, Ines".
_LAST_NAME_FIRST = frozenset({"dc.creator", "dcterms.creator", "citation_author"})
_REVERSED = re.compile(r"^([^,;]{2,60}), ([^,;]{2,60})$")


def read_authors(clues: Clues) -> tuple[str | None, tuple[Author, ...], str | None]:
    """Return the raw byline, the authors, and their source.

    A source that names only the site itself gives way to one that names people; it stands when there is none.
    """
    byline, shown = read_byline(clues)
    sources: list[tuple[str, Named]] = [
        ("json-ld", _linked(clues)),
        ("meta", _metas(clues)),
        ("microdata", _microdata(clues)),
        ("byline", shown or [(name, None) for name in split_names(labelled(clues.root, AUTHOR_LABELS), loose=True)]),
        ("feed", [(name, None) for name in clues.entry.authors for name in split_names(name)] if clues.entry else []),
    ]
    known = [(source, left) for source, named in sources if (left := _known(named, _sections(clues)))]
    for source, named in known:
        people = [(name, url) for name, url in named if not _is_site(name, clues)]
        if people and (source == known[0][0] or _are_people([name for name, _ in people])):
            if source == "meta" and _completes(shown, people):
                return byline, _authors(shown, clues), "byline"
            return byline, _authors(people, clues), source
    if known:
        return byline, _authors(known[0][1], clues), known[0][0]
    far, people = far_byline(clues)
    return byline or far, _authors(people, clues), "byline" if people else None


def _is_site(name: str, clues: Clues) -> bool:
    """Return whether a name is the site's own, or holds its host name."""
    host = normal_key((urlsplit(clues.page.url).hostname or "").removeprefix("www."))
    return is_site(name, clues.site_names) or (len(host) > 6 and host in normal_key(name))


def _completes(shown: Named, people: Named) -> bool:
    """Return whether a byline names all of these people, and more people."""
    marks, named = {normal_key(name) for name, _ in shown}, {normal_key(name) for name, _ in people}
    return named < marks and all(looks_personal(name) for name, _ in shown)


def _authors(named: Named, clues: Clues) -> tuple[Author, ...]:
    seen: dict[str, Author] = {}
    for name, url in named:
        seen.setdefault(normal_key(name), Author(name=name, url=web_url(url, clues.base)))
    return tuple(seen.values())[:MAX_NAMES]


def _are_people(names: list[str]) -> bool:
    """Return whether names from a lesser source are people's, and not the furniture of a page."""
    fitting = sum(map(looks_personal, names))
    return fitting == len(names) or (fitting > 0 and names[0].isascii() and len(names) <= 4)


def _sections(clues: Clues) -> set[str]:
    named = (name_of(clues.get("articleSection")), clues.meta("article:section", limit=200))
    return {normal_key(name) for name in named if name}


def _known(named: Named, sections: set[str]) -> Named:
    return [(name, url) for name, url in named if normal_key(name) not in sections]


def _linked(clues: Clues) -> Named:
    field = clues.article.get("author") or clues.article.get("creator")
    return [pair for item in items(field, MAX_NAMES) for pair in _of_node(resolve(item, clues.index))][:MAX_NAMES]


def _of_node(node: object) -> Iterator[tuple[str, str | None]]:
    if isinstance(node, list):
        for item in node[:MAX_NAMES]:
            if not isinstance(item, list):
                yield from _of_node(item)
        return
    url = node.get("url") or node.get("sameAs") if isinstance(node, dict) else None
    for part in items(node.get("name") if isinstance(node, dict) else node, MAX_NAMES):
        names = split_names(plain(part))
        for name in names:
            yield name, url if isinstance(url, str) and len(names) == 1 else None


def _metas(clues: Clues) -> Named:
    for meta in _METAS:
        contents = clues.metas.get(meta, [])[:MAX_NAMES]
        if meta in _LAST_NAME_FIRST:
            contents = [_REVERSED.sub(r"\2 \1", content.strip()) for content in contents]
        if names := [name for content in contents for name in split_names(plain(content))]:
            return [(name, None) for name in names]
    return []


def _microdata(clues: Clues) -> Named:
    """Return the names in itemprop=author, but for those of comments and related pieces."""
    if clues.article.get("author"):
        return []
    found: Named = []
    for element in clues.own("author")[:MAX_NAMES]:
        inner = [part for part in element.iter("*") if part.get("itemprop") == "name"] or [element]
        texts = [part.get("content") or text_of(part, 200) for part in inner[:MAX_NAMES]]
        found += [(name, None) for text in texts for name in split_names(text)]
    return found
