"""A lock that serves its waiters in the order of their coming."""

from __future__ import annotations

import threading
from collections import deque
from types import TracebackType


class Turns:
    """First come, first served: `with turns: …`. threading.Lock makes no such promise."""

    def __init__(self) -> None:
        self._mutex = threading.Lock()
        self._taken = False
        self._waiting: deque[threading.Lock] = deque()

    def __enter__(self) -> None:
        with self._mutex:
            if not self._taken:
                self._taken = True
                return
            turn = threading.Lock()
            turn.acquire()
            self._waiting.append(turn)
        try:
            turn.acquire()
        except BaseException:
            self._give_up(turn)
            raise

    def __exit__(self, kind: type[BaseException] | None, value: BaseException | None, tb: TracebackType | None) -> None:
        with self._mutex:
            if self._waiting:
                self._waiting.popleft().release()
            else:
                self._taken = False

    def _give_up(self, turn: threading.Lock) -> None:
        """Leave the line; a turn that came meanwhile is passed on."""
        with self._mutex:
            if turn in self._waiting:
                self._waiting.remove(turn)
                return
        self.__exit__(None, None, None)
