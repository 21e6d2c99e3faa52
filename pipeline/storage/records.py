"""Records: versions of articles, and the change feed."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import Connection, bindparam, select, update

from pipeline.record import Record
from pipeline.storage.statements import chunks, listed, put_rows
from pipeline.storage.tables import counters, current, records

#: The tally of records, whatever their number of versions.
RECORDS = ("records", "")
#: The counter of the place up to which the copy index was whole.
INDEXED = "indexed"

_mine = records.c.uri == bindparam("u")
_NEWEST = select(counters.c.value).where(counters.c.name == "seq")
_INDEXED = select(counters.c.value).where(counters.c.name == INDEXED)
_LOCK = _NEWEST.with_for_update()
_SAVE_SEQ = update(counters).where(counters.c.name == "seq").values(value=bindparam("to"))
_CURRENT = select(records.c.record).where(records.c.uri.in_(listed("uris")), current)
_CURRENT_ONE = select(records.c.record).where(_mine, current)
_VERSIONS = select(records.c.uri, records.c.version).where(records.c.uri.in_(listed("uris")), current)
_MAKE_OLD = update(records).where(_mine, current, records.c.version != bindparam("v")).values(current=False)
_ANY = select(records.c.version).where(_mine).limit(1)
_CHANGES = (
    select(records.c.record)
    .where(records.c.seq > bindparam("since"), current)
    .order_by(records.c.seq)
    .limit(bindparam("number"))
)


def lock_seq(connection: Connection) -> int:
    """Return the newest place in the change feed, and hold its write lock until the transaction ends."""
    return int(connection.scalar(_LOCK) or 0)


def save_seq(connection: Connection, value: int) -> None:
    """Save the newest place in the change feed."""
    connection.execute(_SAVE_SEQ, {"to": value})


def newest_seq(connection: Connection) -> int:
    """Return the newest place in the change feed, 0 when nothing was stored yet."""
    return int(connection.scalar(_NEWEST) or 0)


def indexed_seq(connection: Connection) -> int:
    """Return up to which place the copy index was whole when it was looked at last; 0 when it never was."""
    return int(connection.scalar(_INDEXED) or 0)


def save_indexed_seq(connection: Connection, value: int) -> None:
    """Save up to which place the copy index is whole."""
    put_rows(connection, counters, [{"name": INDEXED, "value": value}], "value")


def current_record(connection: Connection, uri: str) -> Record | None:
    """Return the current version of a record."""
    return connection.scalar(_CURRENT_ONE, {"u": uri})


def current_records(connection: Connection, uris: Iterable[str]) -> dict[str, Record]:
    """Return the current versions that exist, by uri."""
    found: dict[str, Record] = {}
    for chunk in chunks(uris):
        found.update((record.uri, record) for record in connection.scalars(_CURRENT, {"uris": chunk}))
    return found


def current_versions(connection: Connection, uris: Iterable[str]) -> dict[str, int]:
    """Return the numbers of the current versions that exist, by uri."""
    found: dict[str, int] = {}
    for chunk in chunks(uris):
        found.update((row.uri, row.version) for row in connection.execute(_VERSIONS, {"uris": chunk}))
    return found


def put_record(connection: Connection, record: Record) -> bool:
    """Save a record as the current version of its uri. Returns whether the uri is new."""
    new = connection.scalar(_ANY, {"u": record.uri}) is None
    if not new:
        connection.execute(_MAKE_OLD, {"u": record.uri, "v": record.version})
    row = {"uri": record.uri, "version": record.version, "seq": record.seq, "current": True, "record": record}
    put_rows(connection, records, [row], "seq", "current", "record")
    return new


def changes(connection: Connection, since: int, limit: int) -> tuple[Record, ...]:
    """Return current records with seq > since, by seq."""
    return tuple(connection.scalars(_CHANGES, {"since": since, "number": limit}))


def versions(connection: Connection, uri: str) -> tuple[Record, ...]:
    """Return all versions of a record, oldest first."""
    found = select(records.c.record).where(records.c.uri == uri).order_by(records.c.version)
    return tuple(connection.scalars(found))
