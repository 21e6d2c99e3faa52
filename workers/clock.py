"""The wall clock, for processes; pure parts get `now` as an argument."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta


def utc_now() -> datetime:
    """Return the time, aware and in UTC."""
    return datetime.now(UTC)


def is_recent(then: datetime | None, now: datetime, span: timedelta) -> bool:
    """Return whether less than `span` has gone by; a time to come is not recent: the clock was set back since."""
    return then is not None and timedelta(0) <= now - then < span
