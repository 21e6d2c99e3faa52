"""The one server process of a directory: launched by whoever finds none, waited for, ended.

The file `server.lock` is held by the server alone, through a descriptor that it inherits and we close: the kernel lets
it go when the server ends, however it ends, and no process of ours keeps it by accident.
"""

from __future__ import annotations

import os
import subprocess
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from enum import Enum
from pathlib import Path

import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from pipeline.errors import ServiceError
from workers.embedded.file_lock import EXCLUSIVE, try_lock
from workers.embedded.program import arguments, find_program, private_directory, socket_path

#: A server that answers nothing for so long will not start. One that loads its data answers, and is waited for.
START_SECONDS = 15.0
LOAD_SECONDS = 300.0
STOP_SECONDS = 15.0
_LOG_LINES = 8


class State(Enum):
    """What a server says of itself."""

    READY = "ready"
    LOADING = "loading"
    SILENT = "silent"
    GONE = "gone"


class RedisServer:
    """The server of a directory, which is for it alone. Made ready by the constructor, not started."""

    def __init__(self, directory: Path, program: Path | None) -> None:
        """Raises ServiceError when the directory cannot be used."""
        self.directory = directory
        self.log = directory / "redis.log"
        private_directory(directory)
        self.socket = socket_path(directory)
        self._lock = directory / "server.lock"
        self._program = program
        self._reaper: threading.Thread | None = None

    def is_gone(self) -> bool:
        """Return whether no server runs here."""
        descriptor = try_lock(self._lock, EXCLUSIVE)
        if descriptor is None:
            return False
        os.close(descriptor)
        return True

    def bring_up(self) -> None:
        """Return once a server answers, launched if there was none. Raises ServiceError with the end of its log."""
        # Someone else's look at the lock can pass for a server, so one that is gone and was not ours is launched.
        for _ in range(3):
            launched = self._launch_if_none()
            if self._became_ready():
                return
            if launched:
                break
        self._reap()
        raise self._failure("ended at its start")

    def shut_down(self) -> None:
        """End the server; all is on disk afterwards."""
        if not self.is_gone():
            with self._connect() as connection:
                pid = _pid_of(connection)
                with suppress(redis.RedisError):
                    connection.shutdown()
            if not within(STOP_SECONDS, self.is_gone) and pid is not None:
                os.kill(pid, 9)
                within(2.0, self.is_gone)
        self._reap()
        self.socket.unlink(missing_ok=True)

    def _launch_if_none(self) -> bool:
        """Return whether there was no server, and one was launched."""
        descriptor = try_lock(self._lock, EXCLUSIVE)
        if descriptor is None:
            return False
        try:
            self._launch(descriptor)
        finally:
            os.close(descriptor)
        return True

    def _launch(self, lock: int) -> None:
        """Start the server as the holder of the lock, in a session of its own, where no Ctrl+C reaches it."""
        self._reap()
        program = self._program or find_program()
        self.socket.unlink(missing_ok=True)
        try:
            with self.log.open("wb") as log:
                process = subprocess.Popen(  # noqa: S603
                    arguments(program, self.directory, self.socket),
                    cwd=self.directory,
                    stdin=subprocess.DEVNULL,
                    stdout=log,
                    stderr=log,
                    pass_fds=(lock,),
                    start_new_session=True,
                )
        except OSError as error:
            raise ServiceError(f"embedded Redis in {self.directory}: cannot run {program}: {error}") from error
        # Whoever stops the server in the end, its parent must take note, or it stays a zombie.
        self._reaper = threading.Thread(target=process.wait, name="redis-reaper", daemon=True)
        self._reaper.start()

    def _became_ready(self) -> bool:
        """Return whether the server came to answer; False when it ended. Raises ServiceError when it took too long."""
        with self._connect() as connection:
            if not within(START_SECONDS, lambda: self._state(connection) is not State.SILENT):
                raise self._failure(f"gave no answer within {START_SECONDS:.0f} s")
            if not within(LOAD_SECONDS, lambda: self._state(connection) is not State.LOADING):
                raise self._failure(f"did not load its data within {LOAD_SECONDS:.0f} s")
            return self._state(connection) is not State.GONE

    def _state(self, connection: redis.Redis) -> State:
        try:
            connection.ping()
        except redis.BusyLoadingError:
            return State.LOADING
        except redis.RedisError:
            return State.GONE if self.is_gone() else State.SILENT
        return State.READY

    def _failure(self, what: str) -> ServiceError:
        try:
            lines = self.log.read_text(errors="replace").splitlines()[-_LOG_LINES:]
        except OSError:
            lines = []
        said = "\n  ".join(line for line in lines if line.strip()) or "(it wrote no log)"
        return ServiceError(f"embedded Redis in {self.directory}: the server {what}. Its last words:\n  {said}")

    def _reap(self) -> None:
        """Wait until the end of the server that we launched, if it was us, has been taken note of."""
        if self._reaper is not None:
            self._reaper.join(2.0)

    def _connect(self) -> redis.Redis:
        return redis.Redis(unix_socket_path=str(self.socket), socket_timeout=5.0, retry=Retry(NoBackoff(), 0))


def _pid_of(connection: redis.Redis) -> int | None:
    try:
        return int(connection.info("server")["process_id"])
    except (redis.RedisError, KeyError, ValueError):
        return None


def within(seconds: float, is_so: Callable[[], bool]) -> bool:
    """Return whether it became so in time; asks more and more seldom, from every 2 to every 50 ms."""
    end = time.monotonic() + seconds
    pause = 0.002
    while not is_so():
        if time.monotonic() > end:
            return False
        time.sleep(pause)
        pause = min(pause * 1.5, 0.05)
    return True
