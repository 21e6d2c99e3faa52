"""Times in words for the operator."""

from __future__ import annotations

from datetime import datetime

_UNITS = ((86_400, "d"), (3_600, "h"), (60, "min"), (1, "s"))


def span(seconds: float) -> str:
    """Return a length of time in its two largest units: "45 s", "1 h 30 min", "12 d"."""
    left = max(0, round(seconds))
    if left >= 2 * 86_400:
        left = round(left / 3_600) * 3_600
    parts = []
    for size, unit in _UNITS:
        if left >= size:
            parts.append(f"{left // size} {unit}")
            left %= size
    return " ".join(parts[:2]) or "0 s"


def ago(moment: datetime | None, now: datetime) -> str:
    """Return how long ago, or in how long, the moment is: "3 h ago", "in 20 min", "never"."""
    if moment is None:
        return "never"
    seconds = (now - moment).total_seconds()
    return f"{span(seconds)} ago" if seconds >= 0 else f"in {span(-seconds)}"


def plural(count: int, noun: str) -> str:
    """Return "1 entry", "3 entries"."""
    many = f"{noun[:-1]}ies" if noun.endswith("y") else f"{noun}s"
    return f"{count} {noun if count == 1 else many}"
