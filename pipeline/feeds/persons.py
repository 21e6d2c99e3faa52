"""The names of persons in RSS, where an address belongs and a name is often written."""

from __future__ import annotations

import re

_PERSON = re.compile(
    r"[^\s@()<>]{1,100}@[^\s@()<>]{1,200}\s{0,10}\(([^()]{1,300})\)|([^<>@]{1,300}?)\s{0,10}<[^\s<>]{1,300}>"
)


def read_person(text: str) -> str | None:
    """Return the name in "jane@paper.example (Jane Roe)" or "Jane Roe <…>", None for a bare address."""
    if "@" not in text:
        return text or None
    found = _PERSON.fullmatch(text[:1_000].strip())
    name = (found.group(1) or found.group(2) or "").strip() if found else ""
    return name or (None if " " not in text else text)
