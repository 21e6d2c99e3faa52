"""The guarded child: a fork server that has loaded the parsers once, and children that run tasks under limits.

The fork server has one thread and reads nothing foreign. It forks a child for the worker, hands it the socket that
the worker sent along, and kills it when the worker asks for it or is gone. A child reads tasks until its socket ends.
"""

from __future__ import annotations

import gc
import importlib
import logging
import math
import os
import resource
import signal
import socket
import sys
import time
import traceback
import warnings
from collections.abc import Callable, Mapping
from contextlib import suppress

from pipeline.errors import FeedUnreadable, NeverAgain, NotAnArticle, TryLater, WiredeskError
from workers.guard_frames import Call, Hello, Reply, receive, send

Task = Callable[[bytes], bytes]

FORK = b"F"
REAP = b"R"
#: The exit code of a child that had no memory left even for saying so.
EXIT_NO_MEMORY = 77
_LONGEST_DETAIL = 500
_LONGEST_TRACEBACK = 8_000
_MIB = 1024 * 1024


def main(descriptor: int) -> None:
    """Run the fork server on the worker's socket until the worker hangs up."""
    _be_quiet()
    control = socket.socket(fileno=descriptor)
    message = receive(control, Hello)
    if message is None:
        return
    hello, payload = message
    try:
        tasks = _load(hello.init)(payload)
    except BaseException as error:
        send(control, _reply_to(error))
        return
    gc.collect()
    gc.freeze()
    send(control, Reply(kind="ok"))
    _serve_forks(control, tasks, hello)
    os._exit(0)  # taking the parsers apart would only delay the worker's end


def _be_quiet() -> None:
    """Leave the terminal's signals to the worker, and its log to the worker's own words."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    logging.disable(logging.CRITICAL)
    warnings.simplefilter("ignore")
    os.dup2(os.open(os.devnull, os.O_RDWR), 0)
    os.dup2(0, 1)


def _load(name: str) -> Callable[[bytes], Mapping[str, Task]]:
    module, _, attribute = name.partition(":")
    found: Callable[[bytes], Mapping[str, Task]] = getattr(importlib.import_module(module), attribute)
    return found


def _serve_forks(control: socket.socket, tasks: Mapping[str, Task], hello: Hello) -> None:
    child = 0
    while True:
        command, descriptors, _, _ = socket.recv_fds(control, 1, 1)
        if command == FORK:
            child = os.fork()
            if child == 0:
                control.close()
                _serve_tasks(socket.socket(fileno=descriptors[0]), tasks, hello)
            os.close(descriptors[0])
            control.sendall(child.to_bytes(4, "big"))
            continue
        status = _end(child)
        if command != REAP:
            return
        control.sendall(status.to_bytes(4, "big"))
        child = 0


def _end(child: int) -> int:
    """Return the wait status of the child, killed if it still runs."""
    if not child:
        return 0
    os.kill(child, signal.SIGKILL)
    return os.waitpid(child, 0)[1]


def _serve_tasks(sock: socket.socket, tasks: Mapping[str, Task], hello: Hello) -> None:
    """Run tasks until the worker hangs up; does not return."""
    try:
        _die_with_parent()
        wear = Wear(hello)
        while (message := receive(sock, Call)) is not None:
            call, payload = message
            _limit_cpu(call.cpu_limit_s)
            reply, result = _run(tasks, call.task, payload)
            del message, payload
            send(sock, wear.judge(reply), result)
    except MemoryError:
        os._exit(EXIT_NO_MEMORY)
    except OSError:
        pass
    finally:
        os._exit(0)


def _run(tasks: Mapping[str, Task], name: str, payload: bytes) -> tuple[Reply, bytes]:
    try:
        return Reply(kind="ok"), tasks[name](payload)
    except BaseException as error:
        return _reply_to(error), b""


def _reply_to(error: BaseException) -> Reply:
    """Return the error as a message: our own kinds as such, memory as such, everything else as a bug."""
    if isinstance(error, MemoryError):
        return Reply(kind="memory", worn=True)
    if isinstance(error, TryLater):
        kind = Reply(kind="try-later", not_before=error.not_before, counts=error.counts)
    elif isinstance(error, NotAnArticle):
        kind = Reply(kind="not-article")
    elif isinstance(error, NeverAgain):
        kind = Reply(kind="never-again")
    elif isinstance(error, FeedUnreadable):
        kind = Reply(kind="feed-unreadable")
    else:
        return Reply(kind="bug", reason=type(error).__name__, detail=_traceback(error))
    return _with(kind, error)


def _with(reply: Reply, error: WiredeskError) -> Reply:
    reason, detail = getattr(error, "reason", ""), getattr(error, "detail", "")
    return Reply(
        kind=reply.kind,
        reason=reason,
        detail=detail[:_LONGEST_DETAIL],
        not_before=reply.not_before,
        counts=reply.counts,
    )


def _traceback(error: BaseException) -> str:
    """Return the traceback's text; its middle is left out when a message holds half a page."""
    text = "".join(traceback.format_exception(error))
    if len(text) > _LONGEST_TRACEBACK:
        half = _LONGEST_TRACEBACK // 2
        text = f"{text[:half]}\n…\n{text[-half:]}"
    return text


def _limit_cpu(seconds: float) -> None:
    """Let the kernel end this process after so many more seconds of CPU (in whole seconds, rounded up)."""
    _, hard = resource.getrlimit(resource.RLIMIT_CPU)
    soft = math.ceil(time.process_time() + seconds)
    resource.setrlimit(resource.RLIMIT_CPU, (soft if hard == resource.RLIM_INFINITY else min(soft, hard), hard))


def _die_with_parent() -> None:
    """End with the fork server, as far as the system can, and be the first to go when memory runs out."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if sys.platform != "linux":
        return
    import ctypes  # noqa: PLC0415 - for Linux alone

    parent = os.getppid()
    ctypes.CDLL(None).prctl(1, signal.SIGKILL)  # PR_SET_PDEATHSIG
    if os.getppid() != parent:
        os._exit(0)
    with suppress(OSError), open("/proc/self/oom_score_adj", "w") as file:  # noqa: PTH123 - a kernel's file
        file.write("500")


class Wear:
    """What the tasks so far have done to this process: when to replace it, when it was short of memory."""

    def __init__(self, hello: Hello) -> None:
        """Sets the limit of the address space (Linux only: elsewhere it has no effect)."""
        self._tasks_left = hello.max_tasks
        self._max_resident = _resident() + hello.max_growth_mib * _MIB
        self._base = self._peak = _peak_size()
        self._limit = max(hello.memory_limit_mib * _MIB, self._base + 128 * _MIB)
        if sys.platform == "linux":
            resource.setrlimit(resource.RLIMIT_AS, (self._limit, self._limit))

    def judge(self, reply: Reply) -> Reply:
        """Return the reply, marked when the process is worn; "no article" for want of memory becomes "memory".

        Extraction swallows a MemoryError and returns nothing; then the address space has just grown by much.
        """
        peak, before = _peak_size(), self._peak
        self._peak = peak
        starved = peak > before and peak - self._base > (self._limit - self._base) / 2
        if starved and reply.kind in {"not-article", "never-again"}:
            return Reply(kind="memory", worn=True)
        self._tasks_left -= 1
        worn = reply.worn or starved or self._tasks_left <= 0 or _resident() > self._max_resident
        return _worn(reply) if worn else reply


def _worn(reply: Reply) -> Reply:
    return Reply(
        kind=reply.kind,
        reason=reply.reason,
        detail=reply.detail,
        not_before=reply.not_before,
        counts=reply.counts,
        worn=True,
    )


def _resident() -> int:
    """Return the bytes in memory now on Linux, the most that ever were elsewhere."""
    if sys.platform == "linux":
        with open("/proc/self/statm") as file:  # noqa: PTH123 - a kernel's file
            return int(file.read().split()[1]) * resource.getpagesize()
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


def _peak_size() -> int:
    """Return the most bytes of address space that this process ever had; 0 where the system does not tell."""
    if sys.platform != "linux":
        return 0
    with open("/proc/self/status", "rb") as file:  # noqa: PTH123 - a kernel's file
        for line in file:
            if line.startswith(b"VmPeak:"):
                return int(line.split()[1]) * 1024
    return 0
