"""Records: versions of articles, and the change feed."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import Connection, select, update

from pipeline.record import Record
from pipeline.storage.statements import chunks, put_rows
from pipeline.storage.tables import counters, current, records

#: The tally of records, whatever their number of versions.
RECORDS = ("records", "")


def lock_seq(connection: Connection) -> int:
    """Return the newest place in the change feed, and hold its write lock until the transaction ends."""
    found = select(counters.c.value).where(counters.c.name == "seq").with_for_update()
    return int(connection.scalar(found) or 0)


def save_seq(connection: Connection, value: int) -> None:
    """Save the newest place in the change feed."""
    connection.execute(update(counters).where(counters.c.name == "seq").values(value=value))


def newest_seq(connection: Connection) -> int:
    """Return the newest place in the change feed, 0 when nothing was stored yet."""
    return int(connection.scalar(select(counters.c.value).where(counters.c.name == "seq")) or 0)


def current_records(connection: Connection, uris: Iterable[str]) -> dict[str, Record]:
    """Return the current versions that exist, by uri."""
    found: dict[str, Record] = {}
    for chunk in chunks(uris):
        rows = connection.scalars(select(records.c.record).where(records.c.uri.in_(chunk), current))
        found.update((record.uri, record) for record in rows)
    return found


def put_record(connection: Connection, record: Record) -> bool:
    """Save a record as the current version of its uri. Returns whether the uri is new."""
    mine = records.c.uri == record.uri
    others = update(records).where(mine, current, records.c.version != record.version).values(current=False)
    replaced = connection.execute(others).rowcount > 0
    same = select(records.c.version).where(mine, records.c.version == record.version)
    new = not replaced and connection.scalar(same) is None
    row = {"uri": record.uri, "version": record.version, "seq": record.seq, "current": True, "record": record}
    put_rows(connection, records, [row])
    return new


def changes(connection: Connection, since: int, limit: int) -> tuple[Record, ...]:
    """Return current records with seq > since, by seq."""
    found = select(records.c.record).where(records.c.seq > since, current).order_by(records.c.seq).limit(limit)
    return tuple(connection.scalars(found))


def versions(connection: Connection, uri: str) -> tuple[Record, ...]:
    """Return all versions of a record, oldest first."""
    found = select(records.c.record).where(records.c.uri == uri).order_by(records.c.version)
    return tuple(connection.scalars(found))
