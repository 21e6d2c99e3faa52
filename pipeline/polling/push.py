"""Subscriptions at hubs (WebSub), as polls keep them: a poll asks the hub, renews the lease, looks whether pushes come.

The hub's answers come in elsewhere (delivery.py). Both sides change the feed's Push: the store keeps what came in while
a poll was on its way.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from msgspec.structs import replace

from pipeline.errors import NeverAgain, TryLater
from pipeline.feeds import websub
from pipeline.models import FeedEntry, FeedState, Page, ParsedFeed, Push
from pipeline.policies import PollPolicy
from pipeline.polling.moves import noted
from pipeline.storage.base import Store, StoredFeed

#: A refused subscription leaves the feed to its polls, the next one after its own interval.
_USUAL_INTERVAL = timedelta(hours=1)


class HubClient(Protocol):
    """The HTTP client, as far as subscribing needs it."""

    def post(self, url: str, form: bytes) -> int:
        """Return the status, 2xx. Raises TryLater, NeverAgain."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PushDesk:
    """What subscribing works with; made once per process."""

    store: Store
    client: HubClient
    #: Where hubs reach us.
    callback_url: str
    policy: PollPolicy
    clock: Callable[[], datetime]
    #: Makes what nobody can guess.
    secret: Callable[[], str] = secrets.token_hex


def settle_push(
    desk: PushDesk,
    stored: StoredFeed,
    after: FeedState,
    *,
    page: Page,
    parsed: ParsedFeed | None,
    entries: tuple[FeedEntry, ...],
    dice: float,
) -> tuple[FeedState, bool]:
    """Return the state after a good poll with its subscription, and whether the hub is to be asked once that is saved.

    New entries that an active subscription should have brought end it: the feed is polled as any other.
    """
    now = desk.clock()
    after = replace(after, push=latest_push(desk.store, stored))
    late = websub.not_pushed(replace(stored.state, push=after.push), entries, now)
    missed = desk.store.unseen(late) if late else 0
    if missed and (push := after.push) is not None:
        words = f"the hub did not push {missed} of the new entries"
        after = noted(after, f"{words}: the feed is polled as usual")
        after = replace(after, push=replace(push, status="broken", since=now, asked_at=now, detail=words))
    topic = websub.topic_of(page, parsed) if parsed is not None else None
    wanted = _wanted(desk, stored.feed.url, after, topic, now)
    ask = wanted is not None and wanted != after.push
    return websub.with_pushed_schedule(replace(after, push=wanted), now, dice, desk.policy), ask


def latest_push(store: Store, stored: StoredFeed) -> Push | None:
    """Return the feed's subscription as the store has it now."""
    current = store.feed(stored.feed.url)
    return current.state.push if current is not None else None


def _wanted(desk: PushDesk, feed_url: str, state: FeedState, topic: str | None, now: datetime) -> Push | None:
    """Return the subscription to have: the one that is there, that one asked for again, or a new one."""
    push, hub = state.push, state.hub_url
    if hub is None:
        return None
    base = websub.callback_of(desk.callback_url, feed_url, "")
    if (
        push is not None
        and push.hub_url == hub
        and topic in (None, push.topic_url)
        and push.callback_url.startswith(base)
    ):
        if not websub.needs_asking(push, now):
            return push
        if push.status in ("asked", "active"):
            return replace(push, asked_at=now)
    topic = topic or (push.topic_url if push is not None else None)
    if topic is None:
        return None
    return Push(
        status="asked",
        hub_url=hub,
        topic_url=topic,
        callback_url=base + desk.secret(),
        secret=desk.secret(),
        since=now,
        asked_at=now,
    )


def ask_hub(desk: PushDesk, feed_url: str, push: Push) -> None:
    """Ask the hub for the subscription, or to renew it. A hub that does not answer is asked again by a later poll."""
    try:
        desk.client.post(push.hub_url, websub.subscription_form(push))
    except TryLater:
        return
    except NeverAgain as error:
        words, now = f"the hub answered {error.reason}", desk.clock()
        desk.store.change_feed(
            feed_url,
            lambda state: (
                refused(state, state.push, words, now)
                if state.push is not None and state.push.callback_url == push.callback_url
                else None
            ),
        )


def refused(state: FeedState, push: Push, detail: str, now: datetime) -> FeedState:
    """Return the state when the hub wants none of the subscription; the feed is polled as usual again."""
    usual = now + (timedelta(seconds=state.interval_s) if state.interval_s else _USUAL_INTERVAL)
    push = replace(push, status="refused", since=now, asked_at=now, detail=detail[:300])
    return replace(state, push=push, next_poll_at=min(state.next_poll_at, usual))
