"""The headline of an article, and the other headlines that its page carries."""

from __future__ import annotations

import re
from itertools import islice

from pipeline.extract.metadata.sites import is_site
from pipeline.extract.walk.clues import Clues
from pipeline.extract.walk.lines import likeness, plain, text_of, unique
from pipeline.extract.walk.marks import KICKER
from pipeline.text import normal_key

_MAX_CHARS = 1_000
_MAX_ALTERNATIVES = 10

#: What stands between a headline and the name of its site or section.
_SEPARATOR = re.compile(
    r"\s(?:[|\-–—·•»«›‹:/~]|::|\|\|)\s|\s?[｜ㅣ|]\s?|--|\s?[：_](?=[^：_]{1,20}$)|-(?=[^-\s]{1,12}$)"
)
#: A section's name is at most so long, and so much shorter than the headline.
_MAX_SECTION = 30

Candidate = tuple[str, str]


def read_headlines(clues: Clues) -> tuple[str | None, tuple[str, ...], str | None]:
    """Return the headline without the site's name, the alternatives that differ from it, and the headline's source."""
    names = clues.site_names
    found = [(source, text) for source, text in _candidates(clues) if normal_key(text) not in names]
    if not found:
        return None, (), None
    source, headline = _choice(found)
    others = [text for _, text in found]
    if kicker := _kicker(clues):
        others.append(f"{kicker}: {headline}")
    return headline, unique([headline, *others], _MAX_ALTERNATIVES + 1)[1:], source


def _candidates(clues: Clues) -> list[Candidate]:
    """Return the headlines that the page carries, with their sources, in order of trust."""
    heading, entry = clues.heading, clues.entry
    itemprops = clues.itemprops.get("headline", ())[:1] if not clues.article.get("headline") else ()
    found = [
        ("json-ld", _trimmed(plain(clues.get("headline"), _MAX_CHARS), clues)),
        ("h1", _trimmed(text_of(heading, _MAX_CHARS), clues) if heading is not None and heading.tag == "h1" else None),
        ("microdata", next((text_of(element) for element in itemprops), clues.meta("itemprop:headline"))),
        ("og", _trimmed(clues.meta("og:title"), clues)),
        ("twitter", _trimmed(clues.meta("twitter:title"), clues)),
        ("meta", _trimmed(clues.meta("headline", "title", "dc.title", "parsely-title", "sailthru.title"), clues)),
        ("json-ld", plain(clues.get("alternativeHeadline"), _MAX_CHARS)),
        ("json-ld", _trimmed(plain(clues.get("name"), _MAX_CHARS), clues)),
        ("feed", _trimmed(plain(entry.title, _MAX_CHARS), clues) if entry else None),
        ("title", _trimmed(clues.title, clues)),
        ("h2", text_of(heading, _MAX_CHARS) if heading is not None else None),
    ]
    return [(source, text) for source, text in found if text]


def _choice(found: list[Candidate]) -> Candidate:
    """Return the article's own headline: the linked data's, else the shown one, else the shared one.

    The linked data's is passed over for the shown one when it is cut, or when it is the title for search engines
    alone, or when it is of another article.
    """
    by_source = dict(reversed(found))
    linked, shown, shared = (by_source.get(source) for source in ("json-ld", "h1", "og"))
    key = {source: normal_key(text) for source, text in by_source.items()}
    if not shown or found[0][0] == "h1":
        return _shown_or_shared(found, shown, shared, by_source.get("title"))
    if not linked or key["json-ld"] == key["h1"]:
        return found[0]
    searched = key["json-ld"] == key.get("title") != key.get("og", "")
    foreign = max(likeness(key["json-ld"], other) for source, other in key.items() if source != "json-ld") < 0.2
    return ("h1", shown) if searched or foreign or _is_cut(linked, shown) else found[0]


def _shown_or_shared(found: list[Candidate], shown: str | None, shared: str | None, title: str | None) -> Candidate:
    """Return the first candidate, unless the page shares another title for the h1.

    It does when one is the other with a kicker before it, and when the h1 has nothing of the title (a logo, a section).
    """
    other = shared or title
    if not shown or not other:
        return found[0]
    marks = normal_key(shown), normal_key(other)
    with_kicker = (
        shared
        and marks[0] != marks[1]
        and "|" not in shared
        and (marks[0].endswith(marks[1]) or marks[1].endswith(marks[0]))
    )
    if with_kicker or likeness(*marks) < 0.15:
        return next(candidate for candidate in found if candidate[0] in ("og", "title"))
    return found[0]


def _is_cut(short: str, full: str) -> bool:
    """Return whether a headline is the beginning of another, with dots where it was cut."""
    stem = short.rstrip(".… ")
    return short != stem and len(stem) >= 20 and full.startswith(stem) and len(full) > len(short)


def _kicker(clues: Clues) -> str | None:
    """Return the line over the headline."""
    lines = (text_of(element, 100) for kinds, element in clues.near if KICKER in kinds)
    return next((text.rstrip(" :") for text in lines if text), None)


def _trimmed(text: str | None, clues: Clues) -> str | None:
    return without_site(text, clues.site_names, clues.site_sections) if text else None


def without_site(text: str, names: frozenset[str], sections: frozenset[str] = frozenset()) -> str | None:
    """Return a title without the names of the site, and then of its section, at its ends."""
    for _ in range(4):
        shorter = _without_tail(text, names, sections) or _without_head(text, names)
        if not shorter:
            break
        text, sections = shorter, sections | {""}
    return text.strip() or None


def _without_tail(text: str, names: frozenset[str], sections: frozenset[str]) -> str | None:
    """Return a title without a site's name at its end, or a section's once the site's is gone ("" in sections)."""
    for cut in islice(_SEPARATOR.finditer(text[:_MAX_CHARS]), 10):
        tail = text[cut.end() :]
        if is_site(tail, names) or ("" in sections and _is_section(tail, sections)):
            return text[: cut.start()]
    return None


def _without_head(text: str, names: frozenset[str]) -> str | None:
    cut = _SEPARATOR.search(text[:_MAX_CHARS])
    return text[cut.end() :] if cut and is_site(text[: cut.start()], names) else None


def _is_section(text: str, sections: frozenset[str]) -> bool:
    return len(text) <= _MAX_SECTION and (normal_key(text) in sections or (len(text) <= 4 and not text.isascii()))
