"""Other ways to a body, where the blocks gave little: JSON-LD, the data of script-built pages, trafilatura."""

from __future__ import annotations

import html
import json
import re
from copy import deepcopy

import trafilatura
from lxml.html import HtmlElement
from trafilatura.settings import Document

from pipeline.errors import NotAnArticle
from pipeline.extract.tree import parse_tree

_BREAK = re.compile(r"<br\s*/?>|</(?:p|div|h[1-6]|li)>|\r?\n", re.IGNORECASE)
_TAG = re.compile(r"<[^<>]{0,2000}>")
#: A string literal of JSON or JavaScript, or an open one to the end of the text; so each character is read once.
_STRING = re.compile(r'"((?:[^"\\]++|\\.)*+)"?', re.DOTALL)
#: Shorter strings are no article.
_MIN_HTML = 500
_MIN_PARAGRAPHS = 3
#: Scripts beyond this size are not searched.
_MAX_SCRIPT = 5_000_000
#: trafilatura's time grows with the number of elements; a larger page keeps what the blocks gave.
_MAX_ELEMENTS = 30_000


def article_body(article: str | None) -> str:
    """Return JSON-LD's articleBody as paragraphs of plain text; empty when there is none."""
    if not article:
        return ""
    text = html.unescape(_TAG.sub(" ", _BREAK.sub("\n", html.unescape(article))))
    lines = (" ".join(line.split()) for line in text.split("\n"))
    return "\n\n".join(line for line in lines if line)


def embedded_article(root: HtmlElement) -> HtmlElement | None:
    """Return the tree of the longest HTML text in the page's script data (state of pages that scripts build)."""
    longest = ""
    for script in root.iter("script"):
        text = script.text or ""
        if script.get("src") is None and _MIN_HTML < len(text) < _MAX_SCRIPT:
            longest = max(longest, _longest_html(text, 2), key=len)
    if not longest:
        return None
    try:
        return parse_tree(f"<html><body>{longest}</body></html>")
    except NotAnArticle:
        return None


def second_opinion(root: HtmlElement) -> str:
    """Return what trafilatura's fast path takes for the article; empty when it finds none. It works on a copy."""
    if sum(1 for _ in root.iter()) > _MAX_ELEMENTS:
        return ""
    found = trafilatura.bare_extraction(deepcopy(root), fast=True, include_comments=False)
    lines = (line.strip() for line in (found.text or "").splitlines()) if isinstance(found, Document) else ()
    return "\n\n".join(line for line in lines if line)


def _longest_html(text: str, levels: int) -> str:
    """Return the longest string with paragraphs, looking into strings inside strings."""
    longest = ""
    if "<p" not in text and "u003cp" not in text:
        return ""
    for found in _STRING.finditer(text):
        raw = found[1]
        if len(raw) < _MIN_HTML or ("\\u003c" not in raw and "<p" not in raw):
            continue
        try:
            value = json.loads(f'"{raw}"', strict=False)
        except ValueError:
            continue
        if value.count("<p") >= _MIN_PARAGRAPHS and not value.lstrip().startswith(("{", "[")) and _is_html(value):
            longest = max(longest, value, key=len)
        elif levels:
            longest = max(longest, _longest_html(value, levels - 1), key=len)
    return longest


def _is_html(value: str) -> bool:
    return value.count("\\u003c") == 0 and value.count("</p>") >= _MIN_PARAGRAPHS
