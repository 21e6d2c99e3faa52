"""The worker's side of the supervisor: when to stop, and what to do when the supervisor is gone."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Callable
from types import FrameType

#: A worker that is still there so long after it was asked to stop, with no supervisor to end it, ends itself.
LAST_RESORT_S = 30.0


def obey_supervisor(drain: Callable[[], None], *, pipe: int | None = 0, last_resort_s: float = LAST_RESORT_S) -> None:
    """Have `drain` called at the first SIGTERM or SIGINT, and when the pipe from the supervisor ends.

    A second signal ends the process at once, with exit code 1. `pipe`: a descriptor, None when there is none.
    `drain` is called in the main thread or in a thread of ours; it must return soon and may be called twice. To be
    called in the main thread.
    """
    asked = threading.Event()

    def on_signal(number: int, frame: FrameType | None) -> None:
        if asked.is_set():
            os._exit(1)
        asked.set()
        drain()

    signal.signal(signal.SIGTERM, on_signal)
    signal.signal(signal.SIGINT, on_signal)
    if pipe is not None:
        watch = threading.Thread(target=_watch, args=(pipe, drain, last_resort_s), name="supervised", daemon=True)
        watch.start()


def _watch(pipe: int, drain: Callable[[], None], last_resort_s: float) -> None:
    """Wait for the end of the pipe, which nobody writes to."""
    while os.read(pipe, 1):
        pass
    drain()
    # A daemon thread: a process that drains in time does not wait for it.
    threading.Event().wait(last_resort_s)
    os._exit(1)
