"""What the name of a time zone adds to UTC."""

from __future__ import annotations

from datetime import date, timedelta

_MAX_HOURS = 14
#: Minutes east of UTC of the names that mean one thing to news desks ("CST" means several).
_ZONES = {
    "z": 0, "utc": 0, "gmt": 0, "wet": 0, "bst": 60, "west": 60, "cet": 60, "mez": 60, "cest": 120, "mesz": 120,
    "eet": 120, "sast": 120, "cat": 120, "eest": 180, "ist": 330, "msk": 180, "eat": 180, "wib": 420, "hkt": 480,
    "awst": 480, "jst": 540, "kst": 540, "aest": 600, "aedt": 660, "nzst": 720, "nzdt": 780, "est": -300, "edt": -240,
    "cdt": -300, "mst": -420, "mdt": -360, "pst": -480, "pdt": -420,
}  # fmt: skip
#: Hours east of UTC in winter of countries with one zone, by the last label of the host name: with summer time as in
#: the European Union, and without.
_EUROPEAN = {
    **dict.fromkeys(
        ("de", "at", "ch", "li", "fr", "it", "nl", "be", "lu", "es", "pl", "cz", "sk", "hu", "si", "hr"), 1
    ),
    **dict.fromkeys(("rs", "ba", "me", "mk", "al", "dk", "se", "no", "mt", "ad", "sm", "mc"), 1),
    **dict.fromkeys(("uk", "ie", "pt"), 0),
    **dict.fromkeys(("fi", "ee", "lv", "lt", "ro", "bg", "gr", "cy", "ua"), 2),
}
_STEADY = {
    "is": 0, "gh": 0, "sn": 0, "ng": 1, "za": 2, "na": 2, "zw": 2, "zm": 2, "tr": 3, "by": 3, "ke": 3, "tz": 3, "ug": 3,
    "sa": 3, "iq": 3, "kw": 3, "qa": 3, "ir": 3.5, "ae": 4, "ge": 4, "am": 4, "az": 4, "pk": 5, "uz": 5, "in": 5.5,
    "lk": 5.5, "np": 5.75, "bd": 6, "th": 7, "vn": 7, "cn": 8, "hk": 8, "tw": 8, "sg": 8, "my": 8, "ph": 8, "jp": 9,
    "kr": 9, "pe": -5, "co": -5, "bo": -4, "ve": -4, "ar": -3, "uy": -3,
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
    zone = f"+{zone}" if zone[:1].isdigit() else zone
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


def offset_at_home(host: str, day: date) -> timedelta | None:
    """Return what the clocks of a site's country add to UTC on a day; None where the host name does not tell."""
    country = host.rpartition(".")[2].lower()
    if country in _EUROPEAN:
        return timedelta(hours=_EUROPEAN[country] + _is_european_summer(day))
    return timedelta(hours=_STEADY[country]) if country in _STEADY else None


def _is_european_summer(day: date) -> bool:
    """Return whether clocks in the European Union are forward: last Sunday of March to last Sunday of October."""
    return _last_sunday(day.year, 3) <= day < _last_sunday(day.year, 10)


def _last_sunday(year: int, month: int) -> date:
    last = date(year, month, 31)
    return last - timedelta(days=(last.weekday() + 1) % 7)
