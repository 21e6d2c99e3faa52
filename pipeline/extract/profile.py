"""What kind of piece a page holds, and whether all of it is there."""

from __future__ import annotations

import re

from pipeline.extract.body import Body
from pipeline.extract.body.hints import letters
from pipeline.extract.metadata.metadata import Metadata

#: Words; a text of fewer is a brief, and of fewer still, when part of it is missing, a stub.
_BRIEF = 150
_STUB = 80
#: A gallery has at least so many pictures, and fewer words than this for each.
_GALLERY_IMAGES = 8
_GALLERY_WORDS = 60
_LIVE_TYPES = frozenset(("liveblogposting",))
_GALLERY_TYPES = frozenset(("imagegallery", "mediagallery"))
#: A published articleBody longer than ours by this factor says that some of the text is missing here.
_LONGER = 1.3
_CUT_OFF = re.compile(r"(?:\.\.\.|…)[\"'”’»)\]]*$")


def read_profile(metadata: Metadata, words: int, partial: bool) -> str:
    """Return article, live-blog, gallery, brief or stub."""
    types = set(metadata.types)
    if types & _LIVE_TYPES:
        return "live-blog"
    images = len(metadata.images)
    if types & _GALLERY_TYPES or (images >= _GALLERY_IMAGES and words < _GALLERY_WORDS * images):
        return "gallery"
    if partial and words < _STUB:
        return "stub"
    return "brief" if words < _BRIEF else "article"


def read_quality(metadata: Metadata, body: Body, *, cut: bool) -> tuple[str, ...]:
    """Return reason codes for what is missing or doubtful in the body, the weightier first.

    paywall: the rest is for subscribers; truncated: the text breaks off, or the page's own data have more of it;
    cut: longer than the policy allows; article-body, embedded-data, fallback-extractor: the text came from JSON-LD,
    from script data, from trafilatura.
    """
    walled = body.walled and metadata.is_accessible_for_free is not True
    told = metadata.article_body or ""
    longer = len(told) > len(body.text) and len(letters(told)) > _LONGER * len(letters(body.text))
    codes = (
        ("paywall", walled),
        ("truncated", bool(_CUT_OFF.search(body.text)) or longer),
        ("cut", cut),
        ("article-body", body.source == "article-body"),
        ("embedded-data", body.source == "embedded"),
        ("fallback-extractor", body.source == "trafilatura"),
    )
    return tuple(code for code, holds in codes if holds)


def is_partial(quality: tuple[str, ...]) -> bool:
    """Return whether the record holds less than the article."""
    return bool({"paywall", "truncated", "cut"} & set(quality))
