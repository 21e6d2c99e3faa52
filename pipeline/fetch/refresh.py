"""Pages that only lead on: next to no text and a <meta http-equiv=refresh>, as shorteners send them to browsers."""

from __future__ import annotations

import html
import re
from urllib.parse import urljoin, urlsplit

from pipeline.errors import NeverAgain
from pipeline.fetch.exchange import Answer
from pipeline.fetch.status import OK
from pipeline.fetch.target import Target, parse_target
from pipeline.unwrap import unwrap_url

#: A longer page, one with more text, or one that waits longer before it leads on, is a page.
MAX_BYTES = 8_192
MAX_TEXT_CHARS = 200
MAX_DELAY_S = 5

_COMMENT = re.compile(r"<!--.*?(?:-->|\Z)", re.DOTALL)
_UNSEEN = re.compile(r"<(script|style|title|template)\b[^<>]*+>.*?(?:</\1\s*>|\Z)", re.DOTALL | re.IGNORECASE)
_NOSCRIPT = re.compile(r"<noscript\b[^<>]*+>(.*?)(?:</noscript\s*>|\Z)", re.DOTALL | re.IGNORECASE)
_META = re.compile(r"<meta\s([^<>]*+)>", re.IGNORECASE)
_TAG = re.compile(r"<[^<>]*+>")
_ATTRIBUTE = re.compile(r"""([a-z-]{1,20})\s{0,9}=\s{0,9}(?:"([^"]*+)"|'([^']*+)'|([^\s"'>]++))""", re.IGNORECASE)
_CONTENT = re.compile(
    r"""\s*+(\d{1,4})(?:\.\d*+)?\s*+[;,]\s*+url\s*+=\s*+(?:"([^"]*+)|'([^']*+)|(.*+))""", re.IGNORECASE
)


def leads_to(answer: Answer, target: Target) -> Target | None:
    """Return where the page at `target` sends its reader at once, None for a page that is one itself.

    What stands in <noscript> counts only when it leads to another host: elsewhere it is for readers without scripts.
    Raises nothing: an address that cannot be asked is none.
    """
    if answer.status not in OK or not 0 < len(answer.body) <= MAX_BYTES:
        return None
    page = _UNSEEN.sub(" ", _COMMENT.sub(" ", answer.body.decode("utf-8", errors="replace")))
    if len(" ".join(html.unescape(_TAG.sub(" ", page)).split())) > MAX_TEXT_CHARS:
        return None
    found = _first(_NOSCRIPT.sub(" ", page), target)
    if found is None:
        found = _first(page, target)
        return found if found is not None and found.host != target.host else None
    return found if found != target else None


def _first(page: str, target: Target) -> Target | None:
    """Return where the first <meta http-equiv=refresh> leads."""
    for meta in _META.finditer(page):
        named = {name.lower(): a or b or c for name, a, b, c in reversed(_ATTRIBUTE.findall(meta.group(1)))}
        if named.get("http-equiv", "").strip().lower() == "refresh":
            return _place(html.unescape(named.get("content", "")), target)
    return None


def _place(content: str, target: Target) -> Target | None:
    found = _CONTENT.match(content)
    if found is None or int(found.group(1)) > MAX_DELAY_S:
        return None
    address = next((part for part in found.groups()[1:] if part), "").strip()
    try:
        place = urljoin(target.url, address) if address else ""
        return parse_target(unwrap_url(place)) if urlsplit(place).netloc else None
    except (NeverAgain, ValueError):
        return None
