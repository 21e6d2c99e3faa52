"""The body of an article as paragraphs of plain text."""

from __future__ import annotations

from copy import deepcopy

import lxml.html
import trafilatura
from trafilatura.settings import Document


def read_body(root: lxml.html.HtmlElement, headline: str) -> str:
    """Return the article's text without its headline, paragraphs apart by one blank line; empty when none was found."""
    found = trafilatura.bare_extraction(deepcopy(root), fast=True, include_comments=False)
    lines = (line.strip() for line in (found.text or "").splitlines()) if isinstance(found, Document) else ()
    return "\n\n".join(line for line in lines if line and line != headline)
