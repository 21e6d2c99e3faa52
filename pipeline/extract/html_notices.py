"""Notices read from the page's HTML, before the boilerplate is cut: extraction drops most of them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from lxml.html import HtmlElement

from pipeline.extract.findings import Finding, find
from pipeline.extract.rules import CompiledRule, CompiledRules
from pipeline.extract.sources import own_keys, partner_name
from pipeline.models import Notice
from pipeline.text import clean_line, normal_key

#: Elements inside a block; their text belongs to the block around them.
_INLINE = frozenset(
    ("a", "abbr", "b", "cite", "em", "font", "i", "mark", "q", "small", "span", "strong", "sub", "sup", "time", "u")
)
_SILENT = frozenset(
    ("script", "style", "noscript", "template", "svg", "select", "option", "button", "textarea", "title")
)
#: What is inside these speaks of other articles, of pictures, or of the site.
_FOREIGN = frozenset(("a", "figcaption", "figure", "form", "menu", "nav"))
_FOREIGN_NAMES = re.compile(
    r"(?:^|[\s_-])(?:comments?|captions?|related|recommend\w*|teasers?|gallery|carousel)(?:$|[\s_-])"
)
_LINKED_KINDS = ("partner-archive", "republished", "originally-appeared", "licence", "collaboration")
_MAX_BLOCK = 900
_MAX_NOTICES = 20
_MAX_LINKS = 10
#: Attributes of these hold URLs that the site did not write for the reader.
_COUNTERS = ("img", "iframe", "script", "amp-pixel", "amp-img")


def read_html_notices(
    root: HtmlElement, rules: CompiledRules, own_names: frozenset[str] = frozenset()
) -> tuple[Notice, ...]:
    """Return the notices in the page's blocks and attributes, in document order, without offsets; the tree stays.

    A link in the notice gives its target, and its name where the words have none. `own_names` are the site's names
    and domains: it is no source of its own articles.
    """
    own = own_keys(own_names)
    texts = list(_texts(root))
    active = rules.blocks.for_text("\n".join(text for _, text in texts))
    found: dict[str, Notice] = {}
    for block in _candidates(texts, active):
        text = clean_line(block.text_content(), _MAX_BLOCK + 1)
        for one in find(text, active, own) if len(text) <= _MAX_BLOCK else ():
            if not (one.own and one.rule.kind in ("originally-appeared", "republished")):
                notice = _notice(block, text, one)
                found.setdefault(normal_key(notice.text), notice)
        if len(found) >= _MAX_NOTICES:
            break
    return (*found.values(), *_from_attributes(root, rules.attributes))


def _texts(root: HtmlElement) -> Iterator[tuple[HtmlElement, str]]:
    """Yield the text nodes of some length with the element that they stand in."""
    for element in root.iter("*"):
        text, tail = element.text, element.tail
        if text and len(text) > 2 and element.tag not in _SILENT:
            yield element, text
        if tail and len(tail) > 2 and not tail.isspace():
            yield element.getparent(), tail


def _candidates(texts: Iterable[tuple[HtmlElement, str]], active: tuple[CompiledRule, ...]) -> Iterator[HtmlElement]:
    """Yield the blocks around the phrases that the rules need, in document order, each once."""
    seen = set()
    for element, text in texts if active else ():
        lower = text.lower()
        if any(one.may_match(lower) for one in active):
            block = _block(element)
            if block not in seen:
                seen.add(block)
                if not _is_foreign(block):
                    yield block


def _block(element: HtmlElement) -> HtmlElement:
    while element.tag in _INLINE and (parent := element.getparent()) is not None:
        element = parent
    return element


def _is_foreign(block: HtmlElement) -> bool:
    """Return whether the block is part of a list of links, a caption, a comment or the site's own furniture."""
    for element in (block, *block.iterancestors()):
        if element.tag in ("article", "main", "body"):
            return False
        names = f"{element.get('class', '')} {element.get('id', '')}".lower()
        if element.tag in _FOREIGN or _FOREIGN_NAMES.search(names):
            return True
    return False


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


def _from_attributes(root: HtmlElement, rules: tuple[CompiledRule, ...]) -> tuple[Notice, ...]:
    """Return what URLs in attributes say, e.g. a republication counter."""
    found: dict[str, Notice] = {}
    for element in root.iter(*_COUNTERS) if rules else ():
        value = (element.get("src") or element.get("data-src") or "")[:2_000]
        for one in rules:
            if one.may_match(value.lower()) and (match := one.pattern.search(value)):
                notice = Notice(
                    rule_id=one.rule.id,
                    kind=one.rule.kind,
                    text=match.group(),
                    partner=partner_name(next((name for name in match.groupdict().values() if name), None)),
                    target_url=value if value.startswith("http") else None,
                    language=one.rule.language,
                )
                found.setdefault(notice.text, notice)
    return tuple(found.values())
