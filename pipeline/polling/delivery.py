"""What hubs send to the callback (WebSub): the proof that a subscription was asked for, denials, and new entries."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from hmac import compare_digest

from msgspec.structs import replace

from pipeline.errors import FeedUnreadable, TryLater
from pipeline.feeds import websub
from pipeline.feeds.pace import merge_times
from pipeline.models import Page, ParsedFeed, Push
from pipeline.polling.push import refuse
from pipeline.storage.base import Store, StoredFeed


def subscription_of(store: Store, path: str) -> tuple[StoredFeed, Push] | None:
    """Return the feed and subscription that a callback's path names, None for a path that nobody was given."""
    url = websub.feed_of(path)
    stored = store.feed(url) if url else None
    if stored is None or stored.state.push is None:
        return None
    token = path.rstrip("/").rpartition("/")[2]
    known = stored.state.push.callback_url.rpartition("/")[2]
    return (stored, stored.state.push) if compare_digest(token.encode(), known.encode()) else None


def verify_intent(store: Store, path: str, query: Mapping[str, str], now: datetime) -> str | None:
    """Return the challenge to send back when the hub asks for what was subscribed; None for anything else.

    A denial is saved, and answered with an empty text.
    """
    found = subscription_of(store, path)
    if found is None:
        return None
    stored, push = found
    mode, topic = query.get("hub.mode"), query.get("hub.topic")
    if mode == "denied" and topic == push.topic_url:
        refuse(store, stored, push, f"the hub denied it: {query.get('hub.reason', 'no reason given')}", now)
        return ""
    if mode != "subscribe":
        return None
    confirmed = websub.confirm(push, topic, query.get("hub.lease_seconds"), now)
    challenge = query.get("hub.challenge")
    if confirmed is None or not challenge:
        return None
    store.set_feed_state(stored.feed.url, replace(stored.state, push=confirmed))
    return challenge


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
    now = page.fetched_at
    if not websub.has_signature(push, signature, page.body):
        ignored = replace(push, bad_signatures=push.bad_signatures + 1)
        store.set_feed_state(stored.feed.url, replace(stored.state, push=ignored))
        return "bad_signature"
    parsed: ParsedFeed | None
    try:
        parsed = parse(replace(page, requested_url=stored.feed.url, url=push.topic_url))
    except (FeedUnreadable, TryLater):
        parsed = None
    _save(store, path, parsed, now)
    return "unreadable" if parsed is None else "accepted"


def _save(store: Store, path: str, parsed: ParsedFeed | None, now: datetime) -> None:
    """Accept the entries, with the feed's state as it is after the time that parsing took; without any, it is due."""
    found = subscription_of(store, path)
    if found is None:
        return
    stored, push = found
    state = replace(stored.state, push=replace(push, deliveries=push.deliveries + 1, last_delivery_at=now))
    if parsed is None:
        store.set_feed_state(stored.feed.url, replace(state, next_poll_at=now))
        return
    entries = tuple(replace(entry, feed_url=stored.feed.url) for entry in parsed.entries)
    new = store.unseen(entries)
    state = replace(
        state,
        last_new_at=now if new else state.last_new_at,
        recent_times=merge_times(state.recent_times, parsed, new, now),
    )
    store.accept(stored.feed.url, entries, state, now)
