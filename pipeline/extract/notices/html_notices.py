"""Notices read from the page's HTML, before the boilerplate is cut: extraction drops most of them."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator

from lxml.html import HtmlElement

from pipeline.extract.notices.findings import Finding, find
from pipeline.extract.notices.rules import CompiledRule, CompiledRules
from pipeline.extract.notices.sources import own_keys, partner_name
from pipeline.models import Notice
from pipeline.text import clean_line, normal_key

#: Elements inside a block; their text belongs to the block around them.
_INLINE = frozenset(
    ("a", "abbr", "b", "cite", "em", "font", "i", "mark", "q", "small", "span", "strong", "sub", "sup", "time", "u")
)
_SILENT = frozenset(
    ("a", "script", "style", "noscript", "template", "svg", "select", "option", "button", "textarea", "title")
)
#: What is inside these speaks of other articles, of pictures, or of the site.
_FOREIGN = frozenset(("a", "figcaption", "figure", "form", "menu", "nav"))
_ARTICLE = frozenset(("article", "main", "body"))
_FOREIGN_NAMES = re.compile(
    r"(?:^|[\s_-])(?:comments?|captions?|related|recommend\w*|teasers?|gallery|carousel)(?:$|[\s_-])"
)
_LINKED_KINDS = ("partner-archive", "republished", "originally-appeared", "licence", "collaboration")
_MIN_TEXT = 2
_MAX_BLOCK = 900
_MAX_NOTICES = 20
#: Texts with the words of notices; real pages have a handful.
_MAX_CANDIDATES = 1_000
_MAX_LINKS = 10
_MAX_URL = 2_000
#: Elements whose addresses may be counters.
_COUNTING = ("img", "iframe", "script", "amp-pixel", "amp-img")
#: What no tree holds parts the texts.
_BETWEEN = "\0"
_BORDER = re.compile(_BETWEEN)


def read_html_notices(
    root: HtmlElement, rules: CompiledRules, own_names: frozenset[str] = frozenset()
) -> tuple[Notice, ...]:
    """Return the notices in the page's blocks and attributes, in document order, without offsets; the tree stays.

    A link in the notice gives its target, and its name where the words have none. `own_names` are the site's names
    and domains: it is no source of its own articles.
    """
    own = own_keys(own_names)
    holders, texts = _collect(root)
    lowered = _BETWEEN.join(texts).lower()
    active = rules.blocks.for_text(lowered)
    found: dict[str, Notice] = {}
    for block in _candidates(_holder(*holders[place]) for place in _hits(lowered, active)[:_MAX_CANDIDATES]):
        text = _text_of(block)
        for one in find(text, active, own):
            if not (one.own and one.rule.kind in ("originally-appeared", "republished")):
                notice = _notice(block, text, one)
                found.setdefault(normal_key(notice.text), notice)
        if len(found) >= _MAX_NOTICES:
            break
    return (*found.values(), *_from_addresses(_addresses(root), rules.attributes))


def _collect(root: HtmlElement) -> tuple[list[tuple[HtmlElement, bool]], list[str]]:
    """Return the texts of the page, and for each its element and whether it stands behind it.

    Texts of links are left out: menus and teasers are made of them.
    """
    holders: list[tuple[HtmlElement, bool]] = []
    texts: list[str] = []
    for element in root.iter("*"):
        text, tail = element.text, element.tail
        if text and len(text) > _MIN_TEXT and not text.isspace() and element.tag not in _SILENT:
            holders.append((element, False))
            texts.append(text)
        if tail and len(tail) > _MIN_TEXT and not tail.isspace():
            holders.append((element, True))
            texts.append(tail)
    return holders, texts


def _holder(element: HtmlElement, behind: bool) -> HtmlElement:
    """Return the element that a text stands in."""
    parent = element.getparent() if behind else None
    return element if parent is None else parent


def _addresses(root: HtmlElement) -> list[str]:
    """Return the addresses of pictures, frames and scripts."""
    found = (element.get("src") or element.get("data-src") for element in root.iter(*_COUNTING))
    return [address[:_MAX_URL] for address in found if address]


def _hits(lowered: str, active: tuple[CompiledRule, ...]) -> list[int]:
    """Return the places of the texts that hold a phrase which one of the rules needs, in order."""
    starts = [0, *(border.end() for border in _BORDER.finditer(lowered)), len(lowered) + 1]
    if any(not one.needs for one in active):
        return list(range(len(starts) - 1))
    hits = set()
    for phrase in {need.phrase for one in active for need in one.needs}:
        at = lowered.find(phrase)
        while at >= 0:
            place = bisect_right(starts, at) - 1
            hits.add(place)
            at = lowered.find(phrase, starts[place + 1])
    return sorted(hits)


def _candidates(holders: Iterable[HtmlElement]) -> Iterator[HtmlElement]:
    """Yield the blocks around these elements, each once, that may belong to the article."""
    seen = set()
    known: dict[HtmlElement, bool] = {}
    for holder in holders:
        block = _block(holder)
        if block not in seen:
            seen.add(block)
            if not _is_foreign(block, known):
                yield block


def _block(element: HtmlElement) -> HtmlElement:
    while element.tag in _INLINE and (parent := element.getparent()) is not None:
        element = parent
    return element


def _text_of(block: HtmlElement) -> str:
    """Return the text of a block as one line, empty for a block that is more than a notice."""
    parts: list[str] = []
    size = 0
    for part in block.itertext():
        parts.append(part)
        size += len(part)
        if size > _MAX_BLOCK * 4:
            return ""
    text = clean_line("".join(parts), _MAX_BLOCK + 1)
    return text if len(text) <= _MAX_BLOCK else ""


def _is_foreign(block: HtmlElement, known: dict[HtmlElement, bool]) -> bool:
    """Return whether the block is part of a list of links, a caption, a comment or the site's own furniture.

    `known` keeps what was found for the elements around earlier blocks: pages may be nested deep.
    """
    passed = []
    foreign = False
    element: HtmlElement | None = block
    while element is not None and element.tag not in _ARTICLE and not foreign:
        if element in known:
            foreign = known[element]
            break
        passed.append(element)
        names = f"{element.get('class', '')} {element.get('id', '')}".lower()
        foreign = element.tag in _FOREIGN or bool(_FOREIGN_NAMES.search(names))
        element = element.getparent()
    known.update(dict.fromkeys(passed, foreign))
    return foreign


def _notice(block: HtmlElement, text: str, found: Finding) -> Notice:
    name, target = _source_link(block, found)
    return Notice(
        rule_id=found.rule.id,
        kind=found.rule.kind,
        text=text[found.start : found.end].strip(),
        partner=found.partner or name,
        target_url=target,
        language=found.rule.language,
    )


def _source_link(block: HtmlElement, found: Finding) -> tuple[str | None, str | None]:
    """Return the name and the target of the link to the source: the one with its name, else the first one.

    Of credits only a link with the name counts: others lead to terms of use.
    """
    links = [(_link_name(link), href) for link in _links(block) if (href := _absolute(link))]
    wanted = normal_key(found.partner or "")
    for name, href in links:
        key = normal_key(name or "")
        if wanted and key and (key in wanted or wanted in key):
            return name, href
    return links[0] if links and found.rule.kind in _LINKED_KINDS else (None, None)


def _links(block: HtmlElement) -> list[HtmlElement]:
    return [link for link, _ in zip(block.iter("a"), range(_MAX_LINKS), strict=False)]


def _absolute(link: HtmlElement) -> str | None:
    href = (link.get("href") or "").strip()
    if href.startswith("//"):
        return f"https:{href}"
    return href if href.startswith(("http://", "https://")) else None


def _link_name(link: HtmlElement) -> str | None:
    alts = (image.get("alt") for image in link.iter("img"))
    for text in (link.text_content(), *alts, link.get("title")):
        if name := partner_name(text):
            return name
    return None


def _from_addresses(addresses: list[str], rules: tuple[CompiledRule, ...]) -> tuple[Notice, ...]:
    """Return what the addresses of pictures, frames and scripts say, e.g. a republication counter."""
    joined = "\n".join(addresses).lower()
    found: dict[str, Notice] = {}
    for one in rules:
        for value in addresses if one.may_match(joined) else ():
            if match := one.pattern.search(value):
                notice = Notice(
                    rule_id=one.rule.id,
                    kind=one.rule.kind,
                    text=match.group(),
                    partner=partner_name(next((name for name in match.groupdict().values() if name), None)),
                    target_url=value if value.startswith("http") else None,
                    language=one.rule.language,
                )
                found.setdefault(notice.text, notice)
    return tuple(found.values())[:_MAX_NOTICES]
