"""Statements that several tables need: inserts that may meet a row that is there, long lists cut to size, tallies.

Statements that run for each article are built once, at import: SQLAlchemy takes 0.2 to 0.3 ms to build one, and 0.05 ms
to run one that is built.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache
from typing import Any, TypeVar

from sqlalchemy import Connection, Table, bindparam
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.sql.elements import BindParameter

from pipeline.storage.tables import tallies

T = TypeVar("T")

#: Well below the number of parameters that either database takes in one statement.
CHUNK = 500


def listed(name: str) -> BindParameter[Any]:
    """Return a parameter that takes a list, for IN."""
    return bindparam(name, expanding=True)


def insert_into(dialect: str, table: Table) -> sqlite.Insert:
    """Return an insert that knows ON CONFLICT, in the database's own dialect."""
    if dialect == "postgresql":
        return postgresql.insert(table)  # type: ignore[return-value]  # the same methods, without a common base
    return sqlite.insert(table)


@cache
def upsert(dialect: str, table: Table, *changed: str) -> sqlite.Insert:
    """Return an insert that overwrites the columns `changed` where the primary key is there; none: leaves the row."""
    insert = insert_into(dialect, table)
    if not changed:
        return insert.on_conflict_do_nothing()
    keys = [column.name for column in table.primary_key]
    return insert.on_conflict_do_update(index_elements=keys, set_={name: insert.excluded[name] for name in changed})


def put_rows(connection: Connection, table: Table, rows: Sequence[Mapping[str, Any]], *changed: str) -> None:
    """Insert rows in the order given; see upsert for those that are there."""
    if rows:
        connection.execute(upsert(connection.dialect.name, table, *changed), rows)


def chunks(items: Iterable[T]) -> Iterator[list[T]]:
    """Yield the distinct items in order, in lists short enough for one statement."""
    distinct = list(dict.fromkeys(items))
    for start in range(0, len(distinct), CHUNK):
        yield distinct[start : start + CHUNK]


def add_tallies(connection: Connection, counted: Mapping[tuple[str, str], int]) -> None:
    """Add to the tallies, by (name, reason). To be a transaction's last statement: the rows are shared by all."""
    rows = [{"name": name, "reason": reason, "n": n} for (name, reason), n in sorted(counted.items()) if n]
    if rows:
        connection.execute(_add_tally(connection.dialect.name), rows)


@cache
def _add_tally(dialect: str) -> sqlite.Insert:
    insert = insert_into(dialect, tallies)
    return insert.on_conflict_do_update(index_elements=["name", "reason"], set_={"n": tallies.c.n + insert.excluded.n})
