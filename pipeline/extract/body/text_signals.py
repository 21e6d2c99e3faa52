"""What the text of a block says by itself: its length, links and punctuation, and how it begins."""

from __future__ import annotations

import re

from pipeline.extract.body import cues
from pipeline.extract.body.landscape import Place

TEXT = (
    "words",
    "words_root",
    "word_length",
    "link_density",
    "links",
    "strong",
    "ends",
    "sentences",
    "commas",
    "upper",
    "digits",
    "calls",
    "legal",
    "asks",
    "photo",
    "date",
    "byline",
)
#: So many characters are searched for cues, for sentences, and for capitals and digits.
CUED = 300
_HEAD = 400
_START = 160
_SHORT = 25
#: A full stop ends a sentence before a blank, one of Chinese or Japanese anywhere.
_SENTENCE = re.compile(r"[.!?…؟।。！？](?:(?<=[。！？])|[\"'”’»)]*(?:\s|$))")
_COMMAS = ",;،、，"
_UPPER = re.compile("[A-ZÀ-ÞА-Я]")
_ASCII_UPPER = bytes(range(ord("A"), ord("Z") + 1))
_DIGITS = b"0123456789"


def of_text(place: Place, lowered: str, mentions: cues.Mentions) -> list[float]:
    """Return the signals of TEXT; `lowered` are the first CUED characters in lower case."""
    block, text, words = place.block, place.block.text, place.words
    head, start = text[:_HEAD], text[:_START]
    short = words < _SHORT
    return [
        min(words, 150),
        words**0.5,
        min(len(text) / words, 15),
        place.density,
        min(block.links, 8),
        block.strong / len(text),
        place.ends,
        len(_SENTENCE.findall(head)),
        sum(map(head.count, _COMMAS)) / words,
        _capitals(start) / len(start),
        _count(start, _DIGITS) / len(start),
        cues.calls(lowered),
        mentions.is_legal(lowered),
        mentions.asks(lowered),
        mentions.is_photo_credit(lowered),
        short and cues.has_date(text),
        short and cues.is_byline(lowered),
    ]


def _capitals(text: str) -> int:
    return _count(text, _ASCII_UPPER) if text.isascii() else len(_UPPER.findall(text))


def _count(text: str, characters: bytes) -> int:
    """Return how many of these ASCII characters are in the text."""
    data = text.encode("utf-8", "replace")
    return len(data) - len(data.translate(None, characters))
