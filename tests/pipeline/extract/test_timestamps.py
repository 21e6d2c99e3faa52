"""Strings state moments, with precision and zone, or nothing."""

from datetime import UTC, date, datetime, timedelta

import pytest

from pipeline.extract.dates.timestamps import month_number, read_moment
from pipeline.extract.dates.zones import offset_at_home, offset_of


def utc(*parts: int) -> datetime:
    """Return a time in UTC."""
    return datetime(*parts, tzinfo=UTC)  # type: ignore[arg-type, misc]


def wall(*parts: int) -> datetime:
    """Return a time on a clock somewhere."""
    return datetime(*parts)  # type: ignore[arg-type]  # noqa: DTZ001


@pytest.mark.parametrize(
    ("text", "value", "precision"),
    [
        ("2026-03-02T14:05:33+01:00", utc(2026, 3, 2, 13, 5, 33), "second"),
        ("2026-03-02T14:05:33Z", utc(2026, 3, 2, 14, 5, 33), "second"),
        ("2026-03-02T14:05:33+01:00Z", utc(2026, 3, 2, 13, 5, 33), "second"),
        ("2026-03-02T14:05:33 01:00", utc(2026, 3, 2, 13, 5, 33), "second"),
        ("2026-03-02T14:05:33.123456789Z", utc(2026, 3, 2, 14, 5, 33, 123456), "second"),
        ("2026-03-02T14:05+0100", utc(2026, 3, 2, 13, 5), "minute"),
        ("2026-03-02 14:05:33 +0530", utc(2026, 3, 2, 8, 35, 33), "second"),
        ("2026-03-02T14:05:33-0500", utc(2026, 3, 2, 19, 5, 33), "second"),
        ("2026-03-02 14:05:33 UTC", utc(2026, 3, 2, 14, 5, 33), "second"),
        ("2026-03-02T14:05:33+01:00[Europe/Berlin]", utc(2026, 3, 2, 13, 5, 33), "second"),
        ("20260302T140533Z", utc(2026, 3, 2, 14, 5, 33), "second"),
        ("2026/03/02 14:05 JST", utc(2026, 3, 2, 5, 5), "minute"),
        ("Mon, 02 Mar 2026 14:05:33 +0100", utc(2026, 3, 2, 13, 5, 33), "second"),
        ("Mon, 02 Mar 2026 14:05:33 GMT", utc(2026, 3, 2, 14, 5, 33), "second"),
        ("Mon Mar 02 2026 14:05:33 GMT+0100", utc(2026, 3, 2, 13, 5, 33), "second"),
        ("1772460333", utc(2026, 3, 2, 14, 5, 33), "second"),
        ("1772460333000", utc(2026, 3, 2, 14, 5, 33), "second"),
        ("March 2, 2026 2:05 pm EST", utc(2026, 3, 2, 19, 5), "minute"),
        ("July 2, 2026, 2:05 p.m. ET", utc(2026, 7, 2, 18, 5), "minute"),
        ("March 2, 2026 at 9 pm PT", utc(2026, 3, 3, 5, 0), "minute"),
        ("02/03/2026 - 14:05 UTC+1", utc(2026, 3, 2, 13, 5), "minute"),
    ],
)
def test_moments_with_a_zone(text: str, value: datetime, precision: str) -> None:
    """ISO and its relations, mail dates, epochs and words are instants in UTC."""
    moment = read_moment(text)
    assert moment is not None
    assert moment.offset is not None
    assert (moment.at(), moment.precision) == (value, precision)


@pytest.mark.parametrize(
    ("text", "clock", "precision"),
    [
        ("2026", wall(2026, 1, 1), "year"),
        ("2026-03", wall(2026, 3, 1), "month"),
        ("2026-03-02", wall(2026, 3, 2), "day"),
        ("20260302", wall(2026, 3, 2), "day"),
        ("2026.03.02 18:40", wall(2026, 3, 2, 18, 40), "minute"),
        ("2026-03-02 14:05:33", wall(2026, 3, 2, 14, 5, 33), "second"),
        ("2026-03-02 02:05 PM", wall(2026, 3, 2, 14, 5), "minute"),
        ("2026-03-02T24:00", wall(2026, 3, 2), "minute"),
        ("Stand: 2. März 2026, 14:05 Uhr", wall(2026, 3, 2, 14, 5), "minute"),
        ("Mo 02.03.26 | 14:05 Uhr", wall(2026, 3, 2, 14, 5), "minute"),
        ("publié le 2 mars 2026 à 14h05", wall(2026, 3, 2, 14, 5), "minute"),
        ("1er mars 2026", wall(2026, 3, 1), "day"),
        ("2 de marzo de 2026 14:05 h", wall(2026, 3, 2, 14, 5), "minute"),
        ("2 de março de 2026", wall(2026, 3, 2), "day"),
        ("2 marca 2026, 14:05", wall(2026, 3, 2, 14, 5), "minute"),
        ("2 марта 2026, 14:05", wall(2026, 3, 2, 14, 5), "minute"),
        ("2 Mart 2026 Pazartesi", wall(2026, 3, 2), "day"),
        ("2. maaliskuuta 2026", wall(2026, 3, 2), "day"),
        ("2 مارس 2026", wall(2026, 3, 2), "day"),
        ("٢٠٢٦-٠٣-٠٢", wall(2026, 3, 2), "day"),
        ("2026年3月2日 14時05分", wall(2026, 3, 2, 14, 5), "minute"),
        ("2026년 3월 2일", wall(2026, 3, 2), "day"),
        ("2nd March 2026", wall(2026, 3, 2), "day"),
        ("Sept. 2, 2025", wall(2025, 9, 2), "day"),
        ("12:43, 2 Mar 2026", wall(2026, 3, 2, 12, 43), "minute"),
        ("12:15 am, March 2, 2026", wall(2026, 3, 2, 0, 15), "minute"),
        ("13/03/2026 10:22", wall(2026, 3, 13, 10, 22), "minute"),
        ("03/13/2026", wall(2026, 3, 13), "day"),
        ("2/3/2026", wall(2026, 3, 2), "day"),
    ],
)
def test_moments_without_a_zone(text: str, clock: datetime, precision: str) -> None:
    """Dates of many languages; no zone is made up for them."""
    moment = read_moment(text)
    assert moment is not None
    assert (moment.wall, moment.offset, moment.precision) == (clock, None, precision)


def test_month_first_where_the_page_is_american() -> None:
    """3/4/2026 depends on who writes; 13/3/2026 does not."""
    assert [read_moment(text, month_first=True) for text in ("3/4/2026", "13/3/2026")] == [
        read_moment("2026-03-04"),
        read_moment("2026-03-13"),
    ]


@pytest.mark.parametrize(
    "text",
    [
        "", "yesterday", "2 hours ago", "2026-13-01", "2026-02-30", "30 February 2026", "99999999999999", "0000-00-00", "1.2.3.4",
        "32/13/2026", "Ferry 2026", "-1", "0001-01-01T00:00:00Z", "123456789", "version 10.15.7", "1970-01-01T00:00:00Z",
    ],
)  # fmt: skip
def test_what_states_no_moment(text: str) -> None:
    """Nothing is invented, nothing raised."""
    assert read_moment(text) is None


def test_only_64_characters_are_read() -> None:
    """A date behind a long text is not looked for."""
    assert read_moment("x" * 64 + " 2 March 2026") is None


@pytest.mark.parametrize(
    ("zone", "day", "hours"),
    [
        ("Z", date(2026, 1, 1), 0),
        ("CEST", date(2026, 7, 1), 2),
        ("+0530", date(2026, 1, 1), 5.5),
        ("GMT+2", date(2026, 1, 1), 2),
        ("−03:00", date(2026, 1, 1), -3),
        ("ET", date(2026, 3, 7), -5),
        ("ET", date(2026, 3, 8), -4),
        ("PT", date(2026, 10, 31), -7),
        ("PT", date(2026, 11, 1), -8),
        ("IST", date(2026, 1, 1), 5.5),
        ("CST", date(2026, 1, 1), None),
        ("+9900", date(2026, 1, 1), None),
        ("", date(2026, 1, 1), None),
        (None, date(2026, 1, 1), None),
    ],
)
def test_zones(zone: str | None, day: date, hours: float | None) -> None:
    """Names that mean one thing are known; those that mean several are not guessed."""
    assert offset_of(zone, day) == (None if hours is None else timedelta(hours=hours))


@pytest.mark.parametrize(
    ("word", "number"), [("Janvier", 1), ("MÄRZ", 3), ("okt", 10), ("décembre", 12), ("ferry", None)]
)
def test_months(word: str, number: int | None) -> None:
    """Names of months in any case."""
    assert month_number(word) == number


@pytest.mark.parametrize(
    ("host", "day", "hours"),
    [
        ("kurier.example.de", date(2026, 3, 28), 1),
        ("kurier.example.de", date(2026, 3, 29), 2),
        ("courier.example.uk", date(2026, 10, 24), 1),
        ("courier.example.uk", date(2026, 10, 25), 0),
        ("shimbun.example.jp", date(2026, 7, 1), 9),
        ("courier.example.com", date(2026, 7, 1), None),
        ("courier.example.us", date(2026, 7, 1), None),
        ("", date(2026, 7, 1), None),
    ],
)
def test_the_clocks_at_home(host: str, day: date, hours: float | None) -> None:
    """A country with one zone tells the time of its readers; one with several does not."""
    assert offset_at_home(host, day) == (None if hours is None else timedelta(hours=hours))
