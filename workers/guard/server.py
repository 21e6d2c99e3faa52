"""The worker's handle on its fork server: start it, have it fork a child, have it end the child."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import time
from contextlib import suppress

from pipeline.errors import ServiceError
from workers.guard.child import FORK, REAP
from workers.guard.frames import Hello, Reply, receive, send

#: Loading the parsers takes a second or two; on a machine under load, more.
START_SECONDS = 120.0
ANSWER_SECONDS = 30.0

#: What a parser may know of our environment; no address and no password is among it.
_KEPT = (
    *("PATH", "HOME", "LANG", "LANGUAGE", "TZ", "TMPDIR", "VIRTUAL_ENV", "LD_LIBRARY_PATH"),
    *("PYTHONHOME", "PYTHONPATH", "PYTHONUTF8", "PYTHONDONTWRITEBYTECODE", "PYTHONPYCACHEPREFIX", "PYTHONHASHSEED"),
)
_KEPT_PREFIXES = ("LC_", "DYLD_")
#: Numeric libraries start a thread a core, which a process that forks must not have.
_ONE_THREAD = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "MKL_NUM_THREADS": "1"}

_CODE = (
    "import json, sys; sys.path[:] = json.loads(sys.argv[2]); "
    "from workers.guard.child import main; main(int(sys.argv[1]))"
)


class ForkServer:
    """A process that has loaded the parsers and forks children. Not safe for several threads at once."""

    def __init__(self, hello: Hello, payload: bytes) -> None:
        """Starts it and waits until it is loaded. Raises ServiceError with the child's traceback when it fails."""
        self._control, theirs = socket.socketpair()
        with theirs:
            self._process = subprocess.Popen(  # noqa: S603
                [sys.executable, "-P", "-c", _CODE, str(theirs.fileno()), json.dumps(sys.path)],
                env=_environment(),
                pass_fds=(theirs.fileno(),),
                stdin=subprocess.DEVNULL,
            )
        try:
            self._greet(hello, payload)
        except BaseException:
            self.close()
            raise

    @property
    def is_alive(self) -> bool:
        """Whether the process still runs."""
        return self._process.poll() is None

    def fork(self) -> socket.socket:
        """Return the socket of a new child. Raises OSError when the fork server is gone."""
        ours, theirs = socket.socketpair()
        with theirs:
            self._control.settimeout(ANSWER_SECONDS)
            socket.send_fds(self._control, [FORK], [theirs.fileno()])
        try:
            self._answer()
        except BaseException:
            ours.close()
            raise
        return ours

    def reap(self) -> int:
        """Return the wait status of the child, killed if it still ran. Raises OSError when the server is gone."""
        self._control.settimeout(ANSWER_SECONDS)
        self._control.sendall(REAP)
        return self._answer()

    def close(self) -> None:
        """End the fork server and its child."""
        self._control.close()
        try:
            self._process.wait(ANSWER_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def kill(self) -> None:
        """End the fork server at once; its child dies with it where the system can do that."""
        self._control.close()
        with suppress(OSError):
            self._process.kill()
        self._process.wait()

    def _greet(self, hello: Hello, payload: bytes) -> None:
        until = time.monotonic() + START_SECONDS
        try:
            send(self._control, hello, payload, until=until)
            message = receive(self._control, Reply, until=until)
        except OSError as error:
            raise ServiceError(f"guarded child: it did not start: {error or 'no answer'}") from error
        if message is None:
            raise ServiceError("guarded child: it ended at its start; its standard error says why")
        reply, _ = message
        if reply.kind != "ok":
            raise ServiceError(f"guarded child: {hello.init} failed:\n{reply.detail or reply.kind}")

    def _answer(self) -> int:
        number = b""
        while len(number) < 4:
            part = self._control.recv(4 - len(number))
            if not part:
                raise ConnectionResetError("the fork server is gone")
            number += part
        return int.from_bytes(number, "big")


def _environment() -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if name in _KEPT or name.startswith(_KEPT_PREFIXES)}
    return kept | _ONE_THREAD
