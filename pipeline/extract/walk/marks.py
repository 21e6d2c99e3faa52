"""What the attributes of an element say it is: byline, standfirst, kicker."""

from __future__ import annotations

import re
from functools import lru_cache
from itertools import islice

from lxml.html import HtmlElement

_MAX_CHARS = 300
_NEAR_ANCESTORS = 8
_ELSEWHERE = frozenset({"nav", "aside", "footer", "figure", "figcaption"})
_OTHERS = ("comment", "related", "menu", "recommend", "nav", "global-nav", "gnav", "main-nav", "site-nav")

BYLINE, STANDFIRST, KICKER = "byline", "standfirst", "kicker"

#: Parts of class, id, itemprop, rel and test id, and the parts that speak of something else.
_WORDS = {
    BYLINE: (
        "byline", "by-line", "author", "autor", "auteur", "writer", "reporter", "redakt", "journalist", "contributor",
        "signature", "firma", "verfasser", "forfatter", "skribent", "penulis",
    ),
    STANDFIRST: (
        "standfirst", "subtitle", "sub-title", "subheadline", "sub-headline", "subhead", "sub-heading",
        "article-lead", "article__lead", "lead-text", "leadtext", "article-intro", "article__intro", "intro-text",
        "vorspann", "anreisser", "chapeau", "entradilla", "subtitulo", "sottotitolo", "sommario", "occhiello",
        "manchet", "underrubrik", "article-summary", "article__summary", "story-summary", "post-excerpt",
        "article-excerpt", "entry-excerpt", "article-description", "article__description",
    ),
    KICKER: ("kicker", "overline", "dachzeile", "eyebrow", "spitzmarke", "antetitulo", "roofline"),
}  # fmt: skip
#: Words too short to be looked for inside others.
_SHORT_STANDFIRST = frozenset({"dek", "deck", "chapo", "ingress", "bajada", "lede", "intro", "sapo", "lid"})
_NAMED = ("class", "id", "itemprop", "data-testid")
_NOTHING: frozenset[str] = frozenset()
_NO_WORD = re.compile(r"[^a-z]+")
_NOT = {
    BYLINE: (
        "caption", "photo", "foto", "image", "media", "figure", "comment", "quote", "-bio", "_bio", "related", "teaser",
        "promo", "newsletter", "footer", "menu", "nav", "modal", "credit", "recommend", "opinion-list", "most-",
        "cookie", "login",
    ),
    STANDFIRST: (
        "related", "teaser", "card", "newsletter", "caption", "comment", "promo", "desktop", "deskbar", "key-point",
        "sidebar", "speakable", "entry-title", "container",
    ),
    KICKER: ("related", "teaser", "card", "promo"),
}  # fmt: skip


def kinds_of(element: HtmlElement) -> frozenset[str]:
    """Return what an element calls itself: some of byline, standfirst, kicker."""
    marks = [mark[:100] for mark in map(element.get, _NAMED) if mark]
    return _kinds(" ".join(marks)) if marks else _NOTHING


@lru_cache(maxsize=16_384)
def _kinds(mark: str) -> frozenset[str]:
    """Return the kinds that a string of marks speaks of. Pages of one site repeat theirs, so the answers are kept."""
    mark = mark[:_MAX_CHARS].lower()
    parts = set(_NO_WORD.split(mark)) & _SHORT_STANDFIRST
    said = {kind for kind, words in _WORDS.items() if _has(mark, words)} | ({STANDFIRST} if parts else set())
    return frozenset(kind for kind in said if not _has(mark, _NOT[kind]))


def _has(mark: str, words: tuple[str, ...]) -> bool:
    return any([word in mark for word in words])  # noqa: C419  a list is faster here than a generator


def is_foreign(element: HtmlElement) -> bool:
    """Return whether an element stands among menus, comments or other articles."""
    if element.tag in _ELSEWHERE:
        return True
    for parent in islice(element.iterancestors(), _NEAR_ANCESTORS):
        if parent.tag == "body":
            return False
        said = f"{parent.get('class')} {parent.get('id')} {parent.get('itemprop')}".lower().split()
        if parent.tag in _ELSEWHERE or any(name.startswith(_OTHERS) or name == "sidebar" for name in said):
            return True
        if "comment" in parent.get("itemtype", "").lower():
            return True
    return False
