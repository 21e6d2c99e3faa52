"""An own Redis server for one data directory, shared by the processes that work in it, stopped by the last of them.

Two locks in the directory, both held by open files and so let go by the kernel, however their holder dies:
`server.lock` is held by the server alone (we close our descriptor after the start), `users.lock` is shared by
every process that uses the server. Whoever leaves and finds no other user stops the server; so a server whose users
were all killed waits for the next one, which adopts it.
"""

from __future__ import annotations

import os
import subprocess
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from urllib.parse import quote

import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from pipeline.errors import ServiceError
from workers.file_lock import EXCLUSIVE, SHARED, lock, try_lock
from workers.redis_program import arguments, find_program, private_directory, socket_path

#: A server that answers nothing for so long will not start. One that loads its data answers, and is waited for.
START_SECONDS = 15.0
LOAD_SECONDS = 300.0
STOP_SECONDS = 15.0
_LOG_LINES = 8


class EmbeddedRedis:
    """The Redis server of a directory: `with EmbeddedRedis(path) as url: …`."""

    def __init__(self, directory: Path, *, program: Path | None = None) -> None:
        """`directory` is for the server alone; `program` is by default one on PATH, else the wheel's."""
        self.directory = Path(directory).absolute()
        self._program = program
        self._socket: Path | None = None
        self._users: int | None = None
        self._reaper: threading.Thread | None = None

    def __enter__(self) -> str:
        return self.start()

    def __exit__(self, kind: type[BaseException] | None, value: BaseException | None, tb: TracebackType | None) -> None:
        self.stop()

    @property
    def url(self) -> str:
        """The server's address, "unix:///…"; known once started."""
        assert self._socket is not None
        return f"unix://{quote(str(self._socket))}"

    @property
    def log(self) -> Path:
        """Where the running server writes its log; a new start begins it anew."""
        return self.directory / "redis.log"

    def start(self) -> str:
        """Return the server's address once it answers, having started it or found it running.

        Also starts it again if it has died since. Raises ServiceError with the end of its log when it cannot start.
        """
        if self._users is None:
            private_directory(self.directory)
            self._socket = socket_path(self.directory)
            self._users = self._lock_as_user()
        try:
            self._launch_if_none()
            self._wait_until_ready()
        except ServiceError:
            self.stop()
            raise
        return self.url

    def stop(self) -> None:
        """Leave the server, and stop it when nobody else uses it. All is on disk afterwards."""
        if self._users is None:
            return
        users, self._users = self._users, None
        try:
            if lock(users, EXCLUSIVE):
                self._shut_down()
        finally:
            os.close(users)

    def _lock_as_user(self) -> int:
        """Return a descriptor that marks this process as a user; waits while the last user is stopping the server."""
        found: list[int] = []

        def locked() -> bool:
            descriptor = try_lock(self.directory / "users.lock", SHARED)
            found.extend(() if descriptor is None else (descriptor,))
            return bool(found)

        if not _within(STOP_SECONDS + 5, locked):
            raise ServiceError(f"embedded Redis in {self.directory}: another process is stopping it and does not end")
        return found[0]

    def _launch_if_none(self) -> None:
        server_lock = try_lock(self.directory / "server.lock", EXCLUSIVE)
        if server_lock is None:
            return
        try:
            self._launch(server_lock)
        finally:
            os.close(server_lock)

    def _launch(self, server_lock: int) -> None:
        """Start the server as the holder of the lock, in a session of its own, where no Ctrl+C reaches it."""
        self._reap(timeout_s=2)
        program = self._program or find_program()
        assert self._socket is not None
        self._socket.unlink(missing_ok=True)
        try:
            with self.log.open("wb") as log:
                process = subprocess.Popen(  # noqa: S603
                    arguments(program, self.directory, self._socket),
                    cwd=self.directory,
                    stdin=subprocess.DEVNULL,
                    stdout=log,
                    stderr=log,
                    pass_fds=(server_lock,),
                    start_new_session=True,
                )
        except OSError as error:
            raise ServiceError(f"embedded Redis in {self.directory}: cannot run {program}: {error}") from error
        # Whoever stops the server in the end, its parent must take note, or it stays a zombie.
        self._reaper = threading.Thread(target=process.wait, name="redis-reaper", daemon=True)
        self._reaper.start()

    def _wait_until_ready(self) -> None:
        with self._connect() as connection:
            loading = False

            def answered() -> bool:
                nonlocal loading
                try:
                    return bool(connection.ping())
                except redis.BusyLoadingError:
                    loading = True
                except redis.RedisError:
                    self._raise_if_gone()
                return loading

            if not _within(START_SECONDS, answered):
                raise self._failure(f"gave no answer within {START_SECONDS:.0f} s")
            if loading and not _within(LOAD_SECONDS, lambda: _is_loaded(connection)):
                raise self._failure(f"did not load its data within {LOAD_SECONDS:.0f} s")

    def _raise_if_gone(self) -> None:
        """Raise ServiceError when no server holds the lock any more."""
        free = try_lock(self.directory / "server.lock", EXCLUSIVE)
        if free is not None:
            os.close(free)
            self._reap(timeout_s=2)
            raise self._failure("ended at its start")

    def _failure(self, what: str) -> ServiceError:
        try:
            lines = self.log.read_text(errors="replace").splitlines()[-_LOG_LINES:]
        except OSError:
            lines = []
        said = "\n  ".join(line for line in lines if line.strip()) or "(it wrote no log)"
        return ServiceError(f"embedded Redis in {self.directory}: the server {what}. Its last words:\n  {said}")

    def _shut_down(self) -> None:
        if self._is_free():
            self._reap(timeout_s=2)
            return
        with self._connect() as connection:
            pid = _pid_of(connection)
            with suppress(redis.RedisError):
                connection.shutdown()
        if not _within(STOP_SECONDS, self._is_free) and pid is not None:
            os.kill(pid, 9)
            _within(2, self._is_free)
        self._reap(timeout_s=2)
        if self._socket is not None:
            self._socket.unlink(missing_ok=True)

    def _is_free(self) -> bool:
        """Return whether no server runs here."""
        descriptor = try_lock(self.directory / "server.lock", EXCLUSIVE)
        if descriptor is None:
            return False
        os.close(descriptor)
        return True

    def _reap(self, *, timeout_s: float) -> None:
        """Wait until the server that we started, if it was us, has been taken note of."""
        if self._reaper is not None:
            self._reaper.join(timeout_s)

    def _connect(self) -> redis.Redis:
        return redis.Redis(unix_socket_path=str(self._socket), socket_timeout=5.0, retry=Retry(NoBackoff(), 0))


def _is_loaded(connection: redis.Redis) -> bool:
    try:
        return bool(connection.ping())
    except redis.RedisError:
        return False


def _pid_of(connection: redis.Redis) -> int | None:
    try:
        return int(connection.info("server")["process_id"])
    except (redis.RedisError, KeyError, ValueError):
        return None


def _within(seconds: float, is_so: Callable[[], bool]) -> bool:
    """Return whether it became so in time; asks more and more seldom, from every 2 to every 50 ms."""
    end = time.monotonic() + seconds
    pause = 0.002
    while not is_so():
        if time.monotonic() > end:
            return False
        time.sleep(pause)
        pause = min(pause * 1.5, 0.05)
    return True
