"""The limits of a guarded child, set by itself before it reads anything foreign, and the signs of its wear."""

from __future__ import annotations

import math
import os
import resource
import signal
import sys
import time
from contextlib import suppress

from msgspec.structs import replace

from workers.guard.frames import Hello, Reply

_MIB = 1024 * 1024


def limit_cpu(seconds: float) -> None:
    """Let the kernel end this process after so many more seconds of CPU (in whole seconds, rounded up)."""
    _, hard = resource.getrlimit(resource.RLIMIT_CPU)
    soft = math.ceil(time.process_time() + seconds)
    resource.setrlimit(resource.RLIMIT_CPU, (soft if hard == resource.RLIM_INFINITY else min(soft, hard), hard))


def die_with_parent() -> None:
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
        return replace(reply, worn=True) if worn else reply


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
