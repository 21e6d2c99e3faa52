"""Statements that several tables need: inserts that may meet a row that is there, long lists cut to size, tallies."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, TypeVar

from sqlalchemy import Connection, Table
from sqlalchemy.dialects import postgresql, sqlite

from pipeline.storage.tables import tallies

T = TypeVar("T")

#: Well below the number of parameters that either database takes in one statement.
CHUNK = 500


def insert_into(connection: Connection, table: Table) -> sqlite.Insert:
    """Return an insert that knows ON CONFLICT, in the database's own dialect."""
    if connection.dialect.name == "postgresql":
        return postgresql.insert(table)  # type: ignore[return-value]  # the same methods, without a common base
    return sqlite.insert(table)


def put_rows(connection: Connection, table: Table, rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert rows; where the primary key is there already, overwrite all other columns. In the order given."""
    if not rows:
        return
    insert = insert_into(connection, table)
    keys = [column.name for column in table.primary_key]
    others = {name: insert.excluded[name] for name in rows[0] if name not in keys}
    if others:
        connection.execute(insert.on_conflict_do_update(index_elements=keys, set_=others), rows)
    else:
        connection.execute(insert.on_conflict_do_nothing(), rows)


def chunks(items: Iterable[T]) -> Iterator[list[T]]:
    """Yield the distinct items in order, in lists short enough for one statement."""
    distinct = list(dict.fromkeys(items))
    for start in range(0, len(distinct), CHUNK):
        yield distinct[start : start + CHUNK]


def add_tallies(connection: Connection, counted: Mapping[tuple[str, str], int]) -> None:
    """Add to the tallies, by (name, reason). To be a transaction's last statement: the rows are shared by all."""
    rows = [{"name": name, "reason": reason, "n": n} for (name, reason), n in sorted(counted.items()) if n]
    if rows:
        insert = insert_into(connection, tallies)
        total = tallies.c.n + insert.excluded.n
        connection.execute(insert.on_conflict_do_update(index_elements=["name", "reason"], set_={"n": total}), rows)
