"""What an article is about: section, keywords, genres."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from pipeline.extract.walk.clues import Clues
from pipeline.extract.walk.jsonld import items, resolve, types
from pipeline.extract.walk.lines import plain, unique
from pipeline.extract.walk.linked import name_of

_MAX_KEYWORDS = 50
_MAX_WORD = 120
_COMMAS = re.compile(r" ?[,;|、，] ?")
#: Keywords that only machines read: ids, addresses, "NLP Category: …".
_MACHINE = re.compile(r"^[@_]|^[0-9a-f-]{16,}$|^\d+$|^https?:|^[\w ]+[:=]\S*|[{}<>]", re.I)
_SECTION_METAS = (
    "article:section", "og:section", "parsely-section", "section", "sailthru.section", "prism.section",
    "cxenseparse:section", "itemprop:articlesection", "category", "mrf:sections",
)  # fmt: skip
_KEYWORD_METAS = (
    "news_keywords", "article:tag", "keywords", "parsely-tags", "sailthru.tags", "itemprop:keywords", "mrf:tags",
    "tags",
)  # fmt: skip
#: Types of schema.org that are genres.
_GENRES = {
    "opinionnewsarticle": "opinion",
    "analysisnewsarticle": "analysis",
    "reviewnewsarticle": "review",
    "review": "review",
    "criticreview": "review",
    "backgroundnewsarticle": "background",
    "satiricalarticle": "satire",
    "reportagenewsarticle": "reportage",
    "advertisercontentarticle": "advertising",
    "askpublicnewsarticle": "call for contributions",
    "liveblogposting": "live blog",
}


def read_section(clues: Clues) -> tuple[str | None, str | None]:
    """Return the section that the article stands in, and its source."""
    if section := name_of(clues.get("articleSection"), _MAX_WORD):
        return section, "json-ld"
    if section := clues.meta(*_SECTION_METAS, limit=_MAX_WORD):
        return section, "meta"
    for element in clues.itemprops.get("articlesection", ())[:1]:
        if section := plain(element.get("content") or element.text, _MAX_WORD):
            return section, "microdata"
    return None, None


def read_keywords(clues: Clues) -> tuple[tuple[str, ...], str | None]:
    """Return the keywords as the page writes them, and their source."""
    if words := _words(_linked(clues)):
        return words, "json-ld"
    for name in _KEYWORD_METAS:
        if words := _words(clues.metas.get(name, ())):
            return words, "meta"
    if clues.entry and (words := _words(clues.entry.categories)):
        return words, "feed"
    return (), None


def read_genres(clues: Clues) -> tuple[str, ...]:
    """Return the genres: as named, then as the type of the linked data says."""
    named = [name_of(item, _MAX_WORD) for item in items(clues.article.get("genre"), 10)]
    named += [_GENRES.get(name.lower()) for name in types(clues.article)]
    if clues.meta("article:opinion") == "true":
        named.append("opinion")
    return unique(named, 10)


def _linked(clues: Clues) -> Iterator[str]:
    for item in items(clues.article.get("keywords"), _MAX_KEYWORDS):
        if name := name_of(resolve(item, clues.index), 2_000):
            yield name


def _words(texts: Iterable[str]) -> tuple[str, ...]:
    """Return the words of lists that are written with commas, each once."""
    parts = [part for text in texts for part in _COMMAS.split(plain(text, 4_000) or "")[: _MAX_KEYWORDS * 2]]
    return unique((part for part in parts if len(part) <= _MAX_WORD and not _MACHINE.search(part)), _MAX_KEYWORDS)
