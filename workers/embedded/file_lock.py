"""Locks on files, which the kernel lets go when their last holder has closed them, in whatever way it ended."""

from __future__ import annotations

import fcntl
import os
from pathlib import Path

EXCLUSIVE = fcntl.LOCK_EX
SHARED = fcntl.LOCK_SH


def try_lock(path: Path, kind: int) -> int | None:
    """Return a descriptor that holds the lock, None when another process has it. Makes the file."""
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    if lock(descriptor, kind):
        return descriptor
    os.close(descriptor)
    return None


def lock(descriptor: int, kind: int) -> bool:
    """Return whether the open file is locked now; a lock of the other kind that it held is lost if it is not."""
    try:
        fcntl.flock(descriptor, kind | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
