"""Changes of a feed's state that meet: polls, deliveries, the operator; on both databases."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime

import pytest
from msgspec.structs import replace

from pipeline.models import Feed, FeedState, Push
from pipeline.storage import Store
from tests.pipeline.storage.processes import running
from tests.pipeline.storage.samples import FEED, NEXT_POLL, NOW, entries, minutes, state
from tests.pipeline.storage.writers import deliver, poll, with_delivery

LATER = NOW + minutes(5)


def push(status: str = "asked", *, asked_at: datetime = NOW, token: str = "a") -> Push:
    """A subscription."""
    return Push(
        status=status,
        hub_url="https://hub.example/",
        topic_url=FEED,
        callback_url=f"https://desk.example/{token}",
        secret="s",
        since=NOW,
        asked_at=asked_at,
    )


def begin(store: Store, **known: object) -> FeedState:
    """Add the feed, due now and assigned to a batch; returns the state that its poll begins with."""
    store.add_feeds([Feed(url=FEED, priority=3)], NOW)
    store.change_feed(FEED, lambda before: replace(before, **known))
    assert store.assign_polls("p1", NOW, 10) == 1
    return state_of(store)


def state_of(store: Store) -> FeedState:
    """The feed's state."""
    found = store.feed(FEED)
    assert found is not None
    return found.state


def test_a_change_returns_the_new_state(store: Store) -> None:
    """And None when nothing is to change, or there is no such feed."""
    before = begin(store)
    changed = store.change_feed(FEED, lambda known: replace(known, etag='"1"'))
    assert changed == state_of(store) == replace(before, etag='"1"')
    assert store.change_feed(FEED, lambda _: None) is None
    assert store.change_feed("https://other.example/rss", lambda known: known) is None
    assert state_of(store) == changed


def test_only_a_new_time_takes_a_feed_out_of_its_batch(store: Store) -> None:
    """Its poll is on the way, whatever a hub says meanwhile; the operator's word counts at once."""
    begin(store, push=push())
    store.change_feed(FEED, with_delivery)
    assert [stored.feed.url for stored in store.poll_batch("p1")] == [FEED]
    store.change_feed(FEED, lambda known: replace(known, next_poll_at=LATER))
    assert store.poll_batch("p1") == ()
    assert (store.assign_polls("p2", NOW, 10), store.assign_polls("p2", LATER, 10)) == (0, 1)
    store.change_feed(FEED, lambda known: replace(known, muted="paused"))
    assert (store.poll_batch("p2"), store.next_due()) == ((), None)


def pause(known: FeedState) -> FeedState:
    return replace(known, muted="paused", next_poll_at=NOW + minutes(1e6))


def poll_now(known: FeedState) -> FeedState:
    return replace(known, next_poll_at=LATER)


def resume(known: FeedState) -> FeedState:
    return replace(known, muted=None, failures=0.0, next_poll_at=LATER, validators_lied_at=None)


def confirm(known: FeedState) -> FeedState:
    return replace(known, push=push("active", asked_at=LATER))


@pytest.mark.parametrize(
    ("change", "kept"),
    [
        (pause, {"muted": "paused", "next_poll_at": NEXT_POLL}),
        (poll_now, {"muted": None, "next_poll_at": LATER}),
        (resume, {"muted": None, "next_poll_at": LATER, "validators_lied_at": None}),
        (confirm, {"push": push("active", asked_at=LATER), "next_poll_at": NEXT_POLL}),
        (lambda known: replace(known, last_new_at=LATER), {"last_new_at": LATER, "next_poll_at": NEXT_POLL}),
    ],
)  # fmt: skip
def test_what_came_in_during_a_poll_is_kept(
    store: Store, change: Callable[[FeedState], FeedState], kept: dict[str, object]
) -> None:
    """The poll's own findings are saved with it, and the feed is in no batch."""
    before = begin(store, push=push(), validators_lied_at=NOW, last_new_at=NOW)
    assert store.change_feed(FEED, change) is not None
    store.accept(FEED, entries(1), replace(before, etag='"2"', next_poll_at=NEXT_POLL), NOW)
    after = state_of(store)
    assert {name: getattr(after, name) for name in kept} == kept
    assert (after.etag, store.poll_batch("p1"), store.waiting()) == ('"2"', (), 1)
    assert store.next_due() is not None


def test_what_was_there_before_a_poll_is_its_to_change(store: Store) -> None:
    """A poll that began after the operator's word sets the next time by itself."""
    store.add_feeds([Feed(url=FEED)], NOW)
    store.change_feed(FEED, poll_now)
    store.accept(FEED, (), replace(state_of(store), next_poll_at=NEXT_POLL), NOW)
    assert state_of(store).next_poll_at == NEXT_POLL


@pytest.mark.parametrize(
    ("polled", "current", "saved"),
    [
        (push("asked"), push("active", asked_at=LATER), push("active", asked_at=LATER)),
        (push("active", asked_at=LATER), push("active"), push("active", asked_at=LATER)),
        (push("broken", asked_at=LATER), push("active"), push("broken", asked_at=LATER)),
        (push(token="b"), push("active", asked_at=LATER), push(token="b")),
        (None, push("active", asked_at=LATER), None),
        (push(), None, push()),
    ],
)
def test_of_two_words_on_a_subscription_the_newer_counts(
    store: Store, polled: Push | None, current: Push | None, saved: Push | None
) -> None:
    """A poll renews, ends and replaces one; a hub confirms, refuses and delivers. Deliveries are never lost."""
    counted = replace(current, deliveries=4, bad_signatures=2, last_delivery_at=LATER) if current else None
    begin(store, push=counted)
    store.accept(FEED, (), state(push=polled), NOW)
    if saved is not None and current is not None and saved.callback_url == current.callback_url:
        saved = replace(saved, deliveries=4, bad_signatures=2, last_delivery_at=LATER)
    assert state_of(store).push == saved


def test_a_push_is_accepted_with_its_change(store: Store) -> None:
    """Both or neither; the entries are the feed's as those of a poll."""
    begin(store, push=push())
    assert store.accept_pushed(FEED, entries(2), with_delivery, NOW) == state_of(store)
    assert store.accept_pushed(FEED, entries(9), lambda _: None, NOW) is None
    assert store.accept_pushed("https://other.example/rss", entries(9), with_delivery, NOW) is None
    assert (store.waiting(), store.unseen(replace(each, feed_url=FEED) for each in entries(9))) == (2, 7)
    store.assign_crawls("c1", NOW, limit=9, per_host=9)
    assert [url.priority for url in store.crawl_batch("c1")] == [3, 3]


def test_changes_at_one_time_all_count(store_url: str, store: Store) -> None:
    """Two processes, and threads of this one, count deliveries while polls save their own view of the feed."""
    begin(store, push=push())
    with (
        running(deliver, store_url, 40) as (_, one),
        running(deliver, store_url, 40) as (_, two),
        running(poll, store_url, 40) as (_, polls),
        ThreadPoolExecutor(4) as pool,
    ):
        mine = list(pool.map(lambda _: store.change_feed(FEED, with_delivery), range(40)))
        assert [one.recv(), two.recv(), polls.recv(), len(mine)] == [40, 40, 40, 40]
    after = state_of(store)
    assert after.push is not None
    assert (after.push.deliveries, after.etag) == (120, '"39"')
