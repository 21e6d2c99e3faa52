"""The headline and the standfirst where the body says them again."""

from __future__ import annotations

from pipeline.extract.notices.paragraphs import Paragraph, Span
from pipeline.text import normal_key

#: Headline and standfirst are looked for in the first paragraphs, which are compared by their beginnings.
_TOP = 8
_BEGINNING = 600
#: A standfirst and the paragraph that repeats it stand no further apart: two versions of a story may share more.
_NEAR = 3
#: Letters and digits; shorter lines come twice by chance.
_LEAST = 40


def repeated(parts: tuple[Paragraph, ...], headline: str, description: str | None) -> tuple[Span, ...]:
    """Return the spans at the top that say the headline or the standfirst once more.

    A paragraph is a repeated standfirst when a later one begins with all its words, or when it is the description and
    stands under the headline. Else a description is the article's own first paragraph, which the site took for it.
    """
    head, dek = normal_key(headline), normal_key(description or "")
    top = parts[:_TOP]
    keys = [normal_key(part.text[:_BEGINNING]) for part in top]
    spans = []
    headed = False
    for index, (part, key) in enumerate(zip(top, keys, strict=True)):
        is_head = bool(head) and key == head
        said_again = len(key) >= _LEAST and any(other.startswith(key) for other in keys[index + 1 : index + 1 + _NEAR])
        if is_head or (headed and key == dek) or (said_again and len(part.text) <= _BEGINNING):
            spans.append(Span(start=part.start, end=part.end))
        headed = headed or is_head
    return tuple(spans)
