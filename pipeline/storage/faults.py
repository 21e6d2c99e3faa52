"""What a driver's error means to us: whether it may pass, and the error of ours that it becomes."""

from __future__ import annotations

from typing import NamedTuple

from sqlalchemy.exc import DBAPIError, InterfaceError, InternalError, OperationalError, SQLAlchemyError, StatementError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from pipeline.errors import NeverAgain, ServiceError, WiredeskError


class Address(NamedTuple):
    """Where a database is, in words for the operator and without a password."""

    service: str
    where: str

    def error(self, cause: str) -> ServiceError:
        """Return the error that names the service, its address and the cause."""
        return ServiceError(f"{self.service} {self.where}: {cause}")


_SQLITE_CAUSES = {
    "SQLITE_FULL": "the disk is full",
    "SQLITE_BUSY": "database is locked: another process has been writing for too long",
    "SQLITE_READONLY": "the file or its folder may not be written to",
    "SQLITE_CANTOPEN": "the file cannot be opened: its folder is missing or may not be written to",
    "SQLITE_NOTADB": "file is not a database",
    "SQLITE_CORRUPT": "the file is damaged",
    "SQLITE_IOERR": "the disk failed or is full",
    "SQLITE_PERM": "the file may not be opened",
    "SQLITE_NOMEM": "out of memory",
    "SQLITE_PROTOCOL": "database is locked: the file system does not lock files well",
}

# Serialization, deadlock, too many connections, and a server that stops or starts.
_PASSING_STATES = {"40001", "40P01", "53300", "57P01", "57P02", "57P03", "25P03"}

# Disk full, insufficient privilege: the server is there and cannot do it.
_REFUSING_STATES = {"53100", "42501"}


def may_pass(error: SQLAlchemyError) -> bool:
    """Return whether the same transaction may succeed when it is run again in a moment (PostgreSQL only: SQLite waits
    inside for its lock)."""
    if not isinstance(error, DBAPIError) or _sqlite_name(error):
        return False
    if error.connection_invalidated:
        return True
    state = getattr(error.orig, "sqlstate", None)
    if state is None:
        return isinstance(error, OperationalError | InterfaceError)
    return state in _PASSING_STATES or str(state).startswith("08")


def translate(error: SQLAlchemyError, address: Address) -> Exception:
    """Return our error for a driver's error; the error itself where it shows a bug of ours."""
    if isinstance(error, StatementError) and isinstance(error.orig, WiredeskError):
        return error.orig
    if isinstance(error, PoolTimeout):
        return address.error("no connection became free in time")
    if not isinstance(error, DBAPIError):
        return error
    return _from_sqlite(error, address) if _sqlite_name(error) else _from_postgresql(error, address)


def _from_sqlite(error: DBAPIError, address: Address) -> Exception:
    name = _sqlite_name(error)
    if name == "SQLITE_TOOBIG":
        return NeverAgain("too_large", "the store takes no value of this size")
    cause = next((words for prefix, words in _SQLITE_CAUSES.items() if name.startswith(prefix)), None)
    return address.error(f"{cause} ({name})") if cause else error


def _from_postgresql(error: DBAPIError, address: Address) -> Exception:
    known = isinstance(error, OperationalError | InterfaceError | InternalError)
    if known or getattr(error.orig, "sqlstate", None) in _REFUSING_STATES:
        return address.error(_first_line(error))
    return error


def _sqlite_name(error: DBAPIError) -> str:
    """Return SQLite's name for the error ("SQLITE_BUSY"), empty for another driver's."""
    return getattr(error.orig, "sqlite_errorname", None) or ""


def _first_line(error: DBAPIError) -> str:
    """Return what the driver said, in one line."""
    lines = str(error.orig).strip().splitlines()
    return lines[0][:500] if lines else type(error.orig).__name__
