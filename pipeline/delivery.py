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
from pipeline.push import refuse
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
        _save_push(store, stored, replace(push, bad_signatures=push.bad_signatures + 1))
        return "bad_signature"
    push = replace(push, deliveries=push.deliveries + 1, last_delivery_at=now)
    try:
        parsed = parse(replace(page, requested_url=stored.feed.url, url=push.topic_url))
    except (FeedUnreadable, TryLater):
        store.set_feed_state(stored.feed.url, replace(stored.state, push=push, next_poll_at=now))
        return "unreadable"
    _accept(store, stored.feed.url, push, parsed, now)
    return "accepted"


def _accept(store: Store, feed_url: str, push: Push, parsed: ParsedFeed, now: datetime) -> None:
    """Accept the entries, with the feed's state as it is after the time that parsing took."""
    stored = store.feed(feed_url)
    if stored is None:
        return
    entries = tuple(replace(entry, feed_url=feed_url) for entry in parsed.entries)
    new = store.unseen(entry.url for entry in entries)
    state = replace(
        stored.state,
        push=push,
        last_new_at=now if new else stored.state.last_new_at,
        recent_times=merge_times(stored.state.recent_times, parsed, new, now),
    )
    store.accept(feed_url, entries, state, now)


def _save_push(store: Store, stored: StoredFeed, push: Push) -> None:
    store.set_feed_state(stored.feed.url, replace(stored.state, push=push))
