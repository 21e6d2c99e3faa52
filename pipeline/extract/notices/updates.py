"""Stacked versions inside one page: an update over the original post, or updates one over the other."""

from __future__ import annotations

from pipeline.models import Update, Value


class Label(Value, frozen=True, kw_only=True):
    """The words that open a stacked part, and the paragraph that they stand in."""

    text: str
    paragraph: int
    #: Whether the label is a paragraph of its own, which leaves the body.
    alone: bool


def mark_updates(body: str, labels: tuple[Label, ...], places: tuple[int, ...]) -> tuple[Update, ...]:
    """Return the stacked parts of the body that is left: each runs to the next label, the last one to the end.

    A last label that opens a paragraph high up ("Update: …") speaks of that paragraph only, for the article goes on
    below it. A single label over the whole body is a date line, and marks nothing. `places` says for each paragraph of
    the old body where it, or what follows it, stands in the new one.
    """
    parts = []
    for label, following in zip(labels, (*labels[1:], None), strict=False):
        start = places[label.paragraph]
        end = max(start, places[following.paragraph] - 2) if following else _end(body, start, label.alone)
        if start < end and (start, end) != (0, len(body)):
            parts.append(Update(label=label.text, start=start, end=end))
    return tuple(parts)


def _end(body: str, start: int, alone: bool) -> int:
    paragraph_end = body.find("\n\n", start)
    return paragraph_end if not alone and start < len(body) // 2 and paragraph_end > 0 else len(body)
