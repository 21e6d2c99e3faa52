"""The dates of an article: what each source states, with precision and zone, and the best of them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from pipeline.extract.dates.shown_dates import shown_dates
from pipeline.extract.dates.timestamps import MAX_CHARS, Moment, month_number, read_moment
from pipeline.extract.dates.zones import offset_at_home
from pipeline.extract.walk.clues import Clues
from pipeline.extract.walk.jsonld import items
from pipeline.extract.walk.lines import line, plain, text_of
from pipeline.models import DateEvidence

_MAX_DATES = 20
#: A page cannot speak of a time further ahead than the clocks of any zone.
_AHEAD = timedelta(days=1)
_SAME_DAY = timedelta(hours=38)
_TIMED = ("minute", "second")
_SHOWN = ("time-element", "text", "url")

#: /2024/05/03/, /2024/may/03/, -20240503-, or an id that begins with date and clock, 202405031745…
_URL_DATE = re.compile(
    r"(?<!\d)(20[0-4]\d|19\d{2})([/-]?)(\d{2}|[a-z]{3})\2(\d{2})(?=[/\-_.?]|$|(?:[01]\d|2[0-3])[0-5]\d)"
)
_STATE_DATE = re.compile(
    r'\\?"(?:date_?published|publish(?:ed)?_?(?:at|date|time|on)?|publication_?date|pub_?date|first_?publish(?:ed)?(?:_?(?:at|date))?|'
    r'created_?(?:at|date)|display_?date)\\?"\s?:\s?\\?"([^"\\]{8,40})\\?"',
    re.I,
)

_PUBLISHED = (
    "article:published_time", "og:article:published_time", "og:published_time", "article:published", "parsely-pub-date",
    "cxenseparse:publishtime", "cxenseparse:recs:publishtime", "published_at", "published_time", "publish_time",
    "datepublished", "publish_date", "publishdate", "publish-date", "publication_date", "publicationdate", "pubdate",
    "sailthru.date", "dc.date.issued", "dcterms.issued", "dcterms.created", "dcterms.date", "date.created",
    "dc.date.created", "date.available", "content:publishdate", "citation_publication_date", "article.published",
    "bt:pubdate", "og:pubdate", "dc.date", "date", "prism.publicationdate", "article_date_original", "created",
)  # fmt: skip
_MODIFIED = (
    "article:modified_time", "og:updated_time", "og:article:modified_time", "article:updated_time", "article:updated",
    "dc.date.modified", "dcterms.modified", "date.modified", "date.updated", "datemodified", "last-modified", "revised",
    "lastmod", "modified_time", "updated_time",
)  # fmt: skip
_LINKED = (
    ("published", "datePublished"),
    ("modified", "dateModified"),
    ("created", "dateCreated"),
    ("published", "uploadDate"),
)
_MICRODATA = (("published", "datepublished"), ("modified", "datemodified"), ("created", "datecreated"))

Stated = tuple[str, str, Moment, str]


def read_dates(clues: Clues) -> tuple[DateEvidence, ...]:
    """Return every date that the page or the feed states, in order of trust.

    A date with a time but no zone is read in the zone of the page's other dates ("assumed"), else as UTC ("unknown").
    """
    latest = clues.page.fetched_at + _AHEAD
    stated: list[Stated] = []
    for role, raw, source in _raw(clues):
        text = line(raw, MAX_CHARS)
        moment = read_moment(text) if text else None
        if text and moment and moment.at() <= latest:
            stated.append((role, text, moment, source))
    certain = any(role == "published" and m.precision in _TIMED and m.offset is not None for role, _, m, _ in stated)
    fallback = [] if certain else shown_dates(clues)
    stated += [(role, raw, moment, source) for role, raw, moment, source in fallback if moment.at() <= latest]
    fed = _feed_dates(clues)
    if not fed and not any(role == "published" for role, *_ in stated):
        stated += _last_resorts(clues, latest)
    home = urlsplit(clues.page.url).hostname or ""
    evidence = [_evidence(one, stated, fed, home) for one in stated]
    return tuple(dict.fromkeys(_in_order(evidence, fed)))[:_MAX_DATES]


def best_date(dates: tuple[DateEvidence, ...], *roles: str) -> DateEvidence | None:
    """Return the best date of the roles: the first in order of trust that has time and zone, if it is of the same day
    as the first of all. What is only shown never replaces a time that is declared.
    """
    own = [date for role in roles for date in dates if date.role == role]
    if not own:
        return None
    first = own[0]
    if first.precision in _TIMED and first.source not in _SHOWN:
        own = [date for date in own if date.source not in _SHOWN]
    for wanted in ("declared", "assumed", "unknown"):
        for date in own:
            if date.precision in _TIMED and date.zone == wanted and abs(date.value - first.value) < _SAME_DAY:
                return date
    return first


def _raw(clues: Clues) -> Iterator[tuple[str, object, str]]:
    """Yield (role, string, source) from the machine-readable sources, in order of trust."""
    for role, name in _LINKED:
        for value in items(clues.article.get(name), 2):
            yield role, plain(value, MAX_CHARS), "json-ld"
    for role, names in (("published", _PUBLISHED), ("modified", _MODIFIED)):
        for name in names:
            for content in clues.metas.get(name, ())[:2]:
                yield role, content, "meta"
    for role, name in _MICRODATA:
        for content in clues.metas.get(f"itemprop:{name}", ())[:2]:
            yield role, content, "microdata"
        if not clues.article.get("datePublished"):
            for element in clues.own(name)[:2]:
                yield (
                    role,
                    element.get("datetime") or element.get("content") or text_of(element, MAX_CHARS),
                    "microdata",
                )


def _last_resorts(clues: Clues, latest: datetime) -> list[Stated]:
    """Return the date in the scripts' state, else the one in the URL."""
    found: list[Stated] = []
    for script in clues.scripts:
        for match in _STATE_DATE.finditer(script[:500_000]):
            moment = read_moment(match[1])
            if moment and moment.at() <= latest:
                return [("published", match[1], moment, "text")]
    raw = _in_url(clues.page.url)
    moment = read_moment(raw) if raw else None
    if raw and moment and moment.at() <= latest:
        found.append(("published", raw, moment, "url"))
    return found


def _in_url(url: str) -> str | None:
    match = _URL_DATE.search(url[:2_000].lower())
    if not match:
        return None
    year, _, month, day = match.groups()
    number = month_number(month) if month.isalpha() else int(month)
    return f"{year}-{number:02}-{day}" if number else None


def _feed_dates(clues: Clues) -> list[DateEvidence]:
    entry = clues.entry
    found = []
    for role, value, raw in (
        (("published", entry.published, entry.published_raw), ("updated", entry.updated, None)) if entry else ()
    ):
        if value is not None:
            text = (raw or value.isoformat())[:MAX_CHARS]
            found.append(
                DateEvidence(role=role, value=value, raw=text, precision="second", zone="declared", source="feed")
            )
    return found


def _in_order(page: list[DateEvidence], feed: list[DateEvidence]) -> list[DateEvidence]:
    """Return the dates in order of trust: the feed's stand before what is only shown."""
    declared = [date for date in page if date.source in ("json-ld", "meta", "microdata")]
    return declared + feed + [date for date in page if date not in declared]


def _evidence(one: Stated, stated: list[Stated], feed: list[DateEvidence], home: str) -> DateEvidence:
    role, raw, moment, source = one
    zone, offset = "declared", moment.offset
    if offset is None:
        offset = _assumed_offset(one, stated, feed, home) if moment.precision in _TIMED else None
        zone = "unknown" if offset is None else "assumed"
    value = moment.at(offset)
    return DateEvidence(role=role, value=value, raw=raw, precision=moment.precision, zone=zone, source=source)


def _assumed_offset(one: Stated, stated: list[Stated], feed: list[DateEvidence], home: str) -> timedelta | None:
    """Return the offset that other dates speak for, in this order: the same moment in another spelling; the clock of
    the site's country, for what the page shows to its readers and for what is the same on the clock; any other date's.
    """
    role, _, moment, _ = one
    instants = [m.at() for r, _, m, _ in stated if r == role and m.offset is not None and m.precision in _TIMED]
    instants += [date.value for date in feed if date.role == role]
    for instant in instants:
        apart = moment.at() - instant
        if abs(apart) <= timedelta(hours=14) and abs(apart % timedelta(minutes=15)) < timedelta(minutes=1):
            return timedelta(minutes=round(apart / timedelta(minutes=15)) * 15)
    clock = moment.wall.replace(second=0, microsecond=0)
    shown = (m for _, _, m, source in stated if source in _SHOWN and m.offset is None and m.precision in _TIMED)
    if any(m.wall.replace(second=0, microsecond=0) == clock for m in shown):
        local = offset_at_home(home, clock.date())
        if local is not None:
            return local
    return next((m.offset for _, _, m, _ in stated if m.offset), None)
