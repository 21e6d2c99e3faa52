"""A feed's own pace: how often it has published, by the times of its newest entries."""

from __future__ import annotations

from datetime import datetime, timedelta

from pipeline.models import ParsedFeed

#: Publication times that are kept, newest first.
KEPT_TIMES = 50
#: Fewer say nothing about a pace.
_FEWEST = 3
#: A feed that has woken up is noticed by its last few moments of publication; entries of one half hour are one moment,
#: for a bulk of entries at once is no faster pace.
_MOMENT_S = 1_800
_RECENT_MOMENTS = 6
#: A silence of so many usual gaps begins to slow the pace down.
_PATIENCE_GAPS = 20


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

    The faster of a long look and a short one counts. A feed that has been silent for more than twenty of its gaps slows
    down with the silence, and is back at its pace with its next entries.
    """
    usual = usual_gap(times)
    if usual is None:
        return None
    recent = _recent_gap(times)
    return max(min(usual, recent or usual), (now - times[0]) / _PATIENCE_GAPS)


def usual_gap(times: tuple[datetime, ...]) -> timedelta | None:
    """Return the mean gap between the entries known, without the silence since; None while too few are known."""
    if len(times) < _FEWEST:
        return None
    return (times[0] - times[-1]) / (len(times) - 1)


def _recent_gap(times: tuple[datetime, ...]) -> timedelta | None:
    """Return the mean gap between the last moments of publication, None while too few are known."""
    moments: list[int] = []
    for time in times:
        moment = int(time.timestamp()) // _MOMENT_S
        if not moments or moment != moments[-1]:
            moments.append(moment)
        if len(moments) == _RECENT_MOMENTS:
            return timedelta(seconds=(moments[0] - moments[-1]) * _MOMENT_S / (_RECENT_MOMENTS - 1))
    return None
