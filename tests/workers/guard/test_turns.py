"""The lock that keeps the order of coming."""

from __future__ import annotations

import threading

from tests.workers.processes import eventually
from workers.guard.turns import Turns


def test_waiters_are_served_in_the_order_of_their_coming() -> None:
    """First come, first served."""
    turns, served, threads = Turns(), [], []

    def take(number: int) -> None:
        with turns:
            served.append(number)

    with turns:
        for number in range(20):
            threads.append(threading.Thread(target=take, args=(number,)))
            threads[-1].start()
            assert eventually(lambda waiting=number + 1: len(turns._waiting) == waiting)
    for thread in threads:
        thread.join()
    assert list(range(20)) == served


def test_it_is_free_after_an_error() -> None:
    """A block that raises gives the turn on."""
    turns = Turns()
    try:
        with turns:
            raise LookupError
    except LookupError:
        pass
    with turns:
        pass
