"""What the words of a block say about its role: calls to read on, to subscribe, to agree; credits, dates, bylines.

The words and phrases stand in words.toml. Each test is cheap, and is given the beginning of a text in lower case.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from pipeline.extract.body.words import phrases, plain_words

_CALL = phrases("begins", "call", r"\W*%s")
_SECTION = phrases("begins", "section", r"\W*%s")
_BYLINE = phrases("begins", "byline", r"\W*%s\b")
_PHOTO = phrases("begins", "photo", r"\W*%ss?\b ?[:(/]|\[사진")
_WALL = phrases("holds", "wall")
_DATE = re.compile(r"\b(?:19|20)\d\d\b|\d{1,2}[:.h]\d{2}\b|\d{1,2}[./-]\d{1,2}[./-]\d{2,4}")
_DIGIT = re.compile(r"\d")
_AGENCIES = plain_words("mentions", "photo")
_LEGAL = plain_words("mentions", "legal")
_ASKS = plain_words("mentions", "asks")


class Mentions:
    """The plain words that stand in any of some texts in lower case: each text is asked for no others."""

    __slots__ = ("_agencies", "_asks", "_legal")

    def __init__(self, texts: Iterable[str]) -> None:
        joined = "\n".join(texts)
        self._agencies, self._legal, self._asks = (
            tuple(word for word in words if word in joined) for words in (_AGENCIES, _LEGAL, _ASKS)
        )

    def is_photo_credit(self, lowered: str) -> bool:
        """Return whether the text names a picture's source."""
        return _PHOTO.match(lowered) is not None or _holds(lowered, self._agencies)

    def is_legal(self, lowered: str) -> bool:
        """Return whether the text speaks of rights, cookies or consent."""
        return _holds(lowered, self._legal)

    def asks(self, lowered: str) -> bool:
        """Return whether the text speaks of following, subscribing or registering."""
        return _holds(lowered, self._asks)


def calls(lowered: str) -> bool:
    """Return whether the text begins like a call to read, watch or sign up elsewhere."""
    return _CALL.match(lowered) is not None


def opens_foreign_section(lowered: str) -> bool:
    """Return whether a heading announces something else than the article: related stories, comments, tags."""
    return _CALL.match(lowered) is not None or _SECTION.match(lowered) is not None


def is_byline(lowered: str) -> bool:
    """Return whether a short text begins like a byline or a date line."""
    return _BYLINE.match(lowered) is not None


def has_date(text: str) -> bool:
    """Return whether a short text holds a year, a date in digits or a time of day."""
    return _DIGIT.search(text) is not None and _DATE.search(text) is not None


def is_wall(text: str) -> bool:
    """Return whether a text in any case says that the rest of the article is for subscribers or registered readers."""
    return _WALL.search(text[:600].lower()) is not None


def _holds(text: str, words: tuple[str, ...]) -> bool:
    return any(map(text.__contains__, words))
