"""The contents of feed elements: leaf texts, and text constructs that may hold markup."""

from __future__ import annotations

from html import escape

from lxml import etree

LANG = "{http://www.w3.org/XML/1998/namespace}lang"
BASE = "{http://www.w3.org/XML/1998/namespace}base"
_XHTML_DIV = "{http://www.w3.org/1999/xhtml}div"


class Unusual(Exception):
    """This reader leaves the feed to feedparser."""


def leaf(element: etree._Element) -> str:
    """Return the trimmed text of an element. Raises Unusual when it holds other elements or entities."""
    if len(element):
        raise Unusual(f"children in {element.tag}")
    text = element.text
    return text.strip() if text else ""


def inner_markup(element: etree._Element, *, atom: bool) -> tuple[str, bool]:
    """Return the trimmed content and whether it is HTML.

    RSS never says; Atom says with `type`, and text is its default. Markup written without escaping is HTML in either.
    """
    if len(element):
        return _inner(element).strip(), True
    text = element.text
    return text.strip() if text else "", not atom or "html" in element.get("type", "").lower()


def _inner(element: etree._Element) -> str:
    """Return the markup inside; the one <div> that Atom wraps around XHTML is taken off."""
    only = element[0]
    if (
        len(element) == 1
        and only.tag == _XHTML_DIV
        and not (element.text or "").strip()
        and not (only.tail or "").strip()
    ):
        element = only
        if not len(element):
            return escape(element.text or "", quote=False)
    if any(child.prefix for child in element):
        raise Unusual("prefixes in content")
    parts = [escape(element.text, quote=False) if element.text else ""]
    parts.extend(etree.tostring(child, encoding="unicode") for child in element)
    return "".join(parts)
