"""Who owns an article, on what terms it is shown, and what the site asks of users of the text."""

from __future__ import annotations

from pipeline.extract.metadata.links import web_url
from pipeline.extract.walk.clues import Clues
from pipeline.extract.walk.jsonld import items
from pipeline.extract.walk.lines import plain
from pipeline.extract.walk.linked import name_of
from pipeline.models import Preferences

_MAX_CHARS = 500
_FREE = {"true": True, "1": True, "yes": True, "free": True, "false": False, "0": False, "no": False, "locked": False}
_ROBOTS = ("robots", "googlebot", "googlebot-news")
_NO_AI = ("noai", "noimageai", "noml")


def read_copyright(clues: Clues) -> str | None:
    """Return the copyright line of the article: of its linked data, else of the page's metadata."""
    if notice := plain(clues.get("copyrightNotice"), _MAX_CHARS):
        return notice
    if holder := name_of(clues.get("copyrightHolder"), _MAX_CHARS):
        year = str(clues.get("copyrightYear") or "")[:4]
        return f"© {year} {holder}" if year.isdigit() else f"© {holder}"
    return clues.meta(
        "copyright", "dc.rights", "prism.copyright", "rights", "dcterms.rights", "itemprop:copyright", limit=_MAX_CHARS
    )


def read_license(clues: Clues) -> str | None:
    """Return the address or the name of the licence."""
    declared = clues.get("license")
    if isinstance(declared, dict):
        declared = declared.get("url") or declared.get("@id") or declared.get("name")
    linked = next((href for rel, href in clues.links if "license" in rel.split()), None)
    metas = clues.meta("license", "dcterms.license", "dc.rights.license", "cc:license", limit=_MAX_CHARS)
    return plain(declared, _MAX_CHARS) or web_url(linked, clues.base) or metas


def read_usage_terms(clues: Clues) -> str | None:
    """Return the terms of use as text or address."""
    declared = clues.get("usageInfo") or clues.get("acquireLicensePage")
    if isinstance(declared, dict):
        declared = declared.get("url") or declared.get("@id") or declared.get("name")
    return plain(declared, _MAX_CHARS) or clues.meta(
        "usageterms", "xmprights:usageterms", "dcterms.accessrights", limit=_MAX_CHARS
    )


def read_free(clues: Clues) -> bool | None:
    """Return whether the article is free to read; None when the page does not say."""
    values = [clues.article.get("isAccessibleForFree")]
    values += [
        item.get("isAccessibleForFree") for item in items(clues.article.get("hasPart"), 10) if isinstance(item, dict)
    ]
    said = [free for value in values if (free := _free(value)) is not None]
    if said:
        return all(said) if values[0] is None else said[0]
    return _free(clues.meta("article:content_tier", "itemprop:isaccessibleforfree", limit=20))


def _free(value: object) -> bool | None:
    if isinstance(value, bool):
        return value
    text = str(value).strip().lower().rpartition("/")[2] if isinstance(value, str | int) else ""
    return _FREE.get(text)


def read_preferences(clues: Clues) -> Preferences:
    """Return what robots, AI training and text mining may do, from metas and headers."""
    headers = clues.page.headers
    said = [content for name in _ROBOTS[:1] for content in clues.metas.get(name, ())]
    said += [headers["x-robots-tag"]] if headers.get("x-robots-tag") else []
    robots = plain(", ".join(said), _MAX_CHARS)
    everyone = {word.strip() for word in (robots or "").lower().split(",")}
    for name in _ROBOTS[1:]:
        everyone |= {
            word
            for content in clues.metas.get(name, ())
            for word in (w.strip().lower() for w in content[:200].split(","))
            if word in _NO_AI
        }
    against = [word for word in _NO_AI if word in everyone]
    reservation = clues.meta("tdm-reservation", limit=10) or headers.get("tdm-reservation")
    return Preferences(
        robots=robots,
        ai_training=", ".join(against) or None,
        tdm_reservation={"1": True, "0": False}.get((reservation or "").strip()),
        noindex=bool(everyone & {"noindex", "none"}) if robots else None,
    )
