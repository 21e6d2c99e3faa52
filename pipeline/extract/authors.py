"""The authors of an article: people and agencies, one each, and the byline as it stands on the page."""

from __future__ import annotations

import re
from typing import Any

from pipeline.extract import jsonld
from pipeline.extract.clues import Clues
from pipeline.extract.headline import text_of
from pipeline.extract.lines import key, plain
from pipeline.models import Author

MAX_AUTHORS = 50
MAX_NAME = 120

_SPLIT = re.compile(r"\s*[,;、/|•·]\s*|\s+(?:and|und|et|y|e|och|og|en|i|&|\+)\s+", re.I)
_LEAD = re.compile(
    r"^(?:by|von|par|por|di|da|af|av|door|di|przez|oleh|written by|text|texte|texto|autor|autorin|author|reporter)\b:?\s+",
    re.I,
)
_BAD = re.compile(r"https?:|www\.|@\w|^\W*$|\d{2}")


def read_authors(clues: Clues) -> tuple[str | None, tuple[Author, ...], str | None]:
    """Return the raw byline, the authors, and the source of the authors."""
    byline = _byline(clues)
    for source, authors in (
        ("json-ld", _linked(clues)),
        ("meta", _metas(clues)),
        ("microdata", _microdata(clues)),
        ("byline", split_names(byline)),
    ):
        if authors:
            return byline, tuple(authors[:MAX_AUTHORS]), source
    if clues.entry and clues.entry.authors:
        return byline, tuple(clean_names(list(clues.entry.authors)))[:MAX_AUTHORS], "feed"
    return byline, (), None


def _linked(clues: Clues) -> list[Author]:
    found: list[Author] = []
    for item in jsonld.items(clues.article.get("author"), MAX_AUTHORS):
        node: Any = jsonld.resolve(item, clues.index)
        name = node.get("name") if isinstance(node, dict) else node
        for part in jsonld.items(name, MAX_AUTHORS):
            url = node.get("url") if isinstance(node, dict) else None
            names = split_names(plain(part, 1_000))
            found += [
                Author(
                    name=n.name,
                    url=url if isinstance(url, str) and url.startswith("http") and len(names) == 1 else None,
                )
                for n in names
            ]
    return _unique(found)


def _metas(clues: Clues) -> list[Author]:
    for name in (
        "author",
        "article:author",
        "parsely-author",
        "sailthru.author",
        "dc.creator",
        "byl",
        "cxenseparse:author",
        "article:author_name",
        "twitter:creator",
    ):
        names = [n for content in clues.metas.get(name, ())[:MAX_AUTHORS] for n in split_names(plain(content, 1_000))]
        if names:
            return _unique(names)
    return []


def _microdata(clues: Clues) -> list[Author]:
    return _unique(
        [n for element in clues.itemprops.get("author", ())[:MAX_AUTHORS] for n in split_names(text_of(element, 300))]
    )


def _byline(clues: Clues) -> str | None:
    for mark, element in clues.marked:
        if (
            ("byline" in mark or "author" in mark or "autor" in mark or "auteur" in mark)
            and (text := text_of(element, 500))
            and len(text) < 200
        ):
            return text
    return None


def split_names(text: str | None) -> list[Author]:
    """Return the names in a byline, one each, without what is no name."""
    return clean_names(_SPLIT.split(text[:2_000])) if text else []


def clean_names(names: list[str]) -> list[Author]:
    """Return the names that are left when lead words are gone; addresses, handles and dates are dropped."""
    found = []
    for name in names:
        cleaned = _LEAD.sub("", name.strip()).strip(" .:-–—")
        if cleaned and len(cleaned) <= MAX_NAME and not _BAD.search(cleaned):
            found.append(Author(name=cleaned))
    return found


def _unique(authors: list[Author]) -> list[Author]:
    seen: dict[str, Author] = {}
    for author in authors:
        seen.setdefault(key(author.name), author)
    seen.pop("", None)
    return list(seen.values())[:MAX_AUTHORS]
