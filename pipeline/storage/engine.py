"""Engines for the two databases, set so that what is committed is kept and a writer waits its turn."""

from __future__ import annotations

from typing import Any

from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url
from sqlalchemy.exc import ArgumentError

from pipeline.errors import ConfigError
from pipeline.storage.faults import Address

#: How long a writer waits for another: in SQLite's own lock, for a row lock, and for a connection of the pool.
LOCK_WAIT_S = 60

#: Said to PostgreSQL unless the URL says otherwise.
_CONNECT = {"application_name": "wiredesk", "connect_timeout": 4}

#: Of each process; a connection is held for milliseconds, so many threads share few.
POOL_SIZE = 5
POOL_OVERFLOW = 5

_EXPECTED = 'the store is "sqlite:///path" or "postgresql://user@host/database"'


def make_engine(url: str) -> tuple[Engine, Address]:
    """Return an engine and the address to name in errors. Connects to nothing.

    Raises ConfigError for an URL that names neither database, ServiceError when the driver is not installed.
    """
    try:
        parts = make_url(url)
    except ArgumentError as error:
        raise ConfigError(f"the store's URL cannot be read; {_EXPECTED}") from error
    kind = parts.get_backend_name()
    if kind == "sqlite":
        return _sqlite(parts)
    if kind in ("postgresql", "postgres"):
        return _postgresql(parts)
    raise ConfigError(f"{kind}:// is no store; {_EXPECTED}")


def _sqlite(parts: URL) -> tuple[Engine, Address]:
    if not parts.database or parts.database == ":memory:":
        raise ConfigError(f"a store in memory cannot be shared between processes; {_EXPECTED}")
    engine = create_engine(
        parts.set(drivername="sqlite+pysqlite"),
        connect_args={"timeout": LOCK_WAIT_S},
        pool_size=POOL_SIZE,
        max_overflow=POOL_OVERFLOW,
        pool_timeout=LOCK_WAIT_S,
    )
    event.listen(engine, "connect", _set_up_sqlite)
    return engine, Address("SQLite", parts.database)


def _set_up_sqlite(connection: Any, _record: object) -> None:
    # Transactions are begun by begin(): the driver's own BEGIN comes too late and never takes the write lock.
    connection.isolation_level = None
    for pragma in ("synchronous = FULL", "foreign_keys = ON", "journal_size_limit = 67108864", "cache_size = -16000"):
        connection.execute(f"PRAGMA {pragma}")


def begin(connection: Connection, *, writes: bool) -> None:
    """Begin a transaction. One that writes takes SQLite's write lock now: a read transaction that turns into a write
    fails at once when another writes, whatever the timeout says."""
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def _postgresql(parts: URL) -> tuple[Engine, Address]:
    address = Address("PostgreSQL", _where(parts))
    try:
        engine = create_engine(
            parts.set(drivername="postgresql+psycopg"),
            connect_args={name: value for name, value in _CONNECT.items() if name not in parts.query},
            pool_pre_ping=True,
            pool_size=POOL_SIZE,
            max_overflow=POOL_OVERFLOW,
            pool_timeout=LOCK_WAIT_S,
        )
    except ImportError as error:
        raise address.error("the driver is not installed; pip install 'wiredesk[postgresql]'") from error
    event.listen(engine, "connect", _set_up_postgresql)
    return engine, address


def _set_up_postgresql(connection: Any, _record: object) -> None:
    # A process that is frozen, or gone without a word, must not hold the change feed's lock for ever.
    connection.autocommit = True
    connection.execute(f"SET lock_timeout = '{LOCK_WAIT_S}s'")
    connection.execute(f"SET idle_in_transaction_session_timeout = '{2 * LOCK_WAIT_S}s'")
    connection.autocommit = False


def _where(parts: URL) -> str:
    """Return user, host, port and database, without the password."""
    user = f"{parts.username}@" if parts.username else ""
    named = parts.query.get("host", "localhost")
    host = parts.host or (named if isinstance(named, str) else ",".join(named))
    port = f":{parts.port}" if parts.port else ""
    return f"{user}{host}{port}/{parts.database or ''}"
