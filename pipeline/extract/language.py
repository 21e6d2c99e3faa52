"""The language of an article: as declared, else detected from its text."""

from __future__ import annotations

import re
from collections import Counter

from pipeline.extract.authors.vocabulary import words
from pipeline.extract.walk.clues import Clues
from pipeline.extract.walk.lines import line

#: Detection reads so much of a text; more changes nothing.
_SAMPLE = 3_000
#: So much tells the script.
_SCRIPT_SAMPLE = 600
_ENOUGH = 40
_TAG = re.compile(r"([A-Za-z]{2,3})(?:[-_]([A-Za-z]{4}))?(?:[-_]([A-Za-z]{2}|\d{3}))?(?:[-_].*)?$")
_NOT_LATIN = re.compile(r"[^\W\d_\u0041-\u024f\u1e00-\u1eff]")
_LETTER = re.compile(r"[^\W\d_]")
#: Languages written in another script than the Latin one.
_OTHER_SCRIPT = words(
    "ar fa ur ps ckb ug he yi ru uk be bg mk el ka hy am ti hi mr ne bn as pa gu or ta te kn ml si th lo km my dz bo"
    " zh ja ko"
)
#: Languages written in more than one.
_BOTH_SCRIPTS = words("sr bs az uz kk ky tg tk mn ku ha sd ks")


def declared_language(clues: Clues) -> tuple[str | None, str | None]:
    """Return the language that the page declares as a BCP 47 tag, and the source; None where its words disagree."""
    said = [
        ("json-ld", _tag(clues.get("inLanguage"))),
        ("html", _tag(clues.root.get("lang") or clues.root.get("xml:lang"))),
        ("og", _tag(clues.meta("og:locale", limit=40))),
        ("meta", _tag(clues.meta("content-language", "dc.language", "language", limit=40))),
    ]
    found = [(source, tag) for source, tag in said if tag]
    if not found and clues.entry:
        found = [("feed", tag) for tag in [_tag(clues.entry.language)] if tag]
    if not found:
        return None, None
    votes = Counter(tag[:2] for _, tag in found).most_common()
    if len(votes) > 1 and votes[0][1] == votes[1][1]:
        return None, None
    winners = [(source, tag) for source, tag in found if tag.startswith(votes[0][0])]
    source, tag = max(winners, key=lambda winner: "-" in winner[1])
    return tag, source


def settle_language(declared: str | None, text: str) -> tuple[str | None, bool]:
    """Return the language of a text, and whether it was detected: where none is declared, or one of another script."""
    if declared and _fits(declared, text):
        return declared, False
    found = detect_language(text)
    return (found, True) if found else (declared, False)


def detect_language(text: str) -> str | None:
    """Return the ISO 639 code of the language that a text is written in; None when there is too little of it."""
    if len(_LETTER.findall(text[:_SAMPLE])) < _ENOUGH:
        return None
    # Imported here: model and numpy take a quarter of a second, and most pages declare their language.
    from py3langid import classify  # noqa: PLC0415

    return str(classify(text[:_SAMPLE])[0])


def _fits(tag: str, text: str) -> bool:
    """Return whether a text is written in a script of the language."""
    language = tag[:2].lower() if len(tag.split("-", maxsplit=1)[0]) == 2 else tag.split("-", maxsplit=1)[0].lower()
    letters = _LETTER.findall(text[:_SCRIPT_SAMPLE])
    if len(letters) < _ENOUGH or language in _BOTH_SCRIPTS:
        return True
    foreign = len(_NOT_LATIN.findall("".join(letters))) / len(letters)
    return foreign > 0.3 if language in _OTHER_SCRIPT else foreign < 0.7


def _tag(value: object) -> str | None:
    """Return a BCP 47 tag in its usual case ("de-CH", "zh-Hans"); None when it is none."""
    if isinstance(value, dict):
        value = value.get("alternateName") or value.get("name")
    match = _TAG.match(line(value, 40) or "")
    if not match or match[1].lower() in ("und", "mul", "zxx"):
        return None
    language, script, region = match.groups()
    return "-".join(part for part in (language.lower(), script and script.title(), region and region.upper()) if part)
