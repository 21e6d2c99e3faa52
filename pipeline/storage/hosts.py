"""Hosts: which of them could be served, which are in a batch.

Who changes how an URL is assigned locks its host's row first, and several hosts in order of their names: so no two
transactions wait for each other, and the last URL that leaves a batch sees that it is the last.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import Connection, case, exists, func, select, update

from pipeline.storage.statements import chunks, insert_into
from pipeline.storage.tables import delayed, held, hosts, ready, urls

#: A name longer than this resolves nowhere; an index of PostgreSQL takes no more than 2,704 bytes.
MAX_HOST_CHARS = 255


def wake_hosts(connection: Connection, names: Iterable[str], now: datetime) -> None:
    """Note that URLs of these hosts are ready. Locks the hosts: to be called before the URLs are written."""
    rows = [{"host": name, "due_at": now} for name in sorted(set(names))]
    if not rows:
        return
    insert = insert_into(connection, hosts)
    earlier = case((hosts.c.due_at < insert.excluded.due_at, hosts.c.due_at), else_=insert.excluded.due_at)
    due_at = case((hosts.c.batch_id.is_(None), earlier), else_=None)
    connection.execute(insert.on_conflict_do_update(index_elements=["host"], set_={"due_at": due_at}), rows)


def lock_hosts_of(connection: Connection, keys: Iterable[str]) -> list[str]:
    """Return the hosts of these URLs, locked until the transaction ends."""
    names = [name for chunk in chunks(keys) for name in _hosts_of(connection, chunk)]
    return lock_hosts(connection, names)


def _hosts_of(connection: Connection, keys: list[str]) -> Iterable[str]:
    return connection.scalars(select(urls.c.host).where(urls.c.key.in_(keys)).distinct())


def lock_hosts(connection: Connection, names: Iterable[str]) -> list[str]:
    """Return these hosts, sorted, locked until the transaction ends."""
    ordered = sorted(set(names))
    if connection.dialect.name == "postgresql":
        for chunk in chunks(ordered):
            found = select(hosts.c.host).where(hosts.c.host.in_(chunk)).order_by(hosts.c.host)
            connection.execute(found.with_for_update())
    return ordered


def due_hosts(connection: Connection, now: datetime, limit: int) -> list[str]:
    """Return hosts that could be served, those first that could be for longest, locked; none that another locked."""
    found = select(hosts.c.host).where(hosts.c.due_at <= now).order_by(hosts.c.due_at, hosts.c.host).limit(limit)
    return list(connection.scalars(found.with_for_update(skip_locked=True)))


def hold_hosts(connection: Connection, names: Iterable[str], batch_id: str, now: datetime) -> None:
    """Note that these hosts are in a batch."""
    for chunk in chunks(names):
        connection.execute(
            update(hosts).where(hosts.c.host.in_(chunk)).values(batch_id=batch_id, due_at=None, served_at=now)
        )


def release_hosts(connection: Connection, names: Iterable[str]) -> None:
    """Free those of these locked hosts that have no URL left in a batch, and set anew since when they could be served.

    The turn of a host that has more to give counts from when it was served last.
    """
    mine = urls.c.host == hosts.c.host
    more = exists().where(mine, ready)
    since = func.coalesce(hosts.c.due_at, hosts.c.served_at)
    next_time = select(func.min(urls.c.not_before)).where(mine, delayed).scalar_subquery()
    free = ~exists().where(mine, held)
    for chunk in chunks(names):
        connection.execute(
            update(hosts)
            .where(hosts.c.host.in_(chunk), free)
            .values(batch_id=None, due_at=case((more, since), else_=next_time))
        )
