"""The moment that a string states: ISO 8601 and its near relations, mail dates, epochs, and dates in words."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, timezone
from email.utils import parsedate_tz

from pipeline.extract.dates.months import MONTHS
from pipeline.extract.dates.zones import offset_of

MAX_CHARS = 64
_FIRST_YEAR = 1800
#: What systems write that have no date.
_EPOCH = date(1970, 1, 1)

_ISO = re.compile(
    r"(\d{4})([-/.]?)(\d{1,2})\2(\d{1,2})\.?(?:[T\s,]{1,3}(\d{1,2})[:.]?(\d{2})(?::?(\d{2})(?:[.,:](\d{1,9}))?)?)?\s?"
    # A "+" that was decoded as a blank, and a "Z" too many, are met in the wild.
    r"(Z|(?![AP]M\b)[A-Z]{2,5}|(?:UTC|GMT)?\s?[+\-−]\s?\d{1,2}(?::?\d{2})?|\d{2}:\d{2})?Z?(?:\[[^\]]{1,40}\])?$",
    re.I,
)
_YEAR_MONTH = re.compile(r"(\d{4})(?:-(\d{2}))?$")
_CLOCK = re.compile(
    r"(?<![\d.:/-])(\d{1,2})\s?[:.h時시点点](?:\s?(\d{2})(?![\d.]))(?::(\d{2}))?\s?([ap]\.?\s?m\b\.?)?"
    r"\s?\(?((?:UTC|GMT)\s?[+\-]\s?\d{1,2}(?::?\d{2})?|[A-Z]{2,4}\b|[+\-]\d{2}:?\d{2})?",
    re.I,
)
_HOUR = re.compile(r"(?<![\d:.])(\d{1,2})\s?([ap])\.?m\b\.?\s?([A-Z]{2,4}\b)?", re.I)
_DMY = re.compile(r"(?<!\d)(\d{1,2})\s?[./-]\s?(\d{1,2})\s?[./-]\s?(\d{4}|\d{2})(?![\d])")
_YMD = re.compile(r"(?<!\d)(\d{4})\s?[./\-年년]\s?(\d{1,2})\s?[./\-月월]\s?(\d{1,2})(?!\d)")
_DAY_MONTH = re.compile(
    r"(?<!\d)(\d{1,2})(?:\.|er|st|nd|rd|th|º|ª)?\s{0,2}(?:de\s|of\s|d’|d')?\s{0,2}([^\W\d_]{3,14})\.?,?"
    r"\s{0,2}(?:de\s|del\s)?\s{0,2}(\d{4})"
)
_MONTH_DAY = re.compile(r"([^\W\d_]{3,14})\.?\s{0,2}(\d{1,2})(?:st|nd|rd|th)?,?\s{1,2}(\d{4})")
Number = int | str


@dataclass(frozen=True, slots=True)
class Moment:
    """What a string states: wall-clock time, offset from UTC where it is given, precision."""

    wall: datetime
    offset: timedelta | None
    precision: str

    def at(self, assumed: timedelta | None = None) -> datetime:
        """Return the instant in UTC; without an offset of its own under the assumed one, else as if it were UTC."""
        offset = self.offset if self.offset is not None else assumed or timedelta()
        return self.wall.replace(tzinfo=timezone(offset)).astimezone(UTC)


def read_moment(text: str, *, month_first: bool = False) -> Moment | None:
    """Return the moment that a machine-readable string of at most 64 characters states; None when it states none."""
    text = text[:MAX_CHARS].strip()
    try:
        moment = _from_iso(text) or _from_epoch(text) or _from_mail(text) or read_words(text, month_first=month_first)
        return moment if moment and moment.at().year >= _FIRST_YEAR and moment.wall.date() != _EPOCH else None
    except (ValueError, OverflowError):
        return None


def _from_iso(text: str) -> Moment | None:
    match = _ISO.match(text)
    if not match:
        found = _YEAR_MONTH.match(text)
        return _moment((found[1], found[2] or 1, 1), precision="month" if found[2] else "year") if found else None
    year, _, month, day, hour, minute, second, fraction, zone = match.groups()
    micro = int((fraction or "0")[:6].ljust(6, "0"))
    return _moment((year, month, day), (hour, minute, second), micro=micro, zone=zone if hour else None)


def _moment(
    day: tuple[Number, Number, Number],
    clock: tuple[Number | None, Number | None, Number | None] = (None, None, None),
    *,
    micro: int = 0,
    zone: str | None = None,
    precision: str | None = None,
) -> Moment:
    """Return the moment of (year, month, day) and (hour, minute, second). Raises ValueError where there is none."""
    hour, minute, second = clock
    # "24:00" is how some systems write midnight of the day that they name.
    hours = int(hour or 0) % 24 if hour is not None and int(hour) == 24 else int(hour or 0)
    year, month, number = map(int, day)
    wall = datetime(year, month, number, hours, int(minute or 0), min(int(second or 0), 59), micro)  # noqa: DTZ001
    precision = precision or ("second" if second is not None else "minute" if hour is not None else "day")
    return Moment(wall, offset_of(zone, wall.date()), precision)


def _from_epoch(text: str) -> Moment | None:
    if not (text.isascii() and text.isdigit() and len(text) in (10, 13)):
        return None
    seconds = int(text) / (1000 if len(text) == 13 else 1)
    return Moment(datetime.fromtimestamp(seconds, UTC).replace(tzinfo=None), timedelta(), "second")


def _from_mail(text: str) -> Moment | None:
    """Return the moment of an RFC 5322 date, "Tue, 15 Nov 1994 12:45:26 +0200"."""
    if text[:3].isalpha() and "," in text[:5]:
        parts = parsedate_tz(text)
        if parts and (parts[3] or parts[4] or ":" in text):
            return _moment(parts[:3], parts[3:6], zone=text.rpartition(" ")[2])
    return None


def read_words(text: str, *, month_first: bool = False) -> Moment | None:
    """Return the moment that a phrase of at most 64 characters states ("Stand: 3. Mai 2024, 14:05 Uhr").

    `month_first`: how to read 03/05/2024 where both orders are possible. Raises ValueError for a day that no month has.
    """
    text = text[:MAX_CHARS]
    found = _YMD.search(text)
    if found:
        return _with_clock(text, found, (found[1], found[2], found[3]))
    if found := _DMY.search(text):
        day, month, year = found.groups()
        if int(month) > 12 or (month_first and int(day) <= 12 and "/" in found[0]):
            day, month = month, day
        return _with_clock(text, found, (f"20{year}" if len(year) == 2 else year, month, day))
    if (found := _DAY_MONTH.search(text)) and (number := month_number(found[2])):
        return _with_clock(text, found, (found[3], number, found[1]))
    if (found := _MONTH_DAY.search(text)) and (number := month_number(found[1])):
        return _with_clock(text, found, (found[3], number, found[2]))
    return None


def days_in(text: str) -> list[str]:
    """Return the parts of a phrase that look like days of a calendar."""
    for pattern in (_YMD, _DMY):
        if found := [match[0] for match in pattern.finditer(text)]:
            return found
    return [match[0] for match in _DAY_MONTH.finditer(text) if month_number(match[2])] or [
        match[0] for match in _MONTH_DAY.finditer(text) if month_number(match[1])
    ]


def month_number(word: str) -> int | None:
    """Return 1 to 12 for the name of a month, or its usual abbreviation, in one of the languages of news."""
    word = word.casefold()
    return MONTHS.get(word) or (MONTHS.get(word[:3]) if word.isascii() and len(word) == 4 else None)


def _with_clock(text: str, found: re.Match[str], day: tuple[Number, Number, Number]) -> Moment:
    """Return the moment of a day and of the clock time that stands around it in the text."""
    rest = text[: found.start()] + " | " + text[found.end() :]
    clock = _CLOCK.search(rest)
    if clock and int(clock[1]) < 24 and int(clock[2]) < 60:
        hour, minute, second, half, zone = clock.groups()
        return _moment(day, (_hour(hour, half), minute, second), zone=zone)
    if full := _HOUR.search(rest):
        return _moment(day, (_hour(full[1], full[2]), 0, None), zone=full[3])
    return _moment(day)


def _hour(hour: str, half: str | None) -> int:
    number = int(hour)
    if half and number <= 12:
        return number % 12 + (12 if half.lower().startswith("p") else 0)
    return number
