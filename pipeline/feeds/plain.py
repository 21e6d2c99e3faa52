"""Feed texts as plain text: markup out, entities read once, one line. Every step takes linear time."""

from __future__ import annotations

import html
import re

from pipeline.text import clean_line

#: Of a long text, first so many times the limit is looked at, and at most so many times: the rest is full text.
_FIRST_LOOK, _LAST_LOOK = 2, 16
_COMMENT_BORDERS = ("<!--", "-->")
_TAG = re.compile(r"<[A-Za-z!?/][^<>]*>")
#: Tags that part words: a blank comes in their place. All other tags stand inside text.
_PARTING_TAG = re.compile(r"<(?:/?(?:p|bl|fig|div|li)|/[ht]|br|h[123r]|t[rdh])[^<>]*>")
_SILENT = ("script", "style")
_SILENT_TAG = re.compile(r"<(?:script|style)", re.IGNORECASE)
_OPEN_TAG = re.compile(r"<[A-Za-z!/?][^>]*")


def plain_line(text: str, *, is_html: bool, limit: int) -> str:
    """Return the text without markup as one clean line of at most `limit` characters, "" when nothing is left."""
    if not is_html or ("<" not in text and "&" not in text):
        # Most titles, names and ids are clean already, and the whole of cleaning is to find that out.
        if len(text) <= limit and text.isascii() and text.isprintable() and "  " not in text:
            return text.strip()
        return clean_line(text[: limit * _LAST_LOOK], limit)
    look = limit * _FIRST_LOOK
    while True:
        line = clean_line(strip_markup(text, look), limit)
        if len(line) >= limit - 1 or look >= min(len(text), limit * _LAST_LOOK):
            return line
        look *= 2


def strip_markup(markup: str, limit: int) -> str:
    """Return the text of the first `limit` characters of HTML, entities read once."""
    if len(markup) > limit:
        markup = _without_open_tag(markup[:limit])
    if "<" in markup:
        if _COMMENT_BORDERS[0] in markup:
            markup = _without(markup, *_COMMENT_BORDERS)
        if _SILENT_TAG.search(markup):
            for name in _SILENT:
                markup = _without_element(markup, name)
        markup = _TAG.sub("", _PARTING_TAG.sub(" ", markup))
    return html.unescape(markup) if "&" in markup else markup


def _without_open_tag(markup: str) -> str:
    """Return the markup without a tag at its end that was cut off."""
    start = markup.rfind("<")
    return markup[:start] if start >= 0 and _OPEN_TAG.fullmatch(markup, start) else markup


def _without(text: str, opening: str, closing: str) -> str:
    """Return the text without what stands between the borders; an opening that is never closed stays."""
    kept, at = [], 0
    while (start := text.find(opening, at)) >= 0:
        end = text.find(closing, start + len(opening))
        if end < 0:
            break
        kept.append(text[at:start])
        at = end + len(closing)
    return "".join((*kept, text[at:])) if kept else text


def _without_element(text: str, name: str) -> str:
    kept, at, lowered = [], 0, text.lower()
    while (start := lowered.find(f"<{name}", at)) >= 0:
        end = lowered.find(f"</{name}", start)
        kept.append(text[at:start])
        at = len(text) if end < 0 else end
    return "".join((*kept, text[at:]))
