"""Notices read from the page's HTML, before the boilerplate is cut: extraction drops most of them."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator

from lxml.html import HtmlElement

from pipeline.extract.rules import CompiledRules, Finding, find
from pipeline.extract.sources import own_keys, partner_name
from pipeline.models import Notice
from pipeline.text import clean_line, normal_key

_BLOCKS = frozenset(
    [
        "address",
        "article",
        "aside",
        "blockquote",
        "body",
        "center",
        "dd",
        "details",
        "div",
        "dl",
        "dt",
        "figcaption",
        "figure",
        "footer",
        "form",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "header",
        "hr",
        "li",
        "main",
        "nav",
        "ol",
        "p",
        "pre",
        "section",
        "table",
        "tbody",
        "td",
        "th",
        "tr",
        "ul",
        "html",
    ]
)
_SKIPPED = frozenset(
    [
        "script",
        "style",
        "noscript",
        "template",
        "svg",
        "select",
        "option",
        "button",
        "textarea",
        "iframe",
        "head",
        "title",
    ]
)
#: What is inside these speaks of other articles, of pictures, or of the site.
_FOREIGN = frozenset(["nav", "figure", "figcaption", "menu", "form", "a"])
_FOREIGN_MARKS = ("comment", "caption", "related", "recommend", "teaser", "gallery", "photo", "image", "img")
_MAX_BLOCK = 900
_MAX_NOTICES = 20
_GENERIC = frozenset(
    ("here", "hier", "ici", "original", "originalarticle", "theoriginalarticle", "readtheoriginalarticle")
)


def read_html_notices(
    root: HtmlElement, rules: CompiledRules, own_names: frozenset[str] = frozenset()
) -> tuple[Notice, ...]:
    """Return the notices in the page's blocks and attributes, in document order, without offsets; the tree stays.

    A link in the notice gives its target, and its name where the words have none.
    """
    own = own_keys(own_names)
    found: dict[str, Notice] = {}
    for block in _candidates(root, rules):
        text = clean_line(block.text_content(), _MAX_BLOCK + 1)
        if len(text) > _MAX_BLOCK or normal_key(text) in found:
            continue
        for one in find(text, tuple(r for r in rules.rules if _is_for_blocks(r.rule.place, r.rule.takes)), own):
            if not (one.own and one.rule.kind in ("originally-appeared", "republished")):
                notice = _notice(block, text, one)
                found.setdefault(normal_key(notice.text), notice)
        if len(found) >= _MAX_NOTICES:
            break
    return (*found.values(), *_from_attributes(root, rules))


def _is_for_blocks(place: str, takes: str) -> bool:
    """Return whether a rule is safe without knowing where in the article the block stands."""
    return place != "attribute" and takes in ("sentence", "paragraph")


def _candidates(root: HtmlElement, rules: CompiledRules) -> Iterator[HtmlElement]:
    """Yield the blocks around the words that the rules need, in document order."""
    starts, holders, texts, length = [], [], [], 0
    for element, text in _texts(root):
        starts.append(length)
        holders.append(element)
        texts.append(text)
        length += len(text) + 1
    joined = "\n".join(texts).lower()
    hits: set[int] = set()
    for word in rules.words:
        at = joined.find(word)
        while at >= 0:
            index = bisect_right(starts, at) - 1
            hits.add(index)
            at = joined.find(word, starts[index + 1] if index + 1 < len(starts) else len(joined))
    seen = set()
    for index in sorted(hits):
        block = _block(holders[index])
        if block is not None and block not in seen and not _is_foreign(block):
            seen.add(block)
            yield block


def _texts(root: HtmlElement) -> Iterator[tuple[HtmlElement, str]]:
    """Yield the visible text nodes with the element that they stand in."""
    for element in root.iter("*"):
        if element.tag not in _SKIPPED and element.text and not element.text.isspace():
            yield element, element.text
        if element.tail and not element.tail.isspace() and (parent := element.getparent()) is not None:
            yield parent, element.tail


def _block(element: HtmlElement | None) -> HtmlElement | None:
    while element is not None and element.tag not in _BLOCKS:
        element = element.getparent()
    return element


def _is_foreign(block: HtmlElement) -> bool:
    if any(parent.tag in _SKIPPED for parent in block.iterancestors()):
        return True
    for element in (block, *block.iterancestors()):
        if element.tag in _FOREIGN:
            return True
        if element.tag in ("article", "main", "body"):
            return False
        marks = f"{element.get('class', '')} {element.get('id', '')}".lower()
        if any(mark in marks for mark in _FOREIGN_MARKS):
            return True
    return False


def _notice(block: HtmlElement, text: str, found: Finding) -> Notice:
    taken = text[found.start : found.end].strip()
    name, target = _link(block, found.partner)
    return Notice(
        rule_id=found.rule.id,
        kind=found.rule.kind,
        text=taken,
        partner=found.partner or name,
        target_url=target,
        language=found.rule.language,
    )


def _link(block: HtmlElement, partner: str | None) -> tuple[str | None, str | None]:
    """Return the name and the target of the link that leads to the source: the one with its name, else the first."""
    links = []
    for link in block.iter("a"):
        href = (link.get("href") or "").strip()
        href = f"https:{href}" if href.startswith("//") else href
        if href.startswith(("http://", "https://")):
            links.append((_link_name(link), href))
    wanted = normal_key(partner or "")
    for name, href in links:
        key = normal_key(name or "")
        if wanted and key and (key in wanted or wanted in key):
            return name, href
    return links[0] if links else (None, None)


def _link_name(link: HtmlElement) -> str | None:
    alts = [image.get("alt") for image in link.iter("img")]
    for text in (link.text_content(), *alts, link.get("title")):
        name = partner_name(text)
        if name and normal_key(name) not in _GENERIC:
            return name
    return None


def _from_attributes(root: HtmlElement, rules: CompiledRules) -> tuple[Notice, ...]:
    """Return what image sources and other URLs in attributes say, e.g. a republication counter."""
    wanted = tuple(one for one in rules.rules if one.rule.place == "attribute")
    found: dict[str, Notice] = {}
    for element in root.iter("img", "iframe", "script", "link", "meta") if wanted else ():
        value = element.get("src") or element.get("data-src") or element.get("href") or ""
        for one in wanted:
            if value and (match := one.pattern.search(value[:2_000])):
                found.setdefault(
                    match.group(),
                    Notice(
                        rule_id=one.rule.id,
                        kind=one.rule.kind,
                        text=match.group(),
                        partner=partner_name(match.groupdict().get("src")),
                        target_url=value if value.startswith("http") else None,
                        language=one.rule.language,
                    ),
                )
    return tuple(found.values())
