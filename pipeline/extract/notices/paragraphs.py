"""A body as paragraphs with their offsets, and the body that is left when spans are taken out."""

from __future__ import annotations

import re
from collections.abc import Iterable

from pipeline.models import Value

_PARAGRAPH = re.compile(r"[^\n]+(?:\n(?!\n)[^\n]+)*")
_ONLY_PUNCTUATION = re.compile(r"[\W_]*")
#: How many paragraphs, and how many characters, count as the top and the end of a body.
_EDGE_PARAGRAPHS = 5
_EDGE_CHARS = 1_000


class Paragraph(Value, frozen=True, kw_only=True):
    """A paragraph of a body and where it stands."""

    text: str
    start: int
    end: int
    top: bool
    bottom: bool


class Span(Value, frozen=True, kw_only=True):
    """A part of a body."""

    start: int
    end: int


def paragraphs(body: str) -> tuple[Paragraph, ...]:
    """Return the paragraphs of a body, which are apart by blank lines."""
    found = list(_PARAGRAPH.finditer(body))
    last = len(found) - _EDGE_PARAGRAPHS
    return tuple(
        Paragraph(
            text=one.group(),
            start=one.start(),
            end=one.end(),
            top=index < _EDGE_PARAGRAPHS or one.start() < _EDGE_CHARS,
            bottom=index >= last or len(body) - one.end() < _EDGE_CHARS,
        )
        for index, one in enumerate(found)
    )


def merge(spans: Iterable[Span]) -> tuple[Span, ...]:
    """Return the spans in order, overlapping ones joined."""
    merged: list[Span] = []
    for span in sorted(spans, key=lambda one: (one.start, one.end)):
        if merged and span.start <= merged[-1].end:
            merged[-1] = Span(start=merged[-1].start, end=max(merged[-1].end, span.end))
        else:
            merged.append(span)
    return tuple(merged)


def without(body: str, spans: Iterable[Span]) -> tuple[str, tuple[int, ...]]:
    """Return the body without the spans, and for each paragraph of the old body where its rest stands in the new one.

    A paragraph of which only punctuation is left goes whole; its place is that of the next one.
    """
    cuts = merge(spans)
    if not cuts:
        return body, tuple(part.start for part in paragraphs(body))
    rests: list[str] = []
    places: list[int] = []
    length = at = 0
    for paragraph in paragraphs(body):
        while at < len(cuts) and cuts[at].end <= paragraph.start:
            at += 1
        rest, at = _rest(body, paragraph, cuts, at)
        places.append(length)
        if rest:
            rests.append(rest)
            length += len(rest) + 2
    return "\n\n".join(rests), tuple(min(place, max(0, length - 2)) for place in places)


def _rest(body: str, paragraph: Paragraph, cuts: tuple[Span, ...], at: int) -> tuple[str, int]:
    """Return what the cuts leave of a paragraph, and the first cut that may reach the next one."""
    parts, position = [], paragraph.start
    while at < len(cuts) and cuts[at].start < paragraph.end:
        parts.append(body[position : max(position, cuts[at].start)])
        position = max(position, cuts[at].end)
        if cuts[at].end > paragraph.end:
            break
        at += 1
    if not parts:
        return paragraph.text, at
    parts.append(body[position : paragraph.end])
    rest = _join(parts)
    return ("" if _ONLY_PUNCTUATION.fullmatch(rest) else rest), at


def _join(parts: list[str]) -> str:
    """Return the parts as one text: a blank where a span was cut out between words, none before punctuation."""
    text = ""
    for part in parts:
        piece = part.strip(" ")
        if text and piece:
            text += "" if piece[0] in ".,;:!?)…" else " "
        text += piece
    return text.strip()
