"""What is forgotten: sightings of entries that their feed has not carried for long, then ended URLs without any.

Records stay. A forgotten URL that comes back is fetched again and meets its record.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import BigInteger, Column, ColumnElement, Connection, and_, bindparam, delete, exists, select, tuple_
from sqlalchemy import type_coerce as coerce

from pipeline.storage.sightings import STALE
from pipeline.storage.statements import CHUNK, listed
from pipeline.storage.tables import attempts, feeds, sightings, urls

_STALE_US = STALE // timedelta(microseconds=1)


def _us(moment: Column[Any]) -> ColumnElement[int]:
    return coerce(moment, BigInteger)


# A feed that has not changed, cannot be read or is paused since then carries what it carried last.
_still_carried = exists().where(
    feeds.c.key == sightings.c.feed_key,
    feeds.c.noted_at.is_(None) | (_us(feeds.c.noted_at) - _STALE_US <= _us(sightings.c.last_seen_at)),
)
_carried = exists().where(sightings.c.key == urls.c.key)
_mine = urls.c.key.in_(listed("keys"))

_OLD_SIGHTINGS = (
    select(sightings.c.key, sightings.c.feed_key)
    .where(sightings.c.last_seen_at < bindparam("before"), ~_still_carried)
    .order_by(sightings.c.last_seen_at)
    .limit(CHUNK)
    .with_for_update(skip_locked=True, of=sightings)
)
_FORGET_SIGHTINGS = delete(sightings).where(tuple_(sightings.c.key, sightings.c.feed_key).in_(listed("pairs")))
# Whoever is about to note a sighting of one of these has locked its row, or waits for ours.
_OLD_URLS = (
    select(urls.c.key)
    .where(urls.c.ended_at < bindparam("before"), ~_carried)
    .order_by(urls.c.ended_at)
    .limit(CHUNK)
    .with_for_update(skip_locked=True, of=urls)
)
_FORGET_ATTEMPTS = delete(attempts).where(attempts.c.key.in_(select(urls.c.key).where(and_(_mine, ~_carried))))
_FORGET_URLS = delete(urls).where(_mine, ~_carried)


def forget(connection: Connection, before: datetime) -> int:
    """Forget some of what was last seen, or ended, before then. Returns how many rows; 0: there is nothing more."""
    pairs = [tuple(row) for row in connection.execute(_OLD_SIGHTINGS, {"before": before})]
    if pairs:
        connection.execute(_FORGET_SIGHTINGS, {"pairs": pairs})
    keys = connection.scalars(_OLD_URLS, {"before": before}).all()
    if not keys:
        return len(pairs)
    connection.execute(_FORGET_ATTEMPTS, {"keys": keys})
    return len(pairs) + connection.execute(_FORGET_URLS, {"keys": keys}).rowcount
