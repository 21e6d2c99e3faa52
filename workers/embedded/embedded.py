"""An own Redis server for one directory, shared by the processes that work with it, stopped by the last of them.

Every process that uses the server holds a shared lock on `users.lock`. Whoever leaves and finds no other user stops
the server; so a server whose users were all killed waits for the next one, which adopts it. And every user looks
after the server: one that was killed is started again, at the same address and with its data.
"""

from __future__ import annotations

import os
import threading
from pathlib import Path
from types import TracebackType
from urllib.parse import quote

import structlog

from pipeline.errors import ServiceError
from workers.embedded.file_lock import EXCLUSIVE, SHARED, lock, try_lock
from workers.embedded.server import STOP_SECONDS, RedisServer, within

#: How often a user looks whether the server still runs.
LOOK_SECONDS = 0.5
#: After a server that would not start again, the pause before the next try; it doubles with each.
FIRST_PAUSE_S = 1.0
LONGEST_PAUSE_S = 60.0

log = structlog.get_logger()


class EmbeddedRedis:
    """The Redis server of a directory: `with EmbeddedRedis(path) as url: …`."""

    def __init__(self, directory: Path, *, program: Path | None = None) -> None:
        """`directory` is for the server alone; `program` is by default one on PATH, else the wheel's."""
        self.directory = Path(directory).absolute()
        self._program = program
        self._server: RedisServer | None = None
        self._users: int | None = None
        self._leaving = threading.Event()
        self._watch: threading.Thread | None = None

    def __enter__(self) -> str:
        return self.start()

    def __exit__(self, kind: type[BaseException] | None, value: BaseException | None, tb: TracebackType | None) -> None:
        self.stop()

    @property
    def url(self) -> str:
        """The server's address, "unix:///…"; known once started."""
        assert self._server is not None
        return f"unix://{quote(str(self._server.socket))}"

    def start(self) -> str:
        """Return the server's address once it answers, having started it or found it running.

        Raises ServiceError with the end of the server's log when it cannot start.
        """
        if self._server is not None:
            return self.url
        self._server = RedisServer(self.directory, self._program)
        try:
            self._users = self._lock_as_user()
            self._server.bring_up()
        except BaseException:
            self.stop()
            raise
        self._leaving.clear()
        self._watch = threading.Thread(target=self._look_after, args=(self._server,), name="redis-watch", daemon=True)
        self._watch.start()
        return self.url

    def stop(self) -> None:
        """Leave the server, and stop it when nobody else uses it. All is on disk afterwards."""
        self._leaving.set()
        if self._watch is not None:
            self._watch.join()
            self._watch = None
        server, self._server = self._server, None
        users, self._users = self._users, None
        if server is None or users is None:
            return
        try:
            if lock(users, EXCLUSIVE):
                server.shut_down()
        finally:
            os.close(users)

    def _lock_as_user(self) -> int:
        """Return a descriptor that marks this process as a user; waits while the last user is stopping the server."""
        found: list[int] = []

        def locked() -> bool:
            descriptor = try_lock(self.directory / "users.lock", SHARED)
            found.extend(() if descriptor is None else (descriptor,))
            return bool(found)

        if not within(STOP_SECONDS + 5, locked):
            raise ServiceError(f"embedded Redis in {self.directory}: another process is stopping it and does not end")
        return found[0]

    def _look_after(self, server: RedisServer) -> None:
        """Bring the server up again whenever it has gone without us."""
        pause_s = FIRST_PAUSE_S
        while not self._leaving.wait(LOOK_SECONDS):
            if not server.is_gone():
                pause_s = FIRST_PAUSE_S
                continue
            try:
                server.bring_up()
                log.warning("embedded redis was gone and runs again", directory=str(self.directory))
            except ServiceError as error:
                log.error("embedded redis does not start again", cause=str(error))
                self._leaving.wait(pause_s)
                pause_s = min(pause_s * 2, LONGEST_PAUSE_S)
