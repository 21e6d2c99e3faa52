"""N worker processes, kept running: started, started again when they end, drained and ended at the end.

Each is a fresh interpreter in a session of its own (Ctrl+C reaches the supervisor alone) with a pipe as its standard
input: when the supervisor dies, however it dies, the pipe ends and the worker drains (see obey_supervisor).
"""

from __future__ import annotations

import signal
import subprocess
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import FrameType

import structlog

from pipeline.errors import ConfigError

#: A worker that lived so long is started again at once; one that did not, after longer and longer pauses.
STEADY_SECONDS = 10.0
FIRST_PAUSE_S = 0.2
LONGEST_PAUSE_S = 30.0
#: How often the processes are looked at.
LOOK_S = 0.05
#: The exit code of a process that found its configuration wrong: starting it again would not help.
EXIT_CONFIG = 2

log = structlog.get_logger()


@dataclass(slots=True)
class _Seat:
    """The place of one worker: its process, or the time at which the next one starts."""

    process: subprocess.Popen[bytes] | None = None
    started: float = 0.0
    start_at: float = 0.0
    pause_s: float = FIRST_PAUSE_S


class Supervisor:
    """Keeps `count` processes of one command running, from start() to stop()."""

    def __init__(
        self, command: Sequence[str], count: int, *, grace_s: float = 20.0, environ: Mapping[str, str] | None = None
    ) -> None:
        """`grace_s`: how long a worker may take to finish or give back what it is at. `environ`: instead of ours."""
        self._command = list(command)
        self._grace_s = grace_s
        self._environ = environ
        self._seats = [_Seat() for _ in range(count)]
        self._mutex = threading.Lock()
        self._ending = threading.Event()
        self._thread: threading.Thread | None = None
        #: Set when the workers cannot work as configured; they are not started again.
        self.failed = threading.Event()

    def start(self) -> None:
        """Start the workers and a thread that looks after them."""
        self._look()
        self._thread = threading.Thread(target=self._watch, name="supervisor", daemon=True)
        self._thread.start()

    def pids(self) -> tuple[int, ...]:
        """Return the process ids of the workers that run."""
        with self._mutex:
            return tuple(seat.process.pid for seat in self._seats if seat.process is not None)

    def stop(self) -> bool:
        """Drain the workers and return when all have ended; True when each did so by itself within the grace time."""
        self._ending.set()
        if self._thread is not None:
            self._thread.join()
        self._signal(signal.SIGTERM)
        clean = self._wait(self._grace_s)
        if not clean:
            self.kill()
            self._wait(10.0)
        return clean

    def kill(self) -> None:
        """End the workers now; what they were at is assigned anew later."""
        self._signal(signal.SIGKILL)

    def run(self) -> int:
        """Keep the workers running until SIGTERM or SIGINT, then drain; a second signal ends them at once.

        Returns the exit code: 0 when all ended cleanly. Raises ConfigError when a worker found the configuration
        wrong. To be called in the main thread.
        """
        asked = threading.Event()

        def on_signal(number: int, frame: FrameType | None) -> None:
            if asked.is_set():
                self.kill()
            asked.set()

        before = {number: signal.signal(number, on_signal) for number in (signal.SIGTERM, signal.SIGINT)}
        try:
            self.start()
            while not asked.wait(LOOK_S) and not self.failed.is_set():
                pass
            clean = self.stop()
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)
        if self.failed.is_set():
            raise ConfigError("the workers cannot start with this configuration; their own message says why")
        return 0 if clean else 1

    def _watch(self) -> None:
        while not self._ending.wait(LOOK_S):
            self._look()

    def _look(self) -> None:
        """Note who has ended, and start who is due."""
        now = time.monotonic()
        with self._mutex:
            for number, seat in enumerate(self._seats):
                if seat.process is not None and seat.process.poll() is not None:
                    self._note_end(number, seat, now)
                if seat.process is None and now >= seat.start_at and not self.failed.is_set():
                    self._start(number, seat, now)

    def _start(self, number: int, seat: _Seat, now: float) -> None:
        try:
            seat.process = subprocess.Popen(  # noqa: S603
                self._command, stdin=subprocess.PIPE, env=self._environ, start_new_session=True
            )
        except OSError as error:
            # No memory, no process or no descriptor to be had at this moment.
            log.error("worker cannot be started", worker=number, cause=str(error), again_in_s=seat.pause_s)
            self._pause(seat, now)
            return
        seat.started = now

    def _pause(self, seat: _Seat, now: float) -> None:
        """Let the next process of a seat wait, longer each time."""
        seat.start_at = now + seat.pause_s
        seat.pause_s = min(seat.pause_s * 2, LONGEST_PAUSE_S)

    def _note_end(self, number: int, seat: _Seat, now: float) -> None:
        assert seat.process is not None
        code = _close(seat.process)
        seat.process = None
        if code == EXIT_CONFIG:
            self.failed.set()
            return
        if now - seat.started >= STEADY_SECONDS:
            seat.pause_s = FIRST_PAUSE_S
        log.warning("worker ended", worker=number, code=code, again_in_s=seat.pause_s)
        self._pause(seat, now)

    def _signal(self, number: signal.Signals) -> None:
        # Without the mutex: a signal handler calls this. A process that was not waited for keeps its id.
        for seat in self._seats:
            process = seat.process
            if process is not None and process.returncode is None:
                process.send_signal(number)

    def _wait(self, seconds: float) -> bool:
        """Return whether all workers ended in time and none was killed or failed."""
        end = time.monotonic() + seconds
        clean = True
        for seat in self._seats:
            if seat.process is None:
                continue
            try:
                seat.process.wait(max(0.0, end - time.monotonic()))
            except subprocess.TimeoutExpired:
                return False
            # One that had not yet come to listening for the signal was ended by it, before it began anything.
            clean = _close(seat.process) in (0, -signal.SIGTERM) and clean
            seat.process = None
        return clean


def _close(process: subprocess.Popen[bytes]) -> int:
    """Return the exit code of a process that has ended; negative when a signal ended it."""
    if process.stdin is not None:
        process.stdin.close()
    return process.wait()
