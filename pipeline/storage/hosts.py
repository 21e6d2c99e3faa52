"""Hosts: which of them could be served, which are in a batch.

Who changes how an URL is assigned locks its host's row first, and several hosts in order of their names: so no two
transactions wait for each other, and the last URL that leaves a batch sees that it is the last.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from functools import cache

from sqlalchemy import Connection, bindparam, case, exists, func, select, update
from sqlalchemy.dialects import sqlite

from pipeline.storage.statements import chunks, insert_into, listed
from pipeline.storage.tables import delayed, held, hosts, ready, urls

#: A name longer than this resolves nowhere; an index of PostgreSQL takes no more than 2,704 bytes.
MAX_HOST_CHARS = 255

_HOST_OF = select(urls.c.host).where(urls.c.key == bindparam("key"))
_HOSTS_OF = select(urls.c.host).where(urls.c.key.in_(listed("keys"))).distinct()
_LOCK = select(hosts.c.host).where(hosts.c.host.in_(listed("names"))).order_by(hosts.c.host).with_for_update()
_DUE = (
    select(hosts.c.host)
    .where(hosts.c.due_at <= bindparam("now", type_=hosts.c.due_at.type))
    .order_by(hosts.c.due_at, hosts.c.host)
    .limit(bindparam("number"))
    .with_for_update(skip_locked=True)
)
_HOLD = (
    update(hosts)
    .where(hosts.c.host.in_(listed("names")))
    .values(batch_id=bindparam("batch"), due_at=None, served_at=bindparam("now"))
)

_mine = urls.c.host == hosts.c.host
_since = func.coalesce(hosts.c.due_at, hosts.c.served_at)
_next_time = select(func.min(urls.c.not_before)).where(_mine, delayed).scalar_subquery()
_RELEASE = (
    update(hosts)
    .where(hosts.c.host == bindparam("name"), ~exists().where(_mine, held))
    .values(batch_id=None, due_at=case((exists().where(_mine, ready), _since), else_=_next_time))
)


def wake_hosts(connection: Connection, names: Iterable[str], now: datetime) -> None:
    """Note that URLs of these hosts are ready. Locks the hosts: to be called before the URLs are written."""
    rows = [{"host": name, "due_at": now} for name in sorted(set(names))]
    if rows:
        connection.execute(_wake(connection.dialect.name), rows)


@cache
def _wake(dialect: str) -> sqlite.Insert:
    insert = insert_into(dialect, hosts)
    earlier = case((hosts.c.due_at < insert.excluded.due_at, hosts.c.due_at), else_=insert.excluded.due_at)
    due_at = case((hosts.c.batch_id.is_(None), earlier), else_=None)
    return insert.on_conflict_do_update(index_elements=["host"], set_={"due_at": due_at})


def lock_host_of(connection: Connection, key: str) -> list[str]:
    """Return the host of an URL, locked until the transaction ends; nothing when the URL was never accepted."""
    name = connection.scalar(_HOST_OF, {"key": key})
    return [] if name is None else lock_hosts(connection, [name])


def lock_hosts_of(connection: Connection, keys: Iterable[str]) -> list[str]:
    """Return the hosts of these URLs, locked until the transaction ends."""
    return lock_hosts(
        connection, (name for chunk in chunks(keys) for name in connection.scalars(_HOSTS_OF, {"keys": chunk}))
    )


def lock_hosts(connection: Connection, names: Iterable[str]) -> list[str]:
    """Return these hosts, sorted, locked until the transaction ends."""
    ordered = sorted(set(names))
    # In SQLite the whole database is locked already.
    if connection.dialect.name == "postgresql":
        for chunk in chunks(ordered):
            connection.execute(_LOCK, {"names": chunk})
    return ordered


def due_hosts(connection: Connection, now: datetime, number: int) -> list[str]:
    """Return hosts that could be served, those first that could be for longest, locked; none that another locked."""
    return list(connection.scalars(_DUE, {"now": now, "number": number}))


def hold_hosts(connection: Connection, names: Iterable[str], batch_id: str, now: datetime) -> None:
    """Note that these hosts are in a batch."""
    for chunk in chunks(names):
        connection.execute(_HOLD, {"names": chunk, "batch": batch_id, "now": now})


def release_hosts(connection: Connection, names: Iterable[str]) -> None:
    """Free those of these locked hosts that have no URL left in a batch, and set anew since when they could be served.

    The turn of a host that has more to give counts from when it was served last.
    """
    rows = [{"name": name} for name in names]
    if rows:
        connection.execute(_RELEASE, rows)
