"""What publishers say about how often to ask: in the feed and in HTTP headers. Nonsense reads as None."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

_HOUR = 3_600.0
_PERIODS = {
    "hourly": _HOUR,
    "daily": 24 * _HOUR,
    "weekly": 168 * _HOUR,
    "monthly": 720 * _HOUR,
    "yearly": 8_760 * _HOUR,
}
_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_MAX_AGE = re.compile(r"(?:^|[\s,])(s-maxage|max-age)\s*=\s*\"?(\d{1,12})", re.I)
_NUMBER = re.compile(r"\s*\d{1,12}\s*", re.ASCII)


def read_ttl(minutes: str | None) -> float | None:
    """Return <ttl> in seconds."""
    number = _number(minutes)
    return number * 60.0 if number else None


def read_period(period: str | None, frequency: str | None) -> float | None:
    """Return sy:updatePeriod divided by sy:updateFrequency, in seconds."""
    length = _PERIODS.get(period.strip().lower()) if period else None
    return length / (_number(frequency) or 1) if length else None


def read_hours(hours: tuple[str, ...]) -> tuple[int, ...]:
    """Return <skipHours> as hours of the day in UTC, 0 to 23; 24 is midnight."""
    numbers = (_number(hour) for hour in hours[:48])
    return tuple(sorted({number % 24 for number in numbers if number is not None and number <= 24}))


def read_days(days: tuple[str, ...]) -> tuple[str, ...]:
    """Return <skipDays> as English names of days, Monday first."""
    named = {day.strip().capitalize() for day in days[:14]}
    return tuple(day for day in _DAYS if day in named)


def read_freshness(headers: Mapping[str, str], now: datetime) -> tuple[float, str] | None:
    """Return for how many seconds the answer stays fresh, and the header that says so (RFC 9111).

    Age is taken off. Cache-Control counts before Expires. None when neither says anything useful.
    """
    control = headers.get("cache-control", "")
    ages = {name.lower(): float(value) for name, value in _MAX_AGE.findall(control)}
    if "max-age" in ages:
        fresh = ages["max-age"] - (_number(headers.get("age")) or 0)
        return (fresh, "Cache-Control: max-age") if fresh > 0 else None
    expires = read_http_date(headers.get("expires"))
    if expires is None or "no-cache" in control or "no-store" in control:
        return None
    fresh = (expires - (read_http_date(headers.get("date")) or now)).total_seconds()
    return (fresh, "Expires") if fresh > 0 else None


def read_retry_after(value: str | None, now: datetime) -> float | None:
    """Return the seconds that Retry-After asks to wait: a number or a date (RFC 9110, 10.2.3), None for nonsense."""
    if not value:
        return None
    number = _number(value)
    if number is not None:
        return float(number)
    moment = read_http_date(value)
    return max(0.0, (moment - now).total_seconds()) if moment else None


def read_http_date(value: str | None) -> datetime | None:
    """Return the moment that an HTTP date names, None for anything else."""
    if not value or len(value) > 64:
        return None
    try:
        moment = parsedate_to_datetime(value)
        return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None


def skip_to_allowed(moment: datetime, hours: tuple[int, ...], days: tuple[str, ...]) -> datetime:
    """Return the moment, or the beginning of the first hour after it that is not skipped; the moment if all are."""
    if not hours and not days:
        return moment
    at = moment
    for _ in range(24 * 8):
        if at.hour not in hours and _DAYS[at.weekday()] not in days:
            return at
        at = (at + timedelta(hours=1)).replace(minute=0, second=0, microsecond=0)
    return moment


def _number(text: str | None) -> int | None:
    return int(text) if text and _NUMBER.fullmatch(text) else None
