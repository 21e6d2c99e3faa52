"""Text as every stage wants it: normal characters, normal blanks, and the tokens that copies are compared by.

All functions take linear time on any input; none raises on any str.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache

import ftfy
from ftfy.badness import is_bad

#: Characters that carry no text: controls, zero-width and bidi formatting, tags, private use, noncharacters,
#: surrogates. Joiners (200C, 200D) are judged by their neighbours.
_DROPPED = (
    "\x00-\x08\x0e-\x1f\x7f\x80-\x9f\u00ad\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f"
    "\ud800-\udfff\ue000-\uf8ff\ufdd0-\ufdef\ufeff\ufff9-\ufffc\ufffe\uffff"
    "\U0001d173-\U0001d17a\U000e0000-\U000e007f\U000f0000-\U0010ffff"
    + "".join(f"{chr(plane * 0x10000 + 0xFFFE)}{chr(plane * 0x10000 + 0xFFFF)}" for plane in range(1, 15))
)
#: Scripts that write joiners inside words: Arabic, Syriac, the Indic scripts, Myanmar, Khmer, Mongolian.
_JOINING = "\u0600-\u08ff\u0900-\u0dff\u1000-\u109f\u1780-\u18af\ufb50-\ufdcf\ufdf0-\ufdff\ufe70-\ufefc"
_EMOJI = "\u2190-\u2bff\ufe0f\U0001f000-\U0001faff"
_DROP = re.compile(
    f"(?![\u200c\u200d])[{_DROPPED}]"
    f"|[\u200c\u200d](?!(?<=[{_JOINING}].)[{_JOINING}])(?!(?<=[{_EMOJI}]\u200d)[{_EMOJI}])"
)
_PAIR = re.compile("[\ud800-\udbff][\udc00-\udfff]")
_C1 = re.compile("[\x80-\x9f]")
#: As in HTML: what looks like a C1 control was meant as the character of Windows-1252.
_WINDOWS = {code: bytes([code]).decode("cp1252", "ignore") for code in range(0x80, 0xA0)}
_BREAK = re.compile("\r\n?|[\u2028\u2029]")
_BLANK = re.compile("[\t\x0b\x0c\xa0\u1680\u2000-\u200a\u202f\u205f\u3000]")
_PARAGRAPH_BREAK = re.compile(r"\n{3,}")

#: More marks than this on one letter mean nothing in any script, and normalization sorts them in quadratic time.
_MAX_MARKS = 8
#: Where characters have a combining class, in and beyond the basic plane. Apart, because `re` tests a set of basic
#: characters twenty times as fast as one with others.
_FIRST_MARK, _LAST_BASIC_MARK, _LAST_MARK = 0x300, 0xFFFF, 0x1EFFF
_MAY_BE_RARE = re.compile("[\U000101fd-\U0001efff]")

#: A Latin-1 letter that may be a UTF-8 lead byte, before what a continuation byte becomes in Windows-1252.
_MOJIBAKE = re.compile("[\xc2-\xf4][\x80-\xbf€‚ƒ„…†‡ˆ‰Š‹ŒŽ‘’“”•–—˜™š›œžŸ]")
#: Beyond these, text is left as it is: no real page has so long a paragraph, or so many.
_MAX_REPAIRED_LINE = 20_000
_MAX_REPAIRED_LINES = 5_000
_MAX_PASSES = 3

#: Scripts written without blanks between words: each character is a token.
_ALONE = (
    "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
)
#: Vowel signs and points, which are parts of words but not `\w`.
_SIGNS = "\u0300-\u036f\u0483-\u0487\u0591-\u05c7\u0610-\u061a\u064b-\u065f\u0670\u06d6-\u06ed\u0900-\u0dff"
_FOREIGN = re.compile("[\u0300-\u1fff\u2e80-\ufdff\U00020000-\U0003ffff]")
_TOKEN = re.compile(r"\w+")
_FOREIGN_TOKEN = re.compile(f"[{_ALONE}]|[^\\W{_ALONE}](?:[^\\W{_ALONE}]|[{_SIGNS}])*")
_LETTERS = re.compile(r"[^\W_]+")
#: For ASCII, as one table: small letters, and all that is neither letter nor digit.
_SMALL = bytes(range(256)).lower()
_NO_LETTERS = bytes(code for code in range(128) if not _LETTERS.match(chr(code)))


def clean_text(text: str) -> str:
    """Return the text in NFC with LF line ends and plain blanks, without invisible or impossible characters.

    Mojibake is repaired line by line where ftfy is sure of it; typographic quotes and dashes stay. Joiners stay only
    inside words of scripts that write them, and between emoji. Runs of blanks are left as they are.
    """
    for _ in range(_MAX_PASSES):
        cleaned = _clean_once(text)
        # What was dropped may have hidden mojibake; nearly all text is done at once.
        if cleaned == text or cleaned.isascii() or not _MOJIBAKE.search(cleaned):
            return cleaned
        text = cleaned
    return text


def clean_line(text: str, limit: int) -> str:
    """Return the text as one line of at most `limit` characters; a cut one ends with an ellipsis."""
    line = " ".join(clean_text(text).split())
    return line if len(line) <= limit else line[: limit - 1].rstrip() + "…"


def clean_body(text: str, limit: int | None = None) -> str:
    """Return the text as trimmed lines, paragraphs apart by one blank line; cut by `cut_body` where it is too long."""
    lines = (" ".join(line.split()) for line in clean_text(text).split("\n"))
    body = _PARAGRAPH_BREAK.sub("\n\n", "\n".join(lines)).strip("\n")
    return body if limit is None else cut_body(body, limit)


def cut_body(body: str, limit: int) -> str:
    """Return the body, or its beginning of at most `limit` characters, cut at the last paragraph or blank."""
    if len(body) <= limit:
        return body
    cut = body[:limit]
    for border in ("\n\n", " "):
        at = cut.rfind(border)
        if at >= limit // 2:
            return cut[:at].rstrip()
    return cut


def tokens(text: str) -> list[str]:
    """Return the words in NFKC and lower case; scripts without blanks between words give a token a character."""
    text = _compatible(text).lower()
    pattern = _FOREIGN_TOKEN if not text.isascii() and _FOREIGN.search(text) else _TOKEN
    return pattern.findall(text)


def word_count(text: str) -> int:
    """Return the number of tokens."""
    return len(tokens(text))


def normal_key(text: str) -> str:
    """Return the letters and digits alone, caseless: equal for texts that differ in blanks, quotes and case only."""
    if text.isascii():
        return text.encode().translate(_SMALL, _NO_LETTERS).decode()
    return "".join(_LETTERS.findall(_compatible(text).casefold()))


def limit_marks(text: str) -> str:
    """Return the text with at most eight combining marks in a row; normalize nothing from outside without it."""
    if text.isascii():
        return text
    last = _LAST_MARK if _MAY_BE_RARE.search(text) else _LAST_BASIC_MARK
    too_many = _too_many(_FIRST_MARK, last)
    return too_many.sub(r"\1", text) if too_many.search(text) else text


@cache
def _too_many(first: int, last: int) -> re.Pattern[str]:
    """Return the pattern of too many marks in a row: built at first use, for it looks at every character."""
    marks = [code for code in range(first, last + 1) if unicodedata.combining(chr(code))]
    starts = [code for code, before in zip(marks, [0, *marks], strict=False) if code != before + 1]
    ends = [code for code, after in zip(marks, [*marks[1:], 0], strict=True) if code != after - 1]
    ranges = "".join(f"{chr(start)}-{chr(end)}" for start, end in zip(starts, ends, strict=True))
    # Written as one mark and seven more: `re` looks for a set of characters faster than for a repeated one.
    return re.compile(f"([{ranges}][{ranges}]{{{_MAX_MARKS - 1}}})[{ranges}]+")


def _clean_once(text: str) -> str:
    if not text.isascii() and _MOJIBAKE.search(text):
        lines = text.split("\n")
        text = "\n".join([*map(_repair, lines[:_MAX_REPAIRED_LINES]), *lines[_MAX_REPAIRED_LINES:]])
    # All that _usual changes is "not printable", and this test costs a hundredth of it.
    if not text.replace("\n", "").isprintable():
        text = _usual(text)
    return text if text.isascii() else unicodedata.normalize("NFC", limit_marks(text))


def _compatible(text: str) -> str:
    return text if text.isascii() else unicodedata.normalize("NFKC", limit_marks(text))


def _usual(text: str) -> str:
    """Return the text without characters that carry none, and with plain blanks and line ends."""
    text = _BLANK.sub(" ", _BREAK.sub("\n", text))
    if text.replace("\n", "").isprintable():
        return text
    text = _PAIR.sub(lambda pair: pair.group().encode("utf-16", "surrogatepass").decode("utf-16"), text)
    if _C1.search(text):
        text = text.translate(_WINDOWS)
    return _DROP.sub("", text)


def _repair(line: str) -> str:
    if len(line) > _MAX_REPAIRED_LINE or not _MOJIBAKE.search(line) or not is_bad(line):
        return line
    return ftfy.fix_encoding(line)
