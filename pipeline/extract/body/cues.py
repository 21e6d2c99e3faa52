"""What the words of a block say about its role: calls to read on, to subscribe, to agree; credits, dates, bylines.

The words and phrases stand in words.toml. Each test is cheap, and looks at the beginning of a text only.
"""

from __future__ import annotations

import re

from pipeline.extract.body.words import phrases, plain_words

_CALL = phrases("begins", "call", r"\W*%s")
_SECTION = phrases("begins", "section", r"\W*%s")
_BYLINE = phrases("begins", "byline", r"\W*%s\b")
_PHOTO = phrases("begins", "photo", r"\W*%ss?\b ?[:(/]|\[사진")
_WALL = phrases("holds", "wall")
_DATE = re.compile(r"\b(?:19|20)\d\d\b|\d{1,2}[:.h]\d{2}\b|\d{1,2}[./-]\d{1,2}[./-]\d{2,4}")
_AGENCIES = plain_words("mentions", "photo")
_LEGAL = plain_words("mentions", "legal")
_ASKS = plain_words("mentions", "asks")


def calls(text: str) -> bool:
    """Return whether the text begins like a call to read, watch or sign up elsewhere."""
    return bool(_CALL.match(text))


def opens_foreign_section(text: str) -> bool:
    """Return whether a heading announces something else than the article: related stories, comments, tags."""
    return bool(_CALL.match(text) or _SECTION.match(text))


def is_byline(text: str) -> bool:
    """Return whether a short text begins like a byline or a date line."""
    return bool(_BYLINE.match(text))


def has_date(text: str) -> bool:
    """Return whether a short text holds a year, a date in digits or a time of day."""
    return bool(_DATE.search(text))


def is_photo_credit(text: str, lowered: str) -> bool:
    """Return whether the text names a picture's source."""
    return bool(_PHOTO.match(text)) or _holds(lowered, _AGENCIES)


def is_legal(lowered: str) -> bool:
    """Return whether the text speaks of rights, cookies or consent."""
    return _holds(lowered, _LEGAL)


def asks(lowered: str) -> bool:
    """Return whether the text speaks of following, subscribing or registering."""
    return _holds(lowered, _ASKS)


def is_wall(text: str) -> bool:
    """Return whether the text says that the rest of the article is for subscribers or registered readers."""
    return bool(_WALL.search(text[:600]))


def _holds(text: str, words: tuple[str, ...]) -> bool:
    return any(map(text.__contains__, words))
