"""Strings of a page become clean lines."""

import pytest

from pipeline.extract.walk.lines import likeness, line, plain, text_of, unique
from tests.pipeline.extract.snippets import tree


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("  Ferry \n stays\u00a0on ", "Ferry stays on"),
        ("Caf\u0065\u0301 opens", "Café opens"),
        ("zero\u200bwidth \u202eturned\x00", "zerowidth turned"),
        ("lone \ud800 surrogate", "lone surrogate"),
        ("", None),
        (" \u200b ", None),
        (None, None),
        (12, None),
        (["a"], None),
    ],
)
def test_a_line_is_clean_or_nothing(value: object, expected: str | None) -> None:
    """Blanks are single, controls gone, letters composed; what is no text is None."""
    assert line(value) == expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("Ropes &amp; knots", "Ropes & knots"),
        ("Ropes &amp;amp; knots", "Ropes &amp; knots"),
        ("<b>Ferry</b> stays", "Ferry stays"),
        ("3 < 4 and 5 > 2", "3 < 4 and 5 > 2"),
        ("H&auml;fen &#8211; Boote", "Häfen – Boote"),
    ],
)
def test_plain_text_loses_tags_and_one_layer_of_entities(value: str, expected: str) -> None:
    """Entities are decoded once only."""
    assert plain(value) == expected


def test_long_values_are_cut() -> None:
    """A megabyte costs no more than its beginning, and shows the cut."""
    cut = line("word " * 200_000, 100)
    assert cut is not None
    assert len(cut) <= 100
    assert cut.endswith("…")


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        ("<p>The <em>last</em> ferry</p>", "The last ferry"),
        ("<p><span>Kicker</span><span>Headline</span></p>", "Kicker Headline"),
        ("<p>un<b>lock</b>ed</p>", "unlocked"),
        ("<p>By <a>Ines Varga</a>, <a>Tom Reed</a></p>", "By Ines Varga, Tom Reed"),
        ("<p>Text<script>var a = 1;</script><style>p {}</style></p>", "Text"),
        ("<p><!-- comment --></p>", None),
    ],
)
def test_the_text_of_an_element(html: str, expected: str | None) -> None:
    """Parts of a word are joined, other elements stand apart, scripts say nothing."""
    element = tree(html).find(".//p")
    assert text_of(element) == expected


def test_unique_keeps_the_first_spelling() -> None:
    """Case, quotes and blanks do not make a difference."""
    assert unique(["Ferry stays", "FERRY  “stays”", None, "", "Bridge"], 5) == ("Ferry stays", "Bridge")
    assert unique(["a", "b", "c"], 2) == ("a", "b")


def test_likeness_is_a_share() -> None:
    """The same is 1, nothing in common 0, in any script."""
    assert likeness("ferry", "ferry") == 1
    assert likeness("渡船停运", "渡船停运") == 1
    assert likeness("ferry", "bucks") == 0
    assert likeness("", "ferry") == 0
