"""The headline of an article, and the other headlines that its page carries."""

from __future__ import annotations

import re

from lxml.html import HtmlElement

from pipeline.extract.clues import Clues
from pipeline.extract.lines import key, line, plain, unique

MAX_CHARS = 1_000
MAX_ALTERNATIVES = 10

#: What stands between a headline and the name of its site or section.
_SEPARATOR = re.compile(
    r"\s+(?:[|\-–—·•»«›‹:/]|::|--)\s+|\s*(?:[｜ㅣ]|--|\s\|\|?)\s*|\s*：\s*(?=[^：]{1,20}$)|_(?=[^_]{1,20}$)"
)


def read_headlines(clues: Clues) -> tuple[str | None, tuple[str, ...], str | None]:
    """Return the headline, the alternatives that differ from it, and the source of the headline."""
    names = site_names(clues)
    linked = without_site(plain(clues.get("headline"), MAX_CHARS), names)
    title = without_site(clues.title, names)
    shared = without_site(clues.meta("og:title"), names)
    shown = shown_headline(clues, [linked, shared, title])
    candidates = [
        ("json-ld", linked),
        ("h1", shown),
        ("og", shared),
        ("twitter", without_site(clues.meta("twitter:title"), names)),
        ("microdata", _itemprop(clues)),
        ("meta", without_site(clues.meta("headline", "title", "dc.title", "parsely-title", "sailthru.title"), names)),
        ("json-ld", plain(clues.get("alternativeHeadline"), MAX_CHARS)),
        ("json-ld", without_site(plain(clues.get("name"), MAX_CHARS), names)),
        ("feed", clues.entry.title if clues.entry else None),
        ("title", title),
    ]
    found = [(source, text) for source, text in candidates if text and key(text) not in names]
    if not found:
        return None, (), None
    source, headline = _choice(found, linked, shown, shared, title)
    others = unique([headline, *(text for _, text in found)], MAX_ALTERNATIVES + 1)[1:]
    return headline, others, source


def _choice(
    found: list[tuple[str, str]], linked: str | None, shown: str | None, shared: str | None, title: str | None
) -> tuple[str, str]:
    """Return the article's own headline: the linked data's, unless that is the one written for search engines."""
    if linked and shown and key(linked) != key(shown):
        for_search = key(linked) == key(title or "") != key(shared or "")
        if for_search or cut_from(linked, shown):
            return "h1", shown
    return found[0]


def cut_from(short: str, full: str) -> bool:
    """Return whether a headline is the beginning of another, with dots where it was cut."""
    stem = short.rstrip(".… ")
    return short != stem and len(stem) >= 20 and full.startswith(stem)


def shown_headline(clues: Clues, known: list[str | None]) -> str | None:
    """Return the text of the h1 most like the headlines known from elsewhere."""
    texts = [text for h1 in clues.h1s[:20] if (text := text_of(h1))]
    marks = [key(text) for text in known if text]
    best, points = None, 0.0
    for text in texts:
        likeness = max((_likeness(key(text), mark) for mark in marks), default=0.1)
        if likeness > points:
            best, points = text, likeness
    return best


def _likeness(a: str, b: str) -> float:
    """Return 0 to 1: the share of character pairs in common, for lines of any script."""
    if not a or not b:
        return 0.0
    pairs_a, pairs_b = ({text[i : i + 2] for i in range(max(1, len(text) - 1))} for text in (a, b))
    return 2 * len(pairs_a & pairs_b) / (len(pairs_a) + len(pairs_b))


def text_of(element: HtmlElement, limit: int = MAX_CHARS) -> str | None:
    """Return the text of an element as one line."""
    return line(" ".join(element.itertext()) if len(element) else element.text, limit)


def _itemprop(clues: Clues) -> str | None:
    for element in clues.itemprops.get("headline", ())[:1]:
        return text_of(element)
    return clues.meta("itemprop:headline")


def site_names(clues: Clues) -> set[str]:
    """Return the keys of the names that the site gives itself."""
    host = clues.page.url.partition("://")[2].partition("/")[0].partition(":")[0].removeprefix("www.")
    names = [host, host.rpartition(".")[0], *host.split(".")[:-1][-2:]]
    names += [
        clues.meta(name) or ""
        for name in ("og:site_name", "application-name", "publisher", "apple-mobile-web-app-title", "dc.publisher")
    ]
    publisher = clues.get("publisher")
    if isinstance(publisher, dict):
        names.append(plain(publisher.get("name")) or "")
    return {mark for name in names if len(mark := key(name)) >= 2}


def without_site(text: str | None, names: set[str]) -> str | None:
    """Return a title without the names of the site at its ends."""
    if not text:
        return None
    for _ in range(3):
        cuts = list(_SEPARATOR.finditer(text[:MAX_CHARS]))
        if not cuts:
            break
        last, first = cuts[-1], cuts[0]
        if _is_site(text[last.end() :], names):
            text = text[: last.start()]
        elif _is_site(text[: first.start()], names):
            text = text[first.end() :]
        else:
            break
    return text.strip() or None


def _is_site(text: str, names: set[str]) -> bool:
    mark = key(text)
    return bool(mark) and (
        mark in names or any(len(name) >= 4 and mark.startswith(name) and len(mark) <= len(name) + 12 for name in names)
    )
