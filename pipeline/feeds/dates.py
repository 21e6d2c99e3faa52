"""Dates as feeds write them. The two usual forms are read here; feedparser reads whatever else there is."""

from __future__ import annotations

import re
from calendar import timegm
from datetime import UTC, datetime, timedelta

from feedparser.datetimes import _parse_date as feedparser_date

#: A date is no longer than this; longer strings are cut before anything looks at them.
MAX_DATE_CHARS = 64
#: Older dates are placeholders; some sites list their archives.
_EARLIEST = datetime(1800, 1, 1, tzinfo=UTC)
_EPOCH, _EPOCH_END = datetime(1970, 1, 1, tzinfo=UTC), datetime(1970, 1, 2, tzinfo=UTC)
#: Clocks and time zones of publishers are wrong by so much, not by more.
_AHEAD = timedelta(days=2)

_RFC822 = re.compile(
    r"(?:[A-Za-z]{3,9},? +)?(\d{1,2}) +([A-Za-z]{3})[A-Za-z]{0,6},? +(\d{4}) +(\d{1,2}):(\d\d)(?::(\d\d))?"
    r"(?: +(?:([+-])(\d\d):?(\d\d)|([A-Za-z]{1,5})))?"
)
#: The form of it that nearly all feeds write.
_USUAL = re.compile(
    r"[A-Z][a-z]{2}, ([0-9]{2}) ([A-Z][a-z]{2}) ([0-9]{4}) ((?:[01][0-9]|2[0-3]):[0-9]{2}:[0-9]{2})"
    r" (?:GMT|([+-][01][0-9][0-5][0-9]))"
)
_ISO = re.compile(r"(\d{4})-(\d\d)-(\d\d)[T ]\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?(?:Z|[+-]\d\d:?\d\d)?")
_LEADING_DATE = re.compile(r"\s*\d{4}-(\d\d)-(\d\d)(?!\d)")
_WEEK = re.compile(r"\s*\d{4}-?[Ww]")
#: Digits and something between them, and no sign before: years are never negative.
_LETTERS_AND_DIGITS = re.compile(r"(?!-)(?=.*\d)(?=.*\D)", re.ASCII)

_MONTH_NAMES = "jan feb mar apr may jun jul aug sep oct nov dec"
_MONTHS = {name: number for number, name in enumerate(_MONTH_NAMES.split(), start=1)}
#: Hours east of Greenwich. Beyond those of RFC 822, names that only one part of the world uses.
_ZONES: dict[str, float] = {
    **dict.fromkeys(("ut", "utc", "gmt", "z"), 0), "wet": 0, "west": 1, "bst": 1, "met": 1, "cet": 1, "mest": 2,
    "cest": 2, "eet": 2, "sast": 2, "eest": 3, "msk": 3, "hkt": 8, "awst": 8, "jst": 9, "kst": 9, "acst": 9.5,
    "acdt": 10.5, "aest": 10, "aedt": 11, "nzst": 12, "nzdt": 13, "adt": -3, "ast": -4, "edt": -4, "est": -5,
    "cdt": -5, "cst": -6, "mdt": -6, "mst": -7, "pdt": -7, "pst": -8, "akdt": -8, "akst": -9, "hst": -10,
}  # fmt: skip


def read_date(raw: str | None, now: datetime) -> datetime | None:
    """Return the moment in UTC, to the second, that the string names; None when it names none that can be true.

    Not true: before 1800, the first day of 1970 (an empty clock), more than two days after `now`. A date without a zone
    is taken for UTC.
    """
    if not raw or len(raw) > 4 * MAX_DATE_CHARS:
        return None
    raw = raw.strip()[:MAX_DATE_CHARS]
    try:
        moment = _usual(raw) or _rfc822(raw) or _iso(raw) or _strange(raw)
    except (ValueError, OverflowError):
        return None
    if moment is None or not _EARLIEST <= moment <= now + _AHEAD or _EPOCH <= moment < _EPOCH_END:
        return None
    return moment


def _usual(raw: str) -> datetime | None:
    """Return the moment of an RFC 822 date in its usual form. `fromisoformat` reads it in a third of the time."""
    found = _USUAL.fullmatch(raw)
    if not found:
        return None
    day, name, year, time, offset = found.groups()
    month = _MONTHS.get(name.lower())
    if not month:
        return None
    return _in_utc(datetime.fromisoformat(f"{year}-{month:02}-{day}T{time}{offset or 'Z'}"))


def _rfc822(raw: str) -> datetime | None:
    found = _RFC822.fullmatch(raw)
    if not found:
        return None
    day, month, year, hour, minute, second, sign, hours, minutes, zone = found.groups()
    number = _MONTHS.get(month.lower())
    if not number:
        return None
    moment = datetime(int(year), number, int(day), int(hour), int(minute), int(second or 0), tzinfo=UTC)
    if sign:
        offset = timedelta(hours=int(hours), minutes=int(minutes))
        return moment - offset if sign == "+" else moment + offset
    east = _ZONES.get(zone.lower()) if zone else 0
    return None if east is None else moment - timedelta(hours=east) if east else moment


def _iso(raw: str) -> datetime | None:
    if not _ISO.fullmatch(raw):
        return None
    return _in_utc(datetime.fromisoformat(raw).replace(microsecond=0))


def _in_utc(moment: datetime) -> datetime:
    if moment.tzinfo is None:
        return moment.replace(tzinfo=UTC)
    return moment if moment.tzinfo is UTC else moment.astimezone(UTC)


def _strange(raw: str) -> datetime | None:
    """Return what feedparser reads, unless it would make the date up from impossible parts."""
    if not _LETTERS_AND_DIGITS.match(raw) or _WEEK.match(raw):
        return None
    lead = _LEADING_DATE.match(raw)
    if lead and not (1 <= int(lead.group(1)) <= 12 and 1 <= int(lead.group(2)) <= 31):
        return None
    try:
        parts = feedparser_date(raw)
        return datetime.fromtimestamp(timegm(parts), UTC) if parts else None
    except Exception:  # a stranger's string in a dozen parsers that are not ours: any error means "no date"
        return None
