"""Transactions on one database, from any thread and after any fork, with drivers' errors turned into ours."""

from __future__ import annotations

import os
import random
import threading
import time
import weakref
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from typing import TypeVar

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.pool import Pool

from pipeline.storage.engine import LOCK_WAIT_S, begin, make_engine
from pipeline.storage.faults import Address, may_pass, translate

T = TypeVar("T")

#: Waits between the runs of a transaction that failed for a reason that may pass: about 10 s in all, enough for a
#: server that restarts.
RETRY_DELAYS_S = (0.05, 0.1, 0.2, 0.4, 0.8, 1.6, 2.0, 2.0, 2.0)


class Database:
    """One database: `read` and `write` run a function in a transaction, again when it failed for a passing reason."""

    def __init__(self, url: str) -> None:
        """Connects to nothing yet. Raises ConfigError, ServiceError (see make_engine)."""
        engine, address = make_engine(url)
        self.engine: Engine = engine
        self.address: Address = address
        self._turn = threading.Lock()
        _databases.add(self)

    @property
    def is_sqlite(self) -> bool:
        """Whether the database is SQLite."""
        return self.engine.dialect.name == "sqlite"

    def close(self) -> None:
        """Close the connections."""
        self.engine.dispose()

    def read(self, work: Callable[[Connection], T], *, retry: bool = True) -> T:
        """Return what `work` returns, run in one transaction. Raises ServiceError."""
        return self._run(work, writes=False, retry=retry)

    def write(self, work: Callable[[Connection], T], *, retry: bool = True) -> T:
        """Return what `work` returns, committed. `work` may run more than once. Raises ServiceError."""
        with self._in_turn() if self.is_sqlite else nullcontext():
            return self._run(work, writes=True, retry=retry)

    @contextmanager
    def transaction(self, enter: Callable[[Connection], T]) -> Iterator[T]:
        """Give what `enter` returns; committed at the end of the block, rolled back when it raises.

        Only `enter` is run again after a passing failure, the block never. Raises ServiceError.
        """
        # One thread of a process at a time: the others would each hold a connection while they wait for the lock.
        with self._in_turn():
            connection, entered = self._enter(enter)
            try:
                yield entered
                connection.commit()
            except SQLAlchemyError as error:
                raise translate(error, self.address) from error
            finally:
                connection.close()

    def _enter(self, enter: Callable[[Connection], T]) -> tuple[Connection, T]:
        for delay in (*RETRY_DELAYS_S, None):
            connection = None
            try:
                connection = self.engine.connect()
                begin(connection, writes=True)
                return connection, enter(connection)
            except SQLAlchemyError as error:
                if connection is not None:
                    connection.close()
                self._wait_or_raise(error, delay)
        raise AssertionError("unreachable")

    def _run(self, work: Callable[[Connection], T], *, writes: bool, retry: bool) -> T:
        for delay in (*(RETRY_DELAYS_S if retry else ()), None):
            try:
                with self.engine.begin() as connection:
                    begin(connection, writes=writes)
                    return work(connection)
            except SQLAlchemyError as error:
                self._wait_or_raise(error, delay)
        raise AssertionError("unreachable")

    def _wait_or_raise(self, error: SQLAlchemyError, delay: float | None) -> None:
        if delay is None or not may_pass(error):
            raise translate(error, self.address) from error
        time.sleep(delay * random.uniform(0.5, 1.0))  # noqa: S311  spreads the retries, guards nothing

    @contextmanager
    def _in_turn(self) -> Iterator[None]:
        """Wait for the other writers of this process: SQLite's own lock is not fair between threads."""
        turn = self._turn
        if not turn.acquire(timeout=LOCK_WAIT_S):
            raise self.address.error("database is locked: another thread has been writing for too long")
        try:
            yield
        finally:
            turn.release()

    def forget_connections(self) -> None:
        """Drop what was inherited from the parent process: neither used nor closed here, for the parent still does."""
        _inherited.append(self.engine.pool)
        self.engine.dispose(close=False)
        self._turn = threading.Lock()


_databases: weakref.WeakSet[Database] = weakref.WeakSet()
# Kept so that no finalizer closes them: a SQLite file closed in the child would break the parent's locks.
_inherited: list[Pool] = []


def _after_fork() -> None:
    for database in tuple(_databases):
        database.forget_connections()


os.register_at_fork(after_in_child=_after_fork)
