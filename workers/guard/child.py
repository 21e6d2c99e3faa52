"""The guarded child: a fork server that has loaded the parsers once, and children that run tasks under limits.

The fork server has one thread and reads nothing foreign. It forks a child for the worker, hands it the socket that
the worker sent along, and kills it when the worker asks for it or is gone. A child reads tasks until its socket ends.
"""

from __future__ import annotations

import gc
import importlib
import logging
import os
import signal
import socket
import traceback
import warnings
from collections.abc import Callable, Mapping

from msgspec.structs import replace

from pipeline.errors import FeedUnreadable, NeverAgain, NotAnArticle, TryLater
from workers.guard.frames import Call, Hello, Reply, receive, send
from workers.guard.limits import Wear, die_with_parent, limit_cpu

Task = Callable[[bytes], bytes]

FORK = b"F"
REAP = b"R"
#: The exit code of a child that had no memory left even for saying so.
EXIT_NO_MEMORY = 77
_LONGEST_DETAIL = 500
_LONGEST_TRACEBACK = 8_000


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
        die_with_parent()
        wear = Wear(hello)
        while (message := receive(sock, Call)) is not None:
            call, payload = message
            limit_cpu(call.cpu_limit_s)
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
        reply = Reply(kind="try-later", not_before=error.not_before, counts=error.counts)
    elif isinstance(error, NotAnArticle):
        reply = Reply(kind="not-article")
    elif isinstance(error, NeverAgain):
        reply = Reply(kind="never-again")
    elif isinstance(error, FeedUnreadable):
        reply = Reply(kind="feed-unreadable")
    else:
        return Reply(kind="bug", reason=type(error).__name__, detail=_traceback(error))
    return replace(reply, reason=error.reason, detail=error.detail[:_LONGEST_DETAIL])


def _traceback(error: BaseException) -> str:
    """Return the traceback's text; its middle is left out when a message holds half a page."""
    text = "".join(traceback.format_exception(error))
    if len(text) > _LONGEST_TRACEBACK:
        half = _LONGEST_TRACEBACK // 2
        text = f"{text[:half]}\n…\n{text[-half:]}"
    return text
