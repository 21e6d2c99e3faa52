"""Batches: work that is assigned, picked fairly by host, and put back when its batch is lost."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from msgspec.structs import replace
from sqlalchemy import Connection, bindparam, func, select, update

from pipeline.models import WORKER_LOST, AcceptedUrl
from pipeline.storage.base import Batch
from pipeline.storage.hosts import due_hosts, hold_hosts, lock_hosts, release_hosts
from pipeline.storage.statements import chunks, listed
from pipeline.storage.tables import attempts, delayed, feeds, free, hosts, ready, urls
from pipeline.storage.urls import accepted_url

_END_DELAYS = (
    update(urls)
    .where(
        urls.c.host.in_(listed("names")), urls.c.not_before <= bindparam("now", type_=urls.c.not_before.type), delayed
    )
    .values(not_before=None)
)
_first = (
    select(urls.c.key)
    .where(urls.c.host == bindparam("name"), ready)
    .order_by(urls.c.priority.desc(), urls.c.accepted_at, urls.c.key)
    .limit(bindparam("number"))
)
_TAKE = (
    update(urls).where(urls.c.key.in_(_first), free).values(batch_id=bindparam("batch"), assigned_at=bindparam("now"))
)


def assign_crawls(connection: Connection, batch_id: str, now: datetime, *, limit: int, per_host: int) -> int:
    """Assign ready URLs, host by host, until the batch has `limit` or nobody is due. Returns the batch's size."""
    taken = connection.scalar(select(func.count()).select_from(urls).where(urls.c.batch_id == batch_id)) or 0
    while taken < limit:
        # No more hosts than are needed: another scheduler passes over those that are locked here.
        found = due_hosts(connection, now, -(-(limit - taken) // per_host))
        if not found:
            break
        _end_delays(connection, found, now)
        served: list[str] = []
        idle: list[str] = []
        for host in found:
            number = _take(connection, host, batch_id, now, min(per_host, limit - taken))
            (served if number else idle).append(host)
            taken += number
            if taken >= limit:
                break
        hold_hosts(connection, served, batch_id, now)
        release_hosts(connection, idle)
    return taken


def _end_delays(connection: Connection, names: list[str], now: datetime) -> None:
    """Make those delayed URLs of these locked hosts ready whose time has come."""
    for chunk in chunks(names):
        connection.execute(_END_DELAYS, {"names": chunk, "now": now})


def _take(connection: Connection, host: str, batch_id: str, now: datetime, number: int) -> int:
    """Assign up to `number` ready URLs of a locked host: higher priority first, then oldest. Returns how many."""
    return connection.execute(_TAKE, {"name": host, "number": number, "batch": batch_id, "now": now}).rowcount


def crawl_batch(connection: Connection, batch_id: str) -> tuple[AcceptedUrl, ...]:
    """Return the URLs that are still assigned to the batch, host by host in the order of their assignment."""
    found = select(urls).where(urls.c.batch_id == batch_id)
    ordered = found.order_by(urls.c.host, urls.c.priority.desc(), urls.c.accepted_at, urls.c.key)
    losses = _losses(connection, batch_id)
    return tuple(replace(accepted_url(row), losses=losses.get(row.key, 0)) for row in connection.execute(ordered).all())


def _losses(connection: Connection, batch_id: str) -> dict[str, int]:
    """Return how many workers were lost over URLs of a batch, one after the other, since their last attempt."""
    mine = select(urls.c.key).where(urls.c.batch_id == batch_id)
    tried = select(attempts).where(attempts.c.key.in_(mine)).order_by(attempts.c.key, attempts.c.number)
    losses: dict[str, int] = {}
    for row in connection.execute(tried):
        losses[row.key] = losses.get(row.key, 0) + 1 if row.outcome.reason == WORKER_LOST else 0
    return losses


def batches(connection: Connection) -> tuple[Batch, ...]:
    """Return the batches that have something assigned, oldest first."""
    found = [
        Batch(id=row.batch_id, kind=kind, assigned_at=row.at, size=row.size)
        for kind, table in (("poll", feeds), ("crawl", urls))
        for row in connection.execute(
            select(table.c.batch_id, func.min(table.c.assigned_at).label("at"), func.count().label("size"))
            .where(table.c.batch_id.is_not(None))
            .group_by(table.c.batch_id)
        )
    ]
    return tuple(sorted(found, key=lambda batch: (batch.assigned_at, batch.id)))


def put_back(connection: Connection, batch_ids: Iterable[str]) -> int:
    """Take everything out of these batches. Returns how many feeds and URLs."""
    number = 0
    out = {"batch_id": None, "assigned_at": None}
    for chunk in chunks(batch_ids):
        number += connection.execute(update(feeds).where(feeds.c.batch_id.in_(chunk)).values(**out)).rowcount
        mine = urls.c.batch_id.in_(chunk)
        locked = lock_hosts(connection, connection.scalars(select(urls.c.host).where(mine).distinct()))
        number += connection.execute(update(urls).where(mine).values(**out)).rowcount
        release_hosts(connection, locked)
    return number


def next_due(connection: Connection) -> datetime | None:
    """Return when the next feed in no batch, or host in no batch, is due.

    URLs of a host that is in a batch are due when the batch comes back, so they say nothing here.
    """
    feed = connection.scalar(select(func.min(feeds.c.due_at)).where(feeds.c.batch_id.is_(None)))
    host = connection.scalar(select(func.min(hosts.c.due_at)))
    return min((time for time in (feed, host) if time is not None), default=None)
