"""What the name of a time zone adds to UTC."""

from __future__ import annotations

from datetime import date, timedelta

_MAX_HOURS = 14
#: Minutes east of UTC of the names that mean one thing to news desks ("IST" and "CST" mean several).
_ZONES = {
    "z": 0, "utc": 0, "gmt": 0, "wet": 0, "bst": 60, "west": 60, "cet": 60, "mez": 60, "cest": 120, "mesz": 120,
    "eet": 120, "sast": 120, "cat": 120, "eest": 180, "msk": 180, "eat": 180, "wib": 420, "hkt": 480, "awst": 480,
    "jst": 540, "kst": 540, "aest": 600, "aedt": 660, "nzst": 720, "nzdt": 780, "est": -300, "edt": -240, "cdt": -300,
    "mst": -420, "mdt": -360, "pst": -480, "pdt": -420,
}  # fmt: skip
#: Hours west of UTC in winter, of the names that hold all year round.
_AMERICAN = {"et": 5, "ct": 6, "mt": 7, "pt": 8}


def offset_of(zone: str | None, day: date) -> timedelta | None:
    """Return what a zone's name or number ("CEST", "+0530", "GMT+2", "ET") adds to UTC on a day; None when unknown."""
    zone = (zone or "").lower().replace(" ", "").replace("−", "-")
    minutes = _ZONES.get(zone)
    if minutes is not None:
        return timedelta(minutes=minutes)
    if zone in _AMERICAN:
        return timedelta(hours=_is_american_summer(day) - _AMERICAN[zone])
    zone = zone.removeprefix("utc").removeprefix("gmt")
    digits = zone[1:].replace(":", "")
    if zone[:1] not in ("+", "-") or not (digits.isascii() and digits.isdecimal()) or len(digits) > 4:
        return None
    hours, rest = (int(digits), 0) if len(digits) <= 2 else (int(digits[:-2]), int(digits[-2:]))
    if hours > _MAX_HOURS or rest > 59:
        return None
    return timedelta(hours=hours, minutes=rest) * (1 if zone[0] == "+" else -1)


def _is_american_summer(day: date) -> bool:
    """Return whether clocks in the United States are forward: second Sunday of March to first Sunday of November."""
    return _sunday(day.year, 3, 2) <= day < _sunday(day.year, 11, 1)


def _sunday(year: int, month: int, which: int) -> date:
    first = date(year, month, 1)
    return first + timedelta(days=(6 - first.weekday()) % 7 + 7 * (which - 1))
