"""What hubs send to the callback (WebSub): the proof that a subscription was asked for, denials, and new entries."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from hmac import compare_digest

from msgspec.structs import replace

from pipeline.errors import FeedUnreadable, TryLater
from pipeline.feeds import websub
from pipeline.feeds.pace import merge_times
from pipeline.models import FeedState, Page, ParsedFeed, Push
from pipeline.polling.push import refused
from pipeline.storage.base import Store, StoredFeed


def subscription_of(store: Store, path: str) -> tuple[StoredFeed, Push] | None:
    """Return the feed and subscription that a callback's path names, None for a path that nobody was given."""
    url = websub.feed_of(path)
    stored = store.feed(url) if url else None
    push = _named(stored.state, path) if stored is not None else None
    return (stored, push) if stored is not None and push is not None else None


def _named(state: FeedState, path: str) -> Push | None:
    """Return the feed's subscription if the path is its callback's."""
    if state.push is None:
        return None
    token = path.rstrip("/").rpartition("/")[2]
    known = state.push.callback_url.rpartition("/")[2]
    return state.push if compare_digest(token.encode(), known.encode()) else None


def verify_intent(store: Store, path: str, query: Mapping[str, str], now: datetime) -> str | None:
    """Return the challenge to send back when the hub asks for what was subscribed; None for anything else.

    A denial is saved, and answered with an empty text.
    """
    url = websub.feed_of(path)
    mode, challenge = query.get("hub.mode"), query.get("hub.challenge")
    if not url or mode not in ("denied", "subscribe") or (mode == "subscribe" and not challenge):
        return None

    def answered(state: FeedState) -> FeedState | None:
        push, topic = _named(state, path), query.get("hub.topic")
        if push is None or topic != push.topic_url:
            return None
        if mode == "denied":
            return refused(state, push, f"the hub denied it: {query.get('hub.reason', 'no reason given')}", now)
        confirmed = websub.confirm(push, topic, query.get("hub.lease_seconds"), now)
        return replace(state, push=confirmed) if confirmed is not None else None

    if store.change_feed(url, answered) is None:
        return None
    return challenge if mode == "subscribe" else ""


def take_delivery(
    store: Store, parse: Callable[[Page], ParsedFeed], path: str, signature: str | None, page: Page
) -> str:
    """Accept what a hub delivered; returns what came of it.

    unknown (nobody was given this path), muted, bad_signature, unreadable (the feed is polled at once), accepted.
    Raises ServiceError.
    """
    found = subscription_of(store, path)
    if found is None:
        return "unknown"
    stored, push = found
    if stored.state.muted:
        return "muted"
    url, now = stored.feed.url, page.fetched_at
    if not websub.has_signature(push, signature, page.body):
        store.change_feed(url, lambda state: _ignored(state, path))
        return "bad_signature"
    try:
        parsed = parse(replace(page, requested_url=url, url=push.topic_url))
    except (FeedUnreadable, TryLater):
        store.change_feed(url, lambda state: _delivered(state, path, None, 0, now))
        return "unreadable"
    entries = tuple(replace(entry, feed_url=url) for entry in parsed.entries)
    new = store.unseen(entries)
    after = store.accept_pushed(url, entries, lambda state: _delivered(state, path, parsed, new, now), now)
    return "unknown" if after is None else "accepted"


def _ignored(state: FeedState, path: str) -> FeedState | None:
    """Return the state with one more wrong signature, None when the subscription is over."""
    push = _named(state, path)
    return replace(state, push=replace(push, bad_signatures=push.bad_signatures + 1)) if push is not None else None


def _delivered(state: FeedState, path: str, parsed: ParsedFeed | None, new: int, now: datetime) -> FeedState | None:
    """Return the state after a delivery, due at once if that could not be read; None when the subscription is over."""
    push = _named(state, path)
    if push is None or state.muted:
        return None
    state = replace(state, push=replace(push, deliveries=push.deliveries + 1, last_delivery_at=now))
    if parsed is None:
        return replace(state, next_poll_at=now)
    return replace(
        state,
        last_new_at=now if new else state.last_new_at,
        recent_times=merge_times(state.recent_times, parsed, new, now),
    )
