"""A feed's own pace: how often it has published, by the times of its newest entries."""

from __future__ import annotations

from datetime import datetime, timedelta

from pipeline.models import ParsedFeed

#: Publication times that are kept, newest first.
KEPT_TIMES = 50
#: Fewer say nothing about a pace.
_FEWEST = 3
#: The faster of a short and a long look counts: a feed that has woken up is noticed.
_WINDOWS = (10, KEPT_TIMES)


def merge_times(
    times: tuple[datetime, ...], parsed: ParsedFeed, new_entries: int, now: datetime
) -> tuple[datetime, ...]:
    """Return the newest publication times known, newest first. Where a feed has no dates, news came in just `now`."""
    dated = {entry.published or entry.updated for entry in parsed.entries} - {None}
    past = {min(time, now) for time in dated if time is not None}
    if not past and new_entries:
        past = {now}
    return tuple(sorted(past.union(times), reverse=True)[:KEPT_TIMES])


def pace(times: tuple[datetime, ...], now: datetime) -> timedelta | None:
    """Return the mean time between entries, None while too few are known.

    The time since the newest entry counts as a gap that is still open, so the pace of a feed that falls silent slows
    down by itself and jumps back when it speaks again.
    """
    if len(times) < _FEWEST:
        return None
    counts = {min(window, len(times)) for window in _WINDOWS}
    return min(max(now - times[count - 1], timedelta(0)) / count for count in counts)


def usual_gap(times: tuple[datetime, ...]) -> timedelta | None:
    """Return the mean gap between the entries alone, without the silence since; None while too few are known."""
    if len(times) < _FEWEST:
        return None
    return (times[0] - times[-1]) / (len(times) - 1)
