"""What stands beside a label on a page: "Author: …" in a list of facts about the article."""

from __future__ import annotations

from itertools import islice

from lxml.html import HtmlElement

from pipeline.extract.walk.lines import line, text_of

_TAGS = ("strong", "b", "dt", "th", "label")
_MAX_SEEN = 300


def labelled(root: HtmlElement, labels: frozenset[str], limit: int = 200) -> str | None:
    """Return the line after the first element that is one of the labels (lower case, without colon)."""
    for element in islice(root.iter(*_TAGS), _MAX_SEEN):
        text = element.text
        if text and len(text) < 40 and text.strip(" \n\t:").lower() in labels:
            following = element.getnext()
            beside = line(element.tail, limit) or (text_of(following, limit) if following is not None else None)
            if beside and (found := beside.strip(" :")):
                return found
    return None
