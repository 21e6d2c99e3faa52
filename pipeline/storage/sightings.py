"""Sightings: which feed carried which URL, from when to when."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

from sqlalchemy import Connection, bindparam, select

from pipeline.models import FeedEntry
from pipeline.record import FeedSighting
from pipeline.storage.feeds import feed_key
from pipeline.storage.identity import entry_key
from pipeline.storage.statements import chunks, listed, put_rows
from pipeline.storage.tables import sightings

#: The last sighting is not written anew before so long: a busy feed carries the same entries a hundred times a day.
STALE = timedelta(hours=6)

_OF_URL = (
    select(sightings).where(sightings.c.key == bindparam("k")).order_by(sightings.c.first_seen_at, sightings.c.feed_url)
)
_OF_FEED = select(sightings.c.key, sightings.c.entry_key, sightings.c.last_seen_at).where(
    sightings.c.feed_key == bindparam("feed"), sightings.c.key.in_(listed("keys"))
)


def note_sightings(
    connection: Connection, by_key: Mapping[str, FeedEntry], feed_url: str | None, now: datetime
) -> None:
    """Note which feed carried each URL: `feed_url`, or the one that the entry names, if any."""
    by_feed: dict[str, dict[str, FeedEntry]] = {}
    for key, entry in sorted(by_key.items()):
        if carrier := feed_url or entry.feed_url:
            by_feed.setdefault(carrier, {})[key] = entry
    for carrier, carried in by_feed.items():
        fresh = _fresh(connection, carrier, carried, now)
        rows = [_row(key, carrier, entry, now) for key, entry in carried.items() if key not in fresh]
        put_rows(connection, sightings, rows, "last_seen_at", "entry_id", "entry_key")


def _fresh(connection: Connection, feed_url: str, carried: Mapping[str, FeedEntry], now: datetime) -> set[str]:
    """Return the keys whose sighting in this feed needs no writing: recent, and under the same id."""
    found: set[str] = set()
    for chunk in chunks(carried):
        for row in connection.execute(_OF_FEED, {"feed": feed_key(feed_url), "keys": chunk}):
            if row.entry_key == entry_key(carried[row.key]) and timedelta(0) <= now - row.last_seen_at < STALE:
                found.add(row.key)
    return found


def _row(key: str, feed_url: str, entry: FeedEntry, now: datetime) -> dict[str, object]:
    return {
        "key": key,
        "feed_key": feed_key(feed_url),
        "feed_url": feed_url,
        "entry_id": entry.entry_id,
        "entry_key": entry_key(entry),
        "source": entry.source_name or entry.source_url,
        "first_seen_at": now,
        "last_seen_at": now,
    }


def sightings_of(connection: Connection, key: str) -> tuple[FeedSighting, ...]:
    """Return the feeds that carried the URL, the first one first."""
    return tuple(
        FeedSighting(
            feed_url=row.feed_url,
            entry_id=row.entry_id,
            first_seen_at=row.first_seen_at,
            last_seen_at=row.last_seen_at,
            source=row.source,
        )
        for row in connection.execute(_OF_URL, {"k": key})
    )
