"""The line that says how far things are."""

from __future__ import annotations

import time

from workers.cli.progress import Progress


def test_a_line_that_is_slow_to_make_is_made_seldom() -> None:
    """It takes a twentieth of the time at most, however often it is asked for."""
    made: list[float] = []

    def slow() -> str:
        time.sleep(0.02)
        made.append(time.monotonic())
        return "pages 1 of 2"

    progress = Progress()
    progress._every_s = progress._pause_s = 0.0
    ends = time.monotonic() + 0.3
    while time.monotonic() < ends:
        progress.show(slow)
    assert len(made) == 1
