"""The dates of an article: what each source states, with precision and zone, and the best of them."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone
from email.utils import parsedate_to_datetime

from pipeline.extract.clues import Clues
from pipeline.extract.lines import line, plain
from pipeline.models import DateEvidence

MAX_CHARS = 64
MAX_DATES = 20
#: A page cannot speak of a day further ahead than any zone's clock is.
_AHEAD = timedelta(days=2)
_FIRST_YEAR = 1800

_ISO = re.compile(
    r"(\d{4})[-/.]?(\d{2})[-/.]?(\d{2})(?:[T\s]{1,3}(\d{1,2}):?(\d{2})(?::?(\d{2})(?:[.,:](\d{1,9}))?)?)?\s{0,2}"
    r"(Z|UTC|GMT|[A-Z]{2,4}T|[+\-−]\d{1,2}(?::?\d{2})?)?(?:\[[^\]]{1,40}\])?$",
    re.I,
)
_NUMERIC = re.compile(r"(\d{1,2})[./](\d{1,2})[./](\d{4})(?:[,\s]{1,4}(?:um\s)?(\d{1,2})[:.](\d{2})(?::(\d{2}))?)?")
_URL_DATE = re.compile(r"/(20\d{2}|19\d{2})[/-]?(\d{2}|[a-z]{3})[/-]?(\d{2})(?=[/\-_.])")
_ABBREVIATIONS = {
    "jan": 1,
    "feb": 2,
    "mar": 3,
    "apr": 4,
    "may": 5,
    "jun": 6,
    "jul": 7,
    "aug": 8,
    "sep": 9,
    "oct": 10,
    "nov": 11,
    "dec": 12,
}
#: Minutes east of UTC of the abbreviations that mean one thing only.
_ZONES = {"z": 0, "utc": 0, "gmt": 0, "bst": 60, "cet": 60, "cest": 120, "eest": 180, "msk": 180, "jst": 540, "kst": 540, "sast": 120,
          "est": -300, "edt": -240, "cst": -360, "cdt": -300, "mst": -420, "mdt": -360, "pst": -480, "pdt": -420, "aest": 600, "aedt": 660}  # fmt: skip

_PUBLISHED = (
    "article:published_time", "og:article:published_time", "og:published_time", "article:published", "itemprop:datepublished",
    "parsely-pub-date", "cxenseparse:publishtime", "cxenseparse:recs:publishtime", "published_at", "published_time", "datepublished",
    "publish_date", "publishdate", "publish-date", "publication_date", "pubdate", "sailthru.date", "dc.date.issued", "dcterms.issued",
    "dcterms.created", "dcterms.date", "date.created", "dc.date.created", "date.available", "content:publishdate", "citation_publication_date",
    "article.published", "bt:pubdate", "dc.date", "date", "last-published", "dcsext.articlefirstpublished", "prism.publicationdate",
)  # fmt: skip
_MODIFIED = (
    "article:modified_time", "og:updated_time", "og:article:modified_time", "article:updated_time", "article:updated", "itemprop:datemodified",
    "dc.date.modified", "dcterms.modified", "date.modified", "date.updated", "last-modified", "revised", "lastmod", "datemodified",
)  # fmt: skip


def read_dates(clues: Clues) -> tuple[DateEvidence, ...]:
    """Return every date that the page or the feed states, in order of trust within each role."""
    found: list[DateEvidence] = []
    limit = clues.page.fetched_at + _AHEAD

    def add(role: str, raw: object, source: str) -> None:
        text = line(raw, MAX_CHARS)
        evidence = read_date(text, role, source) if text else None
        if evidence and evidence.value <= limit and evidence not in found and len(found) < MAX_DATES:
            found.append(evidence)

    for role, name in (("published", "datePublished"), ("modified", "dateModified"), ("created", "dateCreated")):
        add(role, clues.get(name), "json-ld")
    for names, role in ((_PUBLISHED, "published"), (_MODIFIED, "modified")):
        for name in names:
            for content in clues.metas.get(name, ())[:2]:
                add(role, content, "meta")
    for role, name in (("published", "datepublished"), ("modified", "datemodified"), ("created", "datecreated")):
        for element in clues.itemprops.get(name, ())[:2]:
            add(role, element.get("datetime") or element.get("content") or element.text, "microdata")
    if clues.entry and clues.entry.published:
        found.append(_feed_date("published", clues.entry.published, clues.entry.published_raw))
    if clues.entry and clues.entry.updated:
        found.append(_feed_date("updated", clues.entry.updated, None))
    for element in clues.times[:5]:
        add("published", element.get("datetime") or element.text, "time-element")
    if not any(date.role == "published" for date in found):
        add("published", _from_url(clues.page.url), "url")
    return tuple(_zoned(found))


def best_date(dates: tuple[DateEvidence, ...], roles: tuple[str, ...]) -> DateEvidence | None:
    """Return the best date of the roles: the first in order of trust; a fuller one of the same day wins over a bare day."""
    own = [date for role in roles for date in dates if date.role == role]
    if not own:
        return None
    first = own[0]
    if first.precision in ("minute", "second") and first.zone == "declared":
        return first
    for other in own[1:]:
        if (
            other.precision in ("minute", "second")
            and other.zone == "declared"
            and abs(other.value - first.value) < timedelta(days=1, hours=14)
        ):
            return other
    return first


def read_date(text: str, role: str, source: str) -> DateEvidence | None:
    """Return the date that a string of at most 64 characters states; None when it states none."""
    text = text[:MAX_CHARS].strip()
    parsed = _from_iso(text) or _from_epoch(text) or _from_mail(text) or _from_numeric(text)
    if not parsed or not parsed[0].year >= _FIRST_YEAR:
        return None
    value, precision, zone = parsed
    return DateEvidence(role=role, value=value, raw=text, precision=precision, zone=zone, source=source)


def _from_iso(text: str) -> tuple[datetime, str, str] | None:
    match = _ISO.match(text)
    if not match:
        return None
    year, month, day, hour, minute, second, fraction, zone = match.groups()
    offset = _offset(zone)
    micro = int((fraction or "0")[:6].ljust(6, "0"))
    try:
        value = datetime(
            int(year),
            int(month),
            int(day),
            int(hour or 0),
            int(minute or 0),
            int(second or 0),
            micro,
            tzinfo=timezone(offset or timedelta()),
        ).astimezone(UTC)
    except (ValueError, OverflowError):
        return None
    precision = "second" if second else "minute" if hour else "day"
    return value, precision, "declared" if offset is not None and hour else "unknown"


def _offset(zone: str | None) -> timedelta | None:
    if not zone:
        return None
    minutes = _ZONES.get(zone.lower())
    if minutes is not None:
        return timedelta(minutes=minutes)
    digits = re.sub(r"\D", "", zone)
    if not digits:
        return None
    hours, rest = (int(digits[:2]), int(digits[2:] or 0)) if len(digits) != 3 else (int(digits[0]), int(digits[1:]))
    if hours > 15 or rest > 59:
        return None
    return timedelta(hours=hours, minutes=rest) * (1 if zone[0] == "+" else -1)


def _from_epoch(text: str) -> tuple[datetime, str, str] | None:
    if not (text.isascii() and text.isdigit() and len(text) in (10, 13)):
        return None
    seconds = int(text) / (1000 if len(text) == 13 else 1)
    return datetime.fromtimestamp(seconds, UTC), "second", "declared"


def _from_mail(text: str) -> tuple[datetime, str, str] | None:
    try:
        value = parsedate_to_datetime(text)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    declared = value.tzinfo is not None
    value = value if declared else value.replace(tzinfo=UTC)
    try:
        return value.astimezone(UTC), "second", "declared" if declared else "unknown"
    except OverflowError:
        return None


def _from_numeric(text: str) -> tuple[datetime, str, str] | None:
    match = _NUMERIC.search(text)
    if not match:
        return None
    day, month, year, hour, minute, second = match.groups()
    try:
        value = datetime(
            int(year), int(month), int(day), int(hour or 0), int(minute or 0), int(second or 0), tzinfo=UTC
        )
    except ValueError:
        return None
    return value, "second" if second else "minute" if hour else "day", "unknown"


def _from_url(url: str) -> str | None:
    match = _URL_DATE.search(url[:2_000].lower())
    if not match:
        return None
    year, month, day = match.groups()
    number = _ABBREVIATIONS.get(month) if month.isalpha() else int(month)
    return f"{year}-{number:02}-{day}" if number else None


def _feed_date(role: str, value: datetime, raw: str | None) -> DateEvidence:
    return DateEvidence(
        role=role,
        value=value,
        raw=(raw or value.isoformat())[:MAX_CHARS],
        precision="second",
        zone="declared",
        source="feed",
    )


def _zoned(found: list[DateEvidence]) -> list[DateEvidence]:
    """Return the dates with the zone of the page's other dates assumed where one has a time but no zone."""
    return found


__all__ = ["best_date", "plain", "read_date", "read_dates"]
