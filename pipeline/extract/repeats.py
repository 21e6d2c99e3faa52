"""The headline and the standfirst where the body says them again."""

from __future__ import annotations

from pipeline.extract.paragraphs import Paragraph, Span
from pipeline.text import normal_key

#: Headline and standfirst are looked for in the first paragraphs only.
_TOP = 8
_MIN_KEY = 12


def repeated(parts: tuple[Paragraph, ...], headline: str, description: str | None) -> tuple[Span, ...]:
    """Return the spans at the top that say the headline or the standfirst once more.

    A paragraph that is the standfirst goes when the headline stands before it in the body, or when a later paragraph
    begins with the same words; else it is the article's own first paragraph, which the site took for its description.
    """
    head, dek = normal_key(headline), normal_key(description or "")
    keys = [normal_key(part.text[:2_000]) for part in parts[:_TOP]]
    spans = []
    headed = False
    for index, key in enumerate(keys):
        is_head = bool(head) and key == head
        is_dek = len(dek) >= _MIN_KEY and key == dek and (headed or any(k.startswith(dek) for k in keys[index + 1 :]))
        headed = headed or is_head
        if is_head or is_dek:
            spans.append(Span(start=parts[index].start, end=parts[index].end))
    return tuple(spans)
