"""Foreign bytes are parsed here: in a child process with limits of CPU, memory and time, replaced when it dies."""

from __future__ import annotations

import math
import os
import select
import signal
import socket
import time
from collections.abc import Callable
from contextlib import suppress

from pipeline.errors import FeedUnreadable, NeverAgain, NotAnArticle, ServiceError, TryLater, WiredeskError
from pipeline.policies import ExtractPolicy
from workers.guard.child import EXIT_NO_MEMORY
from workers.guard.frames import Call, Hello, Reply, receive, send
from workers.guard.server import ForkServer
from workers.guard.turns import Turns

#: libxml2 never frees the names it has seen, so a child is replaced now and then.
MAX_TASKS = 1_000
MAX_GROWTH_MIB = 256


class GuardKilled(TryLater):
    """The child did not survive the task, or would not have.

    Reasons: parse_timeout (CPU or wall limit), parse_memory, parse_crash (a signal, from within or outside).
    """


class TaskBug(Exception):
    """A task raised what it should not; the message holds the child's traceback."""


class Guard:
    """Runs tasks in a guarded child process, one at a time; callers wait in line. Safe for any number of threads."""

    def __init__(self, init: str, payload: bytes, limits: ExtractPolicy) -> None:
        """`init` names a function, "package.module:name", that is called with the payload in the child alone and
        returns the tasks by name: callables from bytes to bytes."""
        self._hello = Hello(
            init=init,
            memory_limit_mib=limits.memory_limit_mib,
            max_tasks=MAX_TASKS,
            max_growth_mib=MAX_GROWTH_MIB,
        )
        self._payload = payload
        self._limits = limits
        self._turns = Turns()
        self._server: ForkServer | None = None
        self._child: socket.socket | None = None

    def warm(self) -> None:
        """Start the child ahead of the first task. Raises ServiceError when it cannot start."""
        with self._turns:
            self._ready()

    def call(self, task: str, payload: bytes, wall_s: float | None = None) -> bytes:
        """Return what the task makes of the payload.

        Raises the task's own TryLater, NeverAgain, NotAnArticle or FeedUnreadable; GuardKilled when it broke a limit
        or died; TaskBug for any other exception in it; ServiceError when no child can be started.
        """
        with self._turns:
            child = self._ready()
            try:
                reply, result = self._exchange(child, task, payload, wall_s or self._limits.wall_limit_s)
            except BaseException:
                self._discard()
                raise
            if reply.worn:
                self._discard()
        if reply.kind != "ok":
            raise _error(reply)
        return result

    def close(self) -> None:
        """End the child processes. A later call starts them again."""
        with self._turns:
            self._drop_server()

    def _ready(self) -> socket.socket:
        """Return the socket of a living child."""
        if self._child is not None and _has_hung_up(self._child):
            self._discard()
        if self._server is not None and not self._server.is_alive:
            self._drop_server()
        if self._child is None:
            self._child = self._fork()
        return self._child

    def _fork(self) -> socket.socket:
        if self._server is not None:
            with suppress(OSError):
                return self._server.fork()
            self._drop_server()
        self._server = ForkServer(self._hello, self._payload)
        try:
            return self._server.fork()
        except OSError as error:
            raise ServiceError(f"guarded child: it cannot be forked: {error}") from error

    def _exchange(self, child: socket.socket, task: str, payload: bytes, wall_s: float) -> tuple[Reply, bytes]:
        until = time.monotonic() + wall_s
        call = Call(task=task, cpu_limit_s=min(self._limits.cpu_limit_s, wall_s))
        try:
            send(child, call, payload, until=until)
            message = receive(child, Reply, until=until)
        except TimeoutError:
            raise GuardKilled("parse_timeout", f"{task} took longer than {wall_s:g} s") from None
        except OSError:
            message = None
        if message is None:
            raise _obituary(task, self._discard(), self._limits)
        return message

    def _discard(self) -> int | None:
        """Return the wait status of the child, which is ended; None when the fork server cannot tell."""
        if self._child is None:
            return None
        self._child.close()
        self._child = None
        assert self._server is not None
        try:
            return self._server.reap()
        except OSError:
            self._drop_server(at_once=True)
            return None

    def _drop_server(self, *, at_once: bool = False) -> None:
        if self._child is not None:
            self._child.close()
            self._child = None
        if self._server is not None:
            (self._server.kill if at_once else self._server.close)()
            self._server = None


def _has_hung_up(child: socket.socket) -> bool:
    """Return whether an idle child has something to say, which can only be its end."""
    poll = select.poll()
    poll.register(child, select.POLLIN)
    return bool(poll.poll(0))


def _obituary(task: str, status: int | None, limits: ExtractPolicy) -> GuardKilled:
    """Return the error that a wait status speaks of."""
    if status is None:
        return GuardKilled("parse_crash", f"{task}: the fork server was killed")
    if os.WIFEXITED(status):
        code = os.WEXITSTATUS(status)
        if code == EXIT_NO_MEMORY:
            return _out_of_memory(limits)
        return GuardKilled("parse_crash", f"{task} ended its process with exit code {code}")
    number = os.WTERMSIG(status)
    if number == signal.SIGXCPU:
        return GuardKilled("parse_timeout", f"{task} used more than {math.ceil(limits.cpu_limit_s)} s of CPU")
    return GuardKilled("parse_crash", f"{task} was killed by {signal.Signals(number).name}")


def _out_of_memory(limits: ExtractPolicy) -> GuardKilled:
    return GuardKilled("parse_memory", f"more than {limits.memory_limit_mib} MiB")


_KINDS: dict[str, Callable[[str, str], WiredeskError]] = {
    "never-again": NeverAgain,
    "not-article": NotAnArticle,
    "feed-unreadable": FeedUnreadable,
}


def _error(reply: Reply) -> Exception:
    if reply.kind == "try-later":
        return TryLater(reply.reason, reply.detail, not_before=reply.not_before, counts=reply.counts)
    if reply.kind == "memory":
        return GuardKilled("parse_memory", "the task ran out of memory")
    if reply.kind == "bug":
        return TaskBug(f"{reply.reason} in the guarded child\n{reply.detail}")
    return _KINDS[reply.kind](reply.reason, reply.detail)
