"""The language of an article: as declared, else detected from its text."""

from __future__ import annotations

#: Detection reads so much of a text; more changes nothing.
_SAMPLE = 4_000
_ENOUGH = 40


def detect_language(text: str) -> str | None:
    """Return the ISO 639-1 code of the language a text is written in, None when there is too little of it."""
    if len(text) < _ENOUGH:
        return None
    # Imported here: model and numpy take a third of a second, and most pages declare their language.
    from py3langid import classify  # noqa: PLC0415

    return str(classify(text[:_SAMPLE])[0])
