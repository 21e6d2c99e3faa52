"""URLs: accepted once, tried until they end, ended once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from sqlalchemy import Connection, Row, bindparam, delete, func, select, update
from sqlalchemy.sql.dml import ReturningInsert

from pipeline.models import AcceptedUrl, FeedEntry, FeedState, Outcome
from pipeline.storage.columns import clean_text
from pipeline.storage.feeds import save_polled
from pipeline.storage.hosts import MAX_HOST_CHARS, lock_host_of, lock_hosts_of, release_hosts, wake_hosts
from pipeline.storage.identity import keyed, known_keys, relinked
from pipeline.storage.sightings import note_sightings
from pipeline.storage.statements import add_tallies, chunks, listed, put_rows, upsert
from pipeline.storage.tables import attempts, held, unended, urls
from pipeline.urls import host_of

#: Attempts kept of one URL.
MAX_ATTEMPTS_KEPT = 20

#: What came out earlier than so long before it was accepted is fetched after its host's fresh news: one priority lower.
FRESH = timedelta(days=3)

#: The tally of accepted URLs; the tallies of the ended have the ending's name.
ACCEPTED = ("accepted", "")

_LEAVES: Mapping[str, Any] = {"batch_id": None, "assigned_at": None}
_mine = urls.c.key == bindparam("k")

_WAIT = update(urls).where(_mine, unended).values(not_before=bindparam("until"), **_LEAVES)
_WAIT_COUNTED = _WAIT.values(attempts=urls.c.attempts + 1)
_GIVE_BACK = update(urls).where(urls.c.key.in_(listed("keys")), held).values(**_LEAVES)
_END = (
    update(urls)
    .where(_mine, unended)
    .values(ended_at=bindparam("at"), outcome=bindparam("how"), not_before=None, **_LEAVES)
)
_ENDED = select(urls.c.key, urls.c.outcome).where(urls.c.key.in_(listed("keys")), ~unended)
_OUTCOME = select(urls.c.outcome).where(_mine)
_LAST_ATTEMPT = select(func.max(attempts.c.number)).where(attempts.c.key == bindparam("k"))
_FORGET_ATTEMPTS = delete(attempts).where(attempts.c.key == bindparam("k"), attempts.c.number <= bindparam("last"))


def accept(connection: Connection, feed_url: str, entries: Sequence[FeedEntry], state: FeedState, now: datetime) -> int:
    """Accept a feed's new entries, note its sightings, save its state. Returns how many entries were new."""
    priority = save_polled(connection, feed_url, state, noted_at=now if entries else None)
    by_key = keyed(entries)
    known = known_keys(connection, by_key, keep=True)
    unknown = {key: entry for key, entry in by_key.items() if key not in known}
    moved = relinked(connection, feed_url, unknown)
    new = _accept(connection, {key: entry for key, entry in unknown.items() if key not in moved}, now, priority)
    note_sightings(connection, {moved.get(key, key): entry for key, entry in by_key.items()}, feed_url, now)
    add_tallies(connection, {ACCEPTED: new})
    return new


def accept_urls(connection: Connection, entries: Sequence[FeedEntry], now: datetime, priority: int) -> int:
    """Accept URLs that came in without a poll. Returns how many were new."""
    by_key = keyed(entries)
    known = known_keys(connection, by_key, keep=True)
    new = _accept(connection, {key: entry for key, entry in by_key.items() if key not in known}, now, priority)
    note_sightings(connection, by_key, None, now)
    add_tallies(connection, {ACCEPTED: new})
    return new


def _accept(connection: Connection, unknown: Mapping[str, FeedEntry], now: datetime, priority: int) -> int:
    rows = [
        url_row(key, entry, now) | {"priority": _within_int(priority - is_archive(entry, now))}
        for key, entry in sorted(unknown.items())
    ]
    if not rows:
        return 0
    wake_hosts(connection, (row["host"] for row in rows), now)
    return len(connection.scalars(insert_new(connection.dialect.name), rows).all())


@cache
def insert_new(dialect: str) -> ReturningInsert[tuple[str]]:
    """Return an insert of rows of new URLs that gives the keys of those that were not there."""
    return upsert(dialect, urls).returning(urls.c.key)


def url_row(key: str, entry: FeedEntry, now: datetime) -> dict[str, Any]:
    """Return the row of a newly accepted URL."""
    host = clean_text(host_of(entry.url))[:MAX_HOST_CHARS]
    return {"key": key, "entry": entry, "host": host, "priority": 0, "attempts": 0, "accepted_at": now}


def is_archive(entry: FeedEntry, now: datetime) -> bool:
    """Return whether an entry's date makes it no fresh news; one without a date may be."""
    date = entry.published or entry.updated
    return date is not None and now - date > FRESH


def _within_int(priority: int) -> int:
    return max(-(2**31), min(priority, 2**31 - 1))


def retry(connection: Connection, key: str, outcome: Outcome, not_before: datetime, *, counts: bool) -> None:
    """Note an attempt that did not end the URL, and let it wait. An ended URL is left alone."""
    locked = lock_host_of(connection, key)
    waits = _WAIT_COUNTED if counts else _WAIT
    if connection.execute(waits, {"k": key, "until": not_before}).rowcount:
        _note_attempt(connection, key, outcome)
        release_hosts(connection, locked)


def _note_attempt(connection: Connection, key: str, outcome: Outcome) -> None:
    """Keep the attempt, and the newest of those before it."""
    number = (connection.scalar(_LAST_ATTEMPT, {"k": key}) or 0) + 1
    put_rows(connection, attempts, [{"key": key, "number": number, "outcome": outcome}])
    if number > MAX_ATTEMPTS_KEPT:
        connection.execute(_FORGET_ATTEMPTS, {"k": key, "last": number - MAX_ATTEMPTS_KEPT})


def give_back(connection: Connection, keys: Iterable[str]) -> None:
    """Take URLs that were not tried out of their batch."""
    wanted = list(keys)
    locked = lock_hosts_of(connection, wanted)
    for chunk in chunks(sorted(wanted)):
        connection.execute(_GIVE_BACK, {"keys": chunk})
    release_hosts(connection, locked)


def end_url(connection: Connection, key: str, outcome: Outcome) -> bool:
    """End an URL, without its tally. Returns whether this ended it."""
    locked = lock_host_of(connection, key)
    if not locked:
        return False
    ended = connection.execute(_END, {"k": key, "at": outcome.at, "how": outcome}).rowcount > 0
    if ended:
        release_hosts(connection, locked)
    return ended


def outcome_of(connection: Connection, key: str) -> Outcome | None:
    """Return how an URL has ended, None while it has not."""
    return connection.scalar(_OUTCOME, {"k": key})


def outcomes(connection: Connection, keys: Iterable[str]) -> dict[str, Outcome]:
    """Return the outcomes of those URLs that have ended."""
    found: dict[str, Outcome] = {}
    for chunk in chunks(keys):
        found.update((row.key, row.outcome) for row in connection.execute(_ENDED, {"keys": chunk}))
    return found


def accepted_url(row: Row[Any]) -> AcceptedUrl:
    """Return the URL of a row as workers get it. The trace id is the start of the key: one URL, one trace."""
    return AcceptedUrl(
        key=row.key,
        entry=row.entry,
        host=row.host,
        priority=row.priority,
        attempts=row.attempts,
        accepted_at=row.accepted_at,
        trace_id=row.key[:16],
    )
