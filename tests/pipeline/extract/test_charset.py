"""Bytes become the right characters, whatever the page says of its encoding."""

import pytest

from pipeline.extract.charset import codec_of, decode

FRENCH = "<html><body><p>Le café de la gare a rouvert mardi, déjà très fréquenté, près du marché où l’été s’achève.</p></body></html>"
GERMAN = "<p>Die Fähre über den Fluß fährt auch im Winter täglich; für Schüler ermäßigt.</p>"
RUSSIAN = "<p>Городской совет Порт-Амберли во вторник решил сохранить паром до весны, сообщила редакция.</p>" * 4
JAPANESE = "<p>港町の議会は火曜日、古い渡し船を春まで運航させることを決めた。市民の多くがこれを歓迎している。</p>" * 4
CHINESE = "<p>港口市议会周二决定，让旧渡轮继续运营到明年春天，许多市民对此表示欢迎。</p>" * 4


def share(text: str, wanted: str) -> float:
    """Return the share of characters in place."""
    return sum(a == b for a, b in zip(text, wanted, strict=False)) / max(len(text), len(wanted))


@pytest.mark.parametrize(
    ("body", "header", "wanted"),
    [
        pytest.param(FRENCH.encode(), None, FRENCH, id="utf-8 undeclared"),
        pytest.param(FRENCH.encode(), "iso-8859-1", FRENCH, id="utf-8 declared latin-1"),
        pytest.param(b"\xef\xbb\xbf" + FRENCH.encode(), "iso-8859-1", FRENCH, id="utf-8 with a mark"),
        pytest.param(GERMAN.encode("latin-1"), "utf-8", GERMAN, id="latin-1 declared utf-8"),
        pytest.param(FRENCH.encode("cp1252"), "ISO-8859-1", FRENCH, id="windows-1252 declared latin-1"),
        pytest.param(RUSSIAN.encode("cp1251"), None, RUSSIAN, id="windows-1251 undeclared"),
        pytest.param(RUSSIAN.encode("koi8-r"), "koi8-r", RUSSIAN, id="koi8-r in the header"),
        pytest.param(RUSSIAN.encode("koi8-r"), None, RUSSIAN, id="koi8-r undeclared"),
        pytest.param(JAPANESE.encode("shift_jis"), None, JAPANESE, id="shift_jis undeclared"),
        pytest.param(JAPANESE.encode("iso2022-jp"), "iso-2022-jp", JAPANESE, id="iso-2022-jp in the header"),
        pytest.param(CHINESE.encode("gb18030"), None, CHINESE, id="gb18030 undeclared"),
        pytest.param(
            b"<meta charset='gbk'>" + CHINESE.encode("gbk"), None, "<meta charset='gbk'>" + CHINESE, id="gbk in meta"
        ),
        pytest.param(FRENCH.encode("utf-16-le"), None, FRENCH, id="utf-16 without a mark"),
        pytest.param(FRENCH.encode("utf-16"), None, FRENCH, id="utf-16 with a mark"),
        pytest.param(b"<p>caf+AOk-</p>", "utf-7", "<p>caf+AOk-</p>", id="utf-7 stays what it is"),
    ],
)
def test_a_page_is_read_in_its_own_encoding(body: bytes, header: str | None, wanted: str) -> None:
    """At least 99 of 100 characters are right, declared, undeclared or declared wrongly."""
    assert share(decode(body, header).text, wanted) >= 0.99


def test_one_bad_byte_costs_one_character() -> None:
    """A megabyte of UTF-8 with one broken byte stays UTF-8."""
    body = (GERMAN * 12_000).encode()
    middle = body.index("ß".encode(), len(body) // 2)
    read = decode(body[:middle] + b"\xff" + body[middle:], "utf-8")
    assert read.charset == "utf-8"
    assert read.replaced == 1


def test_a_body_cut_inside_a_character_loses_that_character() -> None:
    """A truncated transfer does not make mojibake of the rest."""
    body = GERMAN.encode()
    cut = body[: body.index("ß".encode()) + 1]
    assert decode(cut, "utf-8").text == GERMAN[: GERMAN.index("ß")] + "\ufffd"


@pytest.mark.parametrize("label", ["punycode", "unicode_escape", "idna", "rot13", "zlib", "utf-7", "", "x" * 5_000])
def test_a_page_cannot_choose_a_codec_of_python(label: str) -> None:
    """Labels outside the allow-list mean nothing, and the page is still read."""
    assert codec_of(label) is None
    assert decode(FRENCH.encode(), label).text == FRENCH


@pytest.mark.parametrize(
    ("label", "codec"),
    [
        ("UTF8", "utf-8"),
        (" latin1 ", "cp1252"),
        ('"gb2312"', "gb18030"),
        ("ks_c_5601-1987", "cp949"),
        ("tis-620", "cp874"),
    ],
)
def test_labels_mean_what_browsers_take_them_for(label: str, codec: str) -> None:
    """The aliases of the Encoding Standard are known, in any case and with stray quotes."""
    assert codec_of(label) == codec


@pytest.mark.parametrize("body", [b"", b"\xff\xfe", b"\x00", b"\x80" * 100, bytes(range(256)) * 10])
def test_any_bytes_give_some_text(body: bytes) -> None:
    """Nothing is raised, and nothing worse than U+FFFD is in the text."""
    decode(body).text.encode("utf-8")
