"""From a feed that is due to accepted URLs: the order of the stages.

conditional request → parse (guarded) → in one transaction: accept the unseen, save the feed's new state.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

import msgspec

from pipeline.errors import FeedUnreadable, NeverAgain, TryLater, WiredeskError
from pipeline.feeds import is_unchanged, next_poll, request_validators
from pipeline.models import FeedEntry, FeedState, Page, ParsedFeed, PollNote
from pipeline.policies import PollPolicy
from pipeline.storage.base import Store, StoredFeed


class FeedClient(Protocol):
    """The HTTP client, as far as polling needs it."""

    def get(self, url: str, *, kind: str = ..., etag: str | None = ..., last_modified: str | None = ...) -> Page:
        """Return the answer. Raises TryLater, NeverAgain."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PollDesk:
    """What polling works with; made once per process."""

    store: Store
    client: FeedClient
    parse: Callable[[Page], ParsedFeed]
    policy: PollPolicy
    clock: Callable[[], datetime]


def poll_feed(desk: PollDesk, stored: StoredFeed, dice: float) -> PollNote:
    """Poll one feed, accept what is new in it and save when to poll it next; returns what happened.

    Raises ServiceError when the store or Redis is away: then nothing is saved, and the poll is assigned anew.
    """
    state = stored.state
    page: Page | None = None
    parsed: ParsedFeed | None = None
    error: WiredeskError | None = None
    try:
        page = request(desk, stored, dice)
        parsed = None if is_unchanged(state, page) else desk.parse(page)
    except TryLater as raised:
        if not raised.counts and raised.reason == "host_busy":
            return wait_for_host(desk, stored, raised)
        error = raised
    except (NeverAgain, FeedUnreadable) as raised:
        error = raised
    entries = entries_of(stored, parsed)
    new = desk.store.unseen(entry.url for entry in entries) if entries else 0
    after = next_poll(
        state, page=page, parsed=parsed, error=error, new_entries=new, now=desk.clock(), dice=dice, policy=desk.policy
    )
    desk.store.accept(stored.feed.url, entries, after, desk.clock())
    return after.history[0]


def request(desk: PollDesk, stored: StoredFeed, dice: float) -> Page:
    """Return the server's answer, conditional on what is known. Raises TryLater, NeverAgain."""
    etag, last_modified = request_validators(stored.state, desk.clock(), dice, desk.policy)
    address = stored.state.poll_url or stored.feed.url
    return desk.client.get(address, kind="feed", etag=etag, last_modified=last_modified)


def entries_of(stored: StoredFeed, parsed: ParsedFeed | None) -> tuple[FeedEntry, ...]:
    """Return the feed's entries under the address by which the operator knows the feed."""
    if parsed is None:
        return ()
    return tuple(msgspec.structs.replace(entry, feed_url=stored.feed.url) for entry in parsed.entries)


def wait_for_host(desk: PollDesk, stored: StoredFeed, busy: TryLater) -> PollNote:
    """Put the poll off until the host has its turn; that is no failure of the feed."""
    now = desk.clock()
    after: FeedState = msgspec.structs.replace(stored.state, next_poll_at=busy.not_before or now)
    desk.store.set_feed_state(stored.feed.url, after)
    return PollNote(at=now, result="waits", reason=busy.reason, detail=busy.detail)
