"""Reports: how much there is, and the way of one URL."""

from __future__ import annotations

from sqlalchemy import Connection, func, select

from pipeline.models import Ending
from pipeline.storage.base import Counts, Trace
from pipeline.storage.records import RECORDS, newest_seq
from pipeline.storage.sightings import sightings_of
from pipeline.storage.tables import attempts, feeds, held, members, tallies, urls
from pipeline.storage.urls import ACCEPTED, accepted_url

_ENDINGS = {ending.value for ending in Ending}


def waiting(connection: Connection) -> int:
    """Return how many accepted URLs have not ended."""
    return _waiting(_tallied(connection))


def _tallied(connection: Connection) -> dict[tuple[str, str], int]:
    return {(row.name, row.reason): row.n for row in connection.execute(select(tallies))}


def _waiting(tallied: dict[tuple[str, str], int]) -> int:
    return tallied.get(ACCEPTED, 0) - sum(n for (name, _), n in tallied.items() if name in _ENDINGS)


def counts(connection: Connection) -> Counts:
    """Return what the store holds."""
    tallied = _tallied(connection)
    ended: dict[str, dict[str, int]] = {}
    for (name, reason), n in sorted(tallied.items()):
        if name in _ENDINGS:
            ended.setdefault(name, {})[reason] = n
    sizes = select(func.count().label("size")).select_from(members).group_by(members.c.cluster_id).subquery()
    clusters, shared = connection.execute(
        select(func.count(), func.count().filter(sizes.c.size > 1)).select_from(sizes)
    ).one()
    return Counts(
        feeds=connection.scalar(select(func.count()).select_from(feeds)) or 0,
        waiting=_waiting(tallied),
        assigned=connection.scalar(select(func.count()).select_from(urls).where(held)) or 0,
        ended=ended,
        records=tallied.get(RECORDS, 0),
        clusters=clusters,
        shared_clusters=shared,
        seq=newest_seq(connection),
    )


def trace(connection: Connection, key: str) -> Trace | None:
    """Return the way of one URL."""
    row = connection.execute(select(urls).where(urls.c.key == key)).one_or_none()
    if row is None:
        return None
    kept = select(attempts.c.outcome).where(attempts.c.key == key).order_by(attempts.c.number)
    tried = tuple(connection.scalars(kept))
    return Trace(
        url=accepted_url(row),
        sightings=sightings_of(connection, key),
        batch_id=row.batch_id,
        not_before=row.not_before,
        attempts=(*tried, row.outcome) if row.outcome else tried,
        outcome=row.outcome,
    )
