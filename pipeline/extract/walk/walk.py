"""The walk over a page that collects what carries metadata."""

from __future__ import annotations

from urllib.parse import urljoin, urlsplit

from lxml.html import HtmlElement

from pipeline.extract.walk.clues import Clues
from pipeline.extract.walk.lines import line
from pipeline.models import FeedEntry, Page

_MAX_METAS = 1_000
_MAX_LINKS = 1_000
_MAX_SCRIPT_CHARS = 2_000_000


def collect(root: HtmlElement, page: Page, entry: FeedEntry | None) -> Clues:
    """Return the clues of a page from one walk over the elements that carry metadata."""
    clues = Clues(
        page=page, entry=entry, root=root, metas={}, links=[], title=_title(root), h1s=[], times=[], linked=[],
        scripts=[], base=_base(root, page.url),
    )  # fmt: skip
    add = {"meta": _add_meta, "link": _add_link, "script": _add_script, "h1": _add_h1, "time": _add_time}
    for element in root.iter(*add):
        add[element.tag](clues, element)
    return clues


def _title(root: HtmlElement) -> str | None:
    return next((text for element in root.iter("title") if (text := line(element.text))), None)


def _base(root: HtmlElement, url: str) -> str:
    for element in root.iter("base"):
        try:
            joined = urljoin(url, (element.get("href") or "").strip())
            return joined if urlsplit(joined).scheme in ("http", "https") else url
        except ValueError:
            return url
    return url


def _add_meta(clues: Clues, element: HtmlElement) -> None:
    content = element.get("content") or element.get("value")
    if content and len(clues.metas) < _MAX_METAS:
        for attribute in ("property", "name", "itemprop", "http-equiv"):
            if name := element.get(attribute):
                name = name.strip().lower()
                clues.metas.setdefault(f"itemprop:{name}" if attribute == "itemprop" else name, []).append(content)


def _add_link(clues: Clues, element: HtmlElement) -> None:
    if len(clues.links) < _MAX_LINKS:
        clues.links.append(((element.get("rel") or "").lower(), element.get("href") or ""))


def _add_script(clues: Clues, element: HtmlElement) -> None:
    text = element.text
    if text and len(text) <= _MAX_SCRIPT_CHARS:
        kind = element.get("type")
        (clues.linked if kind and "ld+json" in kind.lower() else clues.scripts).append(text)


def _add_h1(clues: Clues, element: HtmlElement) -> None:
    clues.h1s.append(element)


def _add_time(clues: Clues, element: HtmlElement) -> None:
    clues.times.append(element)
