"""From a feed that is due to accepted URLs: the order of the stages.

conditional request → parse (guarded) → sitemaps of an index → in one transaction: accept the unseen, save the feed's
new state → ask its hub to push, where that is due.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

import msgspec

from pipeline.errors import FeedUnreadable, NeverAgain, TryLater, WiredeskError
from pipeline.feeds import FoundFeed, is_unchanged, next_poll, request_validators
from pipeline.models import FeedEntry, FeedState, Page, ParsedFeed, PollNote
from pipeline.policies import PollPolicy
from pipeline.polling.follow import Followed, SitemapClient, follow_sitemaps, newest
from pipeline.polling.moves import noted, settle_move
from pipeline.polling.push import PushDesk, ask_hub, settle_push
from pipeline.storage.base import Store, StoredFeed

#: Of the feeds that a web page names in place of a feed, so many stand in the poll's note.
_OFFERED = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class PollDesk:
    """What polling works with; made once per process."""

    store: Store
    client: SitemapClient
    parse: Callable[[Page], ParsedFeed]
    discover: Callable[[Page], tuple[FoundFeed, ...]]
    policy: PollPolicy
    clock: Callable[[], datetime]
    #: None: hubs are not asked for anything.
    push: PushDesk | None = None


@dataclass(slots=True, kw_only=True)
class Reading:
    """What came of asking a feed. Without an error and without `parsed`, nothing has changed."""

    page: Page | None = None
    parsed: ParsedFeed | None = None
    error: WiredeskError | None = None
    followed: Followed | None = None


def poll_feed(desk: PollDesk, stored: StoredFeed, dice: float) -> PollNote:
    """Poll one feed, accept what is new in it and save when to poll it next; returns what happened.

    Raises ServiceError when the store or Redis is away: then nothing is saved, and the poll is assigned anew.
    """
    reading = read_feed(desk, stored, dice)
    if isinstance(reading.error, TryLater) and reading.error.reason == "host_busy" and not reading.error.counts:
        return wait_for_host(desk, stored, reading.error)
    entries = entries_of(stored, reading.parsed)
    new = desk.store.unseen(entries) if entries else 0
    after = next_poll(
        stored.state,
        page=reading.page,
        parsed=reading.parsed,
        error=reading.error,
        new_entries=new,
        now=desk.clock(),
        dice=dice,
        policy=desk.policy,
    )
    after = settle(desk, stored, reading, after)
    after, ask = subscribe(desk, stored, reading, after, entries=entries, dice=dice)
    desk.store.accept(stored.feed.url, entries, after, desk.clock())
    if ask and desk.push is not None and after.push is not None:
        ask_hub(desk.push, stored.feed.url, after.push)
    return after.history[0]


def read_feed(desk: PollDesk, stored: StoredFeed, dice: float) -> Reading:
    """Return what the feed says now. Raises ServiceError."""
    state = stored.state
    etag, last_modified = request_validators(state, desk.clock(), dice, desk.policy)
    reading = Reading()
    try:
        reading.page = desk.client.get(
            state.poll_url or stored.feed.url, kind="feed", etag=etag, last_modified=last_modified
        )
        reading.parsed = None if is_unchanged(state, reading.page) else desk.parse(reading.page)
        read_sitemaps(desk, state, reading, conditional=bool(etag or last_modified))
    except (TryLater, NeverAgain) as error:
        reading.error = error
    except FeedUnreadable as error:
        reading.error = with_offer(desk, reading.page, error)
    return reading


def read_sitemaps(desk: PollDesk, state: FeedState, reading: Reading, *, conditional: bool) -> None:
    """Add what the sitemaps of an index hold; those of an unchanged index are known from the last poll.

    Raises TryLater, NeverAgain and FeedUnreadable when not one of them can be read.
    """
    parsed = reading.parsed
    listed = parsed.sitemaps if parsed else tuple(known.url for known in state.sitemaps if known.listed)
    if not listed:
        return
    known = state.sitemaps if conditional else ()
    reading.followed = followed = follow_sitemaps(listed, known, desk.client, desk.parse, desk.clock)
    if (error := followed.error()) is not None:
        raise error
    if parsed is not None or followed.entries:
        index = parsed or ParsedFeed(version="sitemapindex")
        entries = newest(followed.entries, desk.policy.max_entries)
        reading.parsed = msgspec.structs.replace(index, entries=entries)


def settle(desk: PollDesk, stored: StoredFeed, reading: Reading, after: FeedState) -> FeedState:
    """Return the state with what stands outside of one feed's own answer: its sitemaps, the operator's other feeds."""
    if reading.error is not None:
        return after
    sitemaps = tuple(reading.followed.states) if reading.followed else ()
    after = msgspec.structs.replace(after, sitemaps=sitemaps)
    if reading.followed:
        after = noted(after, reading.followed.words())
    return settle_move(desk.store, stored, after)


def subscribe(
    desk: PollDesk,
    stored: StoredFeed,
    reading: Reading,
    after: FeedState,
    *,
    entries: tuple[FeedEntry, ...],
    dice: float,
) -> tuple[FeedState, bool]:
    """Return the state with its subscription, and whether the hub is to be asked; a failed poll changes none."""
    if desk.push is None:
        return msgspec.structs.replace(after, push=None), False
    if reading.error is not None or reading.page is None:
        return after, False
    return settle_push(desk.push, stored, after, page=reading.page, parsed=reading.parsed, entries=entries, dice=dice)


def with_offer(desk: PollDesk, page: Page | None, error: FeedUnreadable) -> FeedUnreadable:
    """Return the error; where a web page came instead of a feed, with the feeds that this page names."""
    if error.reason != "feed_is_html" or page is None:
        return error
    try:
        found = desk.discover(page)
    except TryLater:
        return error
    names = [feed.url for feed in found if feed.url not in (page.url, page.requested_url)]
    return FeedUnreadable(error.reason, f"the page names {', '.join(names[:_OFFERED])}") if names else error


def entries_of(stored: StoredFeed, parsed: ParsedFeed | None) -> tuple[FeedEntry, ...]:
    """Return the feed's entries under the address by which the operator knows the feed."""
    if parsed is None:
        return ()
    return tuple(msgspec.structs.replace(entry, feed_url=stored.feed.url) for entry in parsed.entries)


def put_off(desk: PollDesk, stored: StoredFeed, bug: Exception, dice: float) -> PollNote:
    """Save a poll that ended in a bug as one that failed: the feed waits like any that fails, and says so."""
    error = TryLater("bug", f"{type(bug).__name__}: {bug}"[:300])
    after = next_poll(stored.state, error=error, now=desk.clock(), dice=dice, policy=desk.policy)
    desk.store.accept(stored.feed.url, (), after, desk.clock())
    return after.history[0]


def wait_for_host(desk: PollDesk, stored: StoredFeed, busy: TryLater) -> PollNote:
    """Put the poll off until the host has its turn; that is no failure of the feed."""
    now = desk.clock()
    after = msgspec.structs.replace(stored.state, next_poll_at=busy.not_before or now)
    desk.store.accept(stored.feed.url, (), after, now)
    return PollNote(at=now, result="waits", reason=busy.reason, detail=busy.detail)
