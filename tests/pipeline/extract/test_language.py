"""The language is the declared one, else the detected one."""

import pytest

from pipeline.extract.language import declared_language, detect_language, settle_language
from pipeline.models import FeedEntry
from tests.pipeline.extract.snippets import URL, clues, linked

ENGLISH = "The harbour council voted to keep the old ferry running until spring, although the late crossing needs a second pair of hands."
GERMAN = "Der Hafenrat hat beschlossen, die alte Fähre bis zum Frühjahr fahren zu lassen, obwohl die späte Überfahrt mehr Hände braucht."
RUSSIAN = "Совет гавани решил сохранить старый паром до весны, хотя для позднего рейса нужен ещё один человек на борту."
JAPANESE = (
    "港湾評議会は古い渡し船を春まで運航することを決めたが、夜遅い便にはもう一人の乗組員が必要だと船長は話している。"
)


@pytest.mark.parametrize(
    ("head", "lang", "expected"),
    [
        (linked(inLanguage="de-CH"), "", ("de-CH", "json-ld")),
        (linked(inLanguage={"name": "de"}), "", ("de", "json-ld")),
        ("", "de_at", ("de-AT", "html")),
        ('<meta property="og:locale" content="pt_BR">', "pt", ("pt-BR", "og")),
        ("", "zh-hans-cn", ("zh-Hans-CN", "html")),
        ('<meta http-equiv="content-language" content="fr">', "", ("fr", "meta")),
        (linked(inLanguage="de") + '<meta property="og:locale" content="de_DE">', "en", ("de-DE", "og")),
        ('<meta property="og:locale" content="de_DE">', "en", (None, None)),
        ("", "und", (None, None)),
        ("", "not a language at all", (None, None)),
        ("", "", (None, None)),
    ],
)
def test_declared(head: str, lang: str, expected: tuple[str | None, str | None]) -> None:
    """A BCP 47 tag; the majority where sources differ, nothing where they stand even."""
    assert declared_language(clues(head, lang=lang)) == expected


def test_the_feed_stands_in() -> None:
    """The feed's language is taken where the page is silent."""
    assert declared_language(clues(entry=FeedEntry(url=URL, language="nl-be"))) == ("nl-BE", "feed")


@pytest.mark.parametrize(
    ("text", "language"),
    [(ENGLISH, "en"), (GERMAN, "de"), (RUSSIAN, "ru"), (JAPANESE, "ja"), ("Ferry", None), ("", None)],
)
def test_detected(text: str, language: str | None) -> None:
    """A few dozen letters are enough; fewer say nothing."""
    assert detect_language(text) == language


@pytest.mark.parametrize(
    ("declared", "text", "expected"),
    [
        ("de-AT", ENGLISH, ("de-AT", False)),
        ("en", RUSSIAN, ("ru", True)),
        ("ja", ENGLISH, ("en", True)),
        ("sr", RUSSIAN, ("sr", False)),
        (None, GERMAN, ("de", True)),
        (None, "?", (None, False)),
        ("en", "Ферри", ("en", False)),
    ],
)
def test_settled(declared: str | None, text: str, expected: tuple[str | None, bool]) -> None:
    """A declared language stands unless the text is in another script."""
    assert settle_language(declared, text) == expected
