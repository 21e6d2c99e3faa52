"""The one flaw that most ill-formed feeds have: a bare "&", or the name of an HTML entity. Put right, they are XML."""

from __future__ import annotations

import re
from html import escape
from html.entities import html5

_AMPERSAND = re.compile(r"&(?:#[0-9]{1,7};|#[xX][0-9A-Fa-f]{1,6};|([A-Za-z][A-Za-z0-9]{1,31};))?")
_XML_NAMES = frozenset(("amp;", "lt;", "gt;", "quot;", "apos;"))
_CDATA = "<![CDATA["


def escape_ampersands(text: str) -> str:
    """Return the text with every "&" that begins no reference of XML escaped; CDATA sections stay as they are."""
    kept, at = [], 0
    while (start := text.find(_CDATA, at)) >= 0:
        end = text.find("]]>", start)
        if end < 0:
            break
        kept += [_AMPERSAND.sub(_reference, text[at:start]), text[start:end]]
        at = end
    return "".join((*kept, _AMPERSAND.sub(_reference, text[at:])))


def _reference(found: re.Match[str]) -> str:
    whole, name = found.group(), found.group(1)
    if whole == "&":
        return "&amp;"
    if name is None or name in _XML_NAMES:
        return whole
    return escape(html5[name]) if name in html5 else f"&amp;{name}"
