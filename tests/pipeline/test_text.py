"""Normal text: what is repaired, what is dropped, what stays; tokens; and linear time."""

from __future__ import annotations

import time
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.text import clean_body, clean_line, clean_text, cut_body, normal_key, tokens, word_count


@pytest.mark.parametrize(
    ("given_text", "expected"),
    [
        ("plain text", "plain text"),
        ("“Quotes”, ‘apostrophes’ – and dashes — stay…", "“Quotes”, ‘apostrophes’ – and dashes — stay…"),
        ("cafe\u0301", "café"),
        ("zero\u200bwidth\ufeff\u2060 soft\u00adhyphen", "zerowidth softhyphen"),
        ("nul\x00bell\x07escape\x1b[31m", "nulbellescape[31m"),
        ("\u202eright\u202c to\u200e left\u2066\u2069", "right to left"),
        ("lone\ud800 pair\ud83d\ude00", "lone pair😀"),
        ("non\ufffe\uffff\ufdd0characters\U0001ffff", "noncharacters"),
        ("icon \ue001 tag\U000e0041", "icon  tag"),
        ("a\r\nb\rc\u2028d\u2029e", "a\nb\nc\nd\ne"),
        ("no\xa0break\u202fthin\u2009wide\u3000tab\t", "no break thin wide tab "),
        ("windows \x93quotes\x94 in C1", "windows “quotes” in C1"),
        ("cafÃ© and itâ€™s", "café and it’s"),
        ("Ã„pfel gibtâ€™s\nund „gute“ Äpfel", "Äpfel gibt’s\nund „gute“ Äpfel"),
        ("“Été”»", "“Été”»"),
        ("می\u200cخواهم", "می\u200cخواهم"),
        ("latin\u200cjoiner\u200d", "latinjoiner"),
        ("👨\u200d👩\u200d👧", "👨\u200d👩\u200d👧"),
        ("replaced \ufffd stays", "replaced \ufffd stays"),
        ("&amp;lt; is not decoded", "&amp;lt; is not decoded"),
        ("", ""),
    ],
)
def test_clean_text(given_text: str, expected: str) -> None:
    """Characters become normal, and nothing that a reader sees is lost."""
    assert clean_text(given_text) == expected


def test_marks_are_limited() -> None:
    """A letter keeps eight combining marks, more mean nothing."""
    assert len(clean_text("e" + "\u0316" * 1_000)) == 9
    assert clean_text("Việt Nam") == "Việt Nam"


def test_clean_line_is_one_line_and_says_that_it_was_cut() -> None:
    """Line breaks and runs of blanks become one blank; a cut line ends with an ellipsis and keeps the limit."""
    assert clean_line("  a\n\n b\t c\u200b ", 100) == "a b c"
    assert clean_line("one two three", 8) == "one two…"
    assert len(clean_line("x" * 1_000, 100)) == 100


def test_clean_body_has_paragraphs_apart_by_one_blank_line() -> None:
    """Lines are trimmed, blank lines are one, a single line break stays."""
    assert clean_body("\n a  b \n \t\n\n\n c\nd \n\n") == "a b\n\nc\nd"


def test_cut_body_cuts_at_a_paragraph_or_a_blank() -> None:
    """A body over the limit ends at a border in its second half, else at the limit."""
    assert cut_body("aaa\n\nbbb\n\nccc", 11) == "aaa\n\nbbb"
    assert cut_body("aaa bbb ccc", 9) == "aaa bbb"
    assert cut_body("a" * 20, 10) == "a" * 10
    assert cut_body("short", 10) == "short"
    assert clean_body("aaa\n\nbbb\n\nccc", 11) == "aaa\n\nbbb"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Don’t stop: 3.5 million!", ["don", "t", "stop", "3", "5", "million"]),
        ("ÜBER Straße ﬁne", ["über", "straße", "fine"]),
        ("東京タワー", ["東", "京", "タ", "ワ", "ー"]),
        ("서울 시장", ["서울", "시장"]),
        ("हिन्दी में", ["हिन्दी", "में"]),
        ("العربيّة لغة", ["العربيّة", "لغة"]),
        ("Киев, 5 мая", ["киев", "5", "мая"]),
        ("ABC東京", ["abc", "東", "京"]),
        ("— … !", []),
    ],
)
def test_tokens(text: str, expected: list[str]) -> None:
    """Words in lower case and NFKC; a character each in scripts without blanks."""
    assert tokens(text) == expected
    assert word_count(text) == len(expected)


def test_thai_gives_a_token_a_character() -> None:
    """Letters of scripts without blanks stand alone."""
    assert len(tokens("ภาษาไทย")) == 7


def test_normal_key_compares_letters_and_digits() -> None:
    """Blanks, quotes, dashes and case make no difference."""
    assert normal_key("“Storm” takes the ROOF – again!") == normal_key("'storm' takes the roof-again")
    assert normal_key("Größe") == normal_key("GRÖSSE")
    assert normal_key(" … ") == ""


@given(st.text())
def test_clean_text_is_stable_and_storable(text: str) -> None:
    """Cleaning twice changes nothing more; the result is NFC, encodes, and holds no controls or surrogates."""
    cleaned = clean_text(text)
    assert clean_text(cleaned) == cleaned
    assert unicodedata.is_normalized("NFC", cleaned)
    assert not {unicodedata.category(char) for char in cleaned if char != "\n"} & {"Cc", "Cs", "Co", "Zl", "Zp"}
    cleaned.encode()


@given(st.text(alphabet=st.characters(min_codepoint=0x00, max_codepoint=0x2FFF)))
def test_clean_body_is_stable(text: str) -> None:
    """A clean body is its own clean body, and has no empty lines but one between paragraphs."""
    body = clean_body(text)
    assert clean_body(body) == body
    assert "\n\n\n" not in body


HOSTILE = {
    "blanks": " ",
    "marks": "\u0316\u0301",
    "no blanks": "a",
    "lines": "\n",
    "blank lines": " \n",
    "zero width": "\u200b",
    "mojibake": "Ã©",
    "mojibake lines": "â€™\n",
    "joiners": "👨\u200d",
    "surrogates": "\ud800",
    "c1": "\x91",
    "ligatures": "\ufdfa",
    "jamo": "\u1100\u1161",
    "signs": "\u0939\u093f",
    "bidi": "\u202e",
    "rare marks": "\U0001d165\U0001d16d",
}


@pytest.mark.parametrize("unit", HOSTILE.values(), ids=HOSTILE.keys())
def test_hostile_text_takes_linear_time(unit: str) -> None:
    """Twice the text takes less than three times the time, for every function."""
    functions = (clean_text, clean_body, tokens, normal_key, lambda text: clean_line(text, 1_000))
    assert [clean for clean in functions if not _is_linear(clean, unit)] == []


def _is_linear(clean: object, unit: str) -> bool:
    """Return whether one of a few tries keeps the ratio: others use the machine too."""
    for _ in range(4):
        once = _seconds(clean, "x" + unit * (50_000 // len(unit)))
        if _seconds(clean, "x" + unit * (100_000 // len(unit))) < 3 * max(once, 0.02):
            return True
    return False


def _seconds(clean: object, text: str) -> float:
    assert callable(clean)
    start = time.process_time()
    clean(text)
    return time.process_time() - start
