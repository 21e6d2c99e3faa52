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
    """Return the stacked parts of the body that is left: each runs to the next label or to the end.

    `places` says for each paragraph of the old body where it, or what follows it, stands in the new one.
    """
    starts = [places[label.paragraph] for label in labels]
    ends = [*starts[1:], len(body) + 2]
    parts = (
        Update(label=label.text, start=start, end=min(max(start, end - 2), len(body)))
        for label, start, end in zip(labels, starts, ends, strict=True)
    )
    return tuple(part for part in parts if part.end > part.start)
