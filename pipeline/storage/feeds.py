"""Feeds: what the operator asked for, their state, and which of them are due."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from msgspec.structs import replace
from sqlalchemy import Connection, Row, Select, Text, and_, delete, func, or_, select, type_coerce, update

from pipeline.models import Feed, FeedState, Push
from pipeline.storage.base import FeedChange, StoredFeed
from pipeline.storage.columns import clean_text
from pipeline.storage.statements import chunks, put_rows
from pipeline.storage.tables import feeds

_FEED_TEXT = type_coerce(feeds.c.feed, Text)
_STATE_TEXT = type_coerce(feeds.c.state, Text)
_NO_BATCH: Mapping[str, Any] = {"batch_id": None, "assigned_at": None}


def feed_key(url: str) -> str:
    """Return the key of a feed: the hash of its URL as the operator wrote it."""
    return hashlib.sha256(clean_text(url).encode()).hexdigest()


def add_feeds(connection: Connection, added: Iterable[Feed], now: datetime) -> int:
    """Add feeds, or give those that are there their new title, groups and priority. Returns how many were new."""
    by_key = {feed_key(feed.url): feed for feed in added}
    known = {key for chunk in chunks(by_key) for key in _present(connection, chunk)}
    state = FeedState(next_poll_at=now)
    rows = [
        {"key": key, "feed": feed, "state": state, "added_at": now, "due_at": now}
        for key, feed in sorted(by_key.items())
    ]
    put_rows(connection, feeds, rows, "feed")
    return len(by_key.keys() - known)


def _present(connection: Connection, keys: list[str]) -> Iterable[str]:
    return connection.scalars(select(feeds.c.key).where(feeds.c.key.in_(keys)))


def remove_feed(connection: Connection, url: str) -> bool:
    """Remove a feed and its state. Returns whether it was there."""
    return connection.execute(delete(feeds).where(feeds.c.key == feed_key(url))).rowcount > 0


def all_feeds(connection: Connection) -> tuple[StoredFeed, ...]:
    """Return all feeds, by URL."""
    return _by_url(connection, select(feeds))


def feeds_at(connection: Connection, domain: str) -> tuple[StoredFeed, ...]:
    """Return the feeds whose row names the domain as their own or adopted address; the database looks for the text."""
    own = or_(*(_FEED_TEXT.icontains(name, autoescape=True) for name in _spellings(domain)))
    adopted = and_(_STATE_TEXT.contains('"pollUrl":"'), _STATE_TEXT.contains(domain, autoescape=True))
    return _by_url(connection, select(feeds).where(or_(own, adopted)))


def _spellings(domain: str) -> set[str]:
    """Return the name, in Punycode as it is asked, and as an operator may have written it."""
    try:
        return {domain, domain.encode("ascii").decode("idna")}
    except UnicodeError:
        return {domain}


def _by_url(connection: Connection, query: Select[Any]) -> tuple[StoredFeed, ...]:
    found = (_stored(row) for row in connection.execute(query))
    return tuple(sorted(found, key=lambda stored: stored.feed.url))


def one_feed(connection: Connection, url: str) -> StoredFeed | None:
    """Return one feed."""
    row = connection.execute(select(feeds).where(feeds.c.key == feed_key(url))).one_or_none()
    return _stored(row) if row else None


def change_feed(connection: Connection, url: str, change: FeedChange) -> FeedState | None:
    """Change a feed's state under a lock on its row; returns the new state, None when nothing was changed.

    A feed whose next poll is set anew, or that is muted, leaves its batch; any other stays in it.
    """
    row = _locked(connection, url)
    state = change(row.state) if row is not None else None
    if row is None or state is None:
        return None
    moved = (state.next_poll_at, state.muted) != (row.state.next_poll_at, row.state.muted)
    state = replace(state, rescheduled=row.state.rescheduled + moved)
    left: Mapping[str, Any] = _NO_BATCH if moved else {}
    connection.execute(update(feeds).where(feeds.c.key == row.key).values(**_columns(state), **left))
    return state


def save_polled(connection: Connection, url: str, state: FeedState, *, noted_at: datetime | None = None) -> int:
    """Save the state that a poll left behind and take the feed out of its batch. Returns the feed's priority.

    `noted_at`: when entries of the feed are noted, None when there are none.
    """
    row = _locked(connection, url)
    if row is None:
        return 0
    noted = {"noted_at": noted_at} if noted_at else {}
    values = _columns(_with_changes(state, row.state)) | noted
    connection.execute(update(feeds).where(feeds.c.key == row.key).values(**values, **_NO_BATCH))
    return int(row.feed.priority)


def _locked(connection: Connection, url: str) -> Row[Any] | None:
    """Return a feed's row, which nobody else changes before the end of the transaction."""
    return connection.execute(select(feeds).where(feeds.c.key == feed_key(url)).with_for_update()).one_or_none()


def _columns(state: FeedState) -> dict[str, Any]:
    return {"state": state, "due_at": None if state.muted else state.next_poll_at}


def _with_changes(polled: FeedState, current: FeedState) -> FeedState:
    """Return what a poll left behind, with what others have changed since it began."""
    news = [at for at in (polled.last_new_at, current.last_new_at) if at is not None]
    polled = replace(polled, push=_newer_push(polled.push, current.push), last_new_at=max(news, default=None))
    if polled.rescheduled == current.rescheduled:
        return polled
    return replace(
        polled,
        rescheduled=current.rescheduled,
        muted=current.muted or polled.muted,
        next_poll_at=min(polled.next_poll_at, current.next_poll_at),
        validators_lied_at=current.validators_lied_at,
    )


def _newer_push(polled: Push | None, current: Push | None) -> Push | None:
    """Return the subscription as the poll and its hub have left it; one that the poll ended or replaced is over.

    Whoever changes its status sets `asked_at`; deliveries are counted as they come in, never by polls.
    """
    if polled is None or current is None or polled.callback_url != current.callback_url:
        return polled
    return replace(
        polled if polled.asked_at > current.asked_at else current,
        deliveries=current.deliveries,
        bad_signatures=current.bad_signatures,
        last_delivery_at=current.last_delivery_at,
    )


def assign_polls(connection: Connection, batch_id: str, now: datetime, limit: int) -> int:
    """Assign feeds that are due and in no batch, longest due first, until the batch has `limit`. Returns its size."""
    mine = feeds.c.batch_id == batch_id
    taken = connection.scalar(select(func.count()).select_from(feeds).where(mine)) or 0
    due = (
        select(feeds.c.key)
        .where(feeds.c.batch_id.is_(None), feeds.c.due_at <= now)
        .order_by(feeds.c.due_at, feeds.c.key)
        .limit(max(0, limit - taken))
        .with_for_update(skip_locked=True)
    )
    for chunk in chunks(connection.scalars(due).all()):
        connection.execute(update(feeds).where(feeds.c.key.in_(chunk)).values(batch_id=batch_id, assigned_at=now))
        taken += len(chunk)
    return taken


def poll_batch(connection: Connection, batch_id: str) -> tuple[StoredFeed, ...]:
    """Return the feeds that are still assigned to the batch, longest due first."""
    rows = connection.execute(select(feeds).where(feeds.c.batch_id == batch_id).order_by(feeds.c.due_at, feeds.c.key))
    return tuple(_stored(row) for row in rows)


def _stored(row: Row[Any]) -> StoredFeed:
    return StoredFeed(feed=row.feed, state=row.state, added_at=row.added_at, batch_id=row.batch_id)
