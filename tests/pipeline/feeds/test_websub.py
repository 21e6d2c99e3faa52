"""What a subscriber believes of a hub, and when it asks: no socket, a clock that is an argument."""

from __future__ import annotations

import hashlib
import hmac
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from pipeline.feeds import websub
from pipeline.models import FeedEntry, FeedState, Page, ParsedFeed, Push
from pipeline.policies import PollPolicy

NOON = datetime(2026, 5, 4, 12, 0, tzinfo=UTC)
FEED = "http://beacon.example/rss?section=küste"
PUSH = Push(
    status="asked",
    hub_url="http://hub.example/",
    topic_url="http://beacon.example/rss",
    callback_url=websub.callback_of("https://desk.example/websub/", FEED, "t0k3n"),
    secret="s3cret",
    since=NOON,
    asked_at=NOON,
)
POLICY = PollPolicy()


def active(lease: timedelta = timedelta(days=10)) -> Push:
    """A subscription that the hub has confirmed at noon."""
    confirmed = websub.confirm(PUSH, PUSH.topic_url, str(int(lease.total_seconds())), NOON)
    assert confirmed is not None
    return confirmed


def test_a_callback_leads_back_to_its_feed() -> None:
    """Whatever stands before it; anything else leads nowhere."""
    path = PUSH.callback_url.removeprefix("https://desk.example")
    assert websub.feed_of(path) == FEED
    assert websub.feed_of(path + "/") == FEED
    for wrong in ("", "/", "/t0k3n", "//t0k3n", "/ß/t0k3n", "/____/t0k3n", "/a/t0k3n"):
        assert websub.feed_of(wrong) is None


@given(st.text(max_size=80))
def test_no_path_breaks_the_reading_of_callbacks(path: str) -> None:
    """Strangers may send what they like."""
    websub.feed_of(path)


@pytest.mark.parametrize(
    ("header", "self_url", "expected"),
    [
        ('<http://hub.example/>; rel="hub", </topic>; rel="self"', "http://beacon.example/body", "http://beacon.example/topic"),
        ("", "http://beacon.example/body", "http://beacon.example/body"),
        ("", None, "http://beacon.example/rss"),
    ],
)  # fmt: skip
def test_the_topic_is_what_the_feed_calls_itself(header: str, self_url: str | None, expected: str) -> None:
    """The Link header counts before the body, and the address where it was found comes last."""
    page = Page(requested_url="http://x.example/", url="http://beacon.example/rss", status=200, body=b"", fetched_at=NOON,
                headers={"link": header})  # fmt: skip
    assert websub.topic_of(page, ParsedFeed(version="rss20", self_url=self_url)) == expected


def test_the_form_asks_for_a_signed_subscription() -> None:
    """With topic, callback, secret and lease."""
    form = {name: values[0] for name, values in parse_qs(websub.subscription_form(PUSH).decode()).items()}
    assert form == {
        "hub.mode": "subscribe",
        "hub.topic": PUSH.topic_url,
        "hub.callback": PUSH.callback_url,
        "hub.secret": PUSH.secret,
        "hub.lease_seconds": "864000",
    }


@pytest.mark.parametrize("method", ["sha1", "sha256", "sha384", "sha512"])
def test_a_signature_by_any_method_of_websub_is_believed(method: str) -> None:
    """Upper or lower case; of this body and this secret only."""
    right = hmac.new(b"s3cret", b"body", getattr(hashlib, method)).hexdigest()
    assert websub.has_signature(PUSH, f"{method}={right}", b"body")
    assert websub.has_signature(PUSH, f" {method.upper()}={right.upper()} ", b"body")
    assert not websub.has_signature(PUSH, f"{method}={right}", b"Body")
    assert not websub.has_signature(replace(PUSH, secret="other"), f"{method}={right}", b"body")


@pytest.mark.parametrize(
    "header", [None, "", "sha1", "sha1=", "=", "md5=841a2d689ad86bd1611447453c22c6fc", "sha1=é", "sha256=" + "0" * 64]
)
def test_no_other_signature_is_believed(header: str | None) -> None:
    """Missing, of an unknown method, or wrong."""
    assert not websub.has_signature(PUSH, header, b"body")


@pytest.mark.parametrize(
    ("lease", "days"), [("86400", 1.0), (None, 10.0), ("", 10.0), ("0", 10.0), ("-5", 10.0), ("x", 10.0), ("9" * 40, 365.0)]
)  # fmt: skip
def test_a_confirmation_starts_the_lease(lease: str | None, days: float) -> None:
    """As long as the hub says; nonsense counts as what was asked for."""
    confirmed = websub.confirm(PUSH, PUSH.topic_url, lease, NOON)
    assert confirmed is not None
    assert (confirmed.status, confirmed.lease_until) == ("active", NOON + timedelta(days=days))


def test_nobody_confirms_what_was_not_asked() -> None:
    """Another topic, or a subscription that is over."""
    assert websub.confirm(PUSH, "http://lantern.example/rss", "86400", NOON) is None
    assert websub.confirm(PUSH, None, "86400", NOON) is None
    assert websub.confirm(replace(PUSH, status="broken"), PUSH.topic_url, "86400", NOON) is None


@given(st.integers(min_value=300, max_value=31_536_000))
def test_a_lease_is_renewed_before_it_ends(seconds: int) -> None:
    """And asked for again and again while no confirmation comes, at shorter and shorter times."""
    push = active(timedelta(seconds=seconds))
    assert push.lease_until is not None
    for _ in range(5):
        at = websub.renew_at(push)
        assert push.asked_at < at < push.lease_until
        assert not websub.needs_asking(push, at - timedelta(seconds=1))
        assert websub.needs_asking(push, at)
        push = replace(push, asked_at=at)


def test_who_was_asked_is_asked_again() -> None:
    """Without an answer after hours, refused or broken after days, lapsed at once."""
    assert not websub.needs_asking(PUSH, NOON + timedelta(hours=5))
    assert websub.needs_asking(PUSH, NOON + timedelta(hours=6))
    assert not websub.needs_asking(replace(PUSH, status="broken"), NOON + timedelta(days=6))
    assert websub.needs_asking(replace(PUSH, status="refused"), NOON + timedelta(days=7))
    assert websub.needs_asking(active(), NOON + timedelta(days=10))


@pytest.mark.parametrize(("published", "polled_h", "blamed"), [(-60, 1, 1), (-10, 1, 0), (None, 1, 1), (-60, -1, 0)])
def test_a_push_is_blamed_for_what_it_had_time_to_bring(published: int | None, polled_h: int, blamed: int) -> None:
    """Nothing of the last half hour, and nothing before a poll has come after its confirmation."""
    now = NOON + timedelta(hours=5)
    state = FeedState(next_poll_at=now, push=active(), last_success_at=NOON + timedelta(hours=polled_h))
    entry = FeedEntry(
        url="http://beacon.example/1", published=now + timedelta(minutes=published) if published else None
    )
    assert len(websub.not_pushed(state, (entry,), now)) == blamed
    assert websub.not_pushed(replace(state, push=None), (entry,), now) == ()
    assert websub.not_pushed(replace(state, push=replace(active(), status="broken")), (entry,), now) == ()


@given(
    own=st.floats(min_value=300, max_value=90_000), lease=st.integers(min_value=300, max_value=864_000), dice=st.floats(0, 0.999)
)  # fmt: skip
def test_a_pushed_feed_is_polled_once_a_day_and_in_time_for_its_lease(own: float, lease: int, dice: float) -> None:
    """Never before its own time, never later than the longest interval after it."""
    state = FeedState(next_poll_at=NOON + timedelta(seconds=own), push=active(timedelta(seconds=lease)))
    after = websub.with_pushed_schedule(state, NOON, dice, POLICY)
    assert state.push is not None
    assert after.push == state.push
    assert after.next_poll_at >= state.next_poll_at
    longest = NOON + timedelta(seconds=POLICY.max_interval_s)
    assert after.next_poll_at <= max(state.next_poll_at, min(longest, websub.renew_at(state.push)))


def test_without_an_active_push_the_schedule_stays() -> None:
    """Asked for, broken, or lapsed."""
    state = FeedState(next_poll_at=NOON + timedelta(minutes=10))
    for push in (None, PUSH, replace(active(), status="broken")):
        assert websub.with_pushed_schedule(replace(state, push=push), NOON, 0.5, POLICY) == replace(state, push=push)
    late = NOON + timedelta(days=11)
    lapsed = replace(state, push=active())
    assert websub.with_pushed_schedule(lapsed, late, 0.5, POLICY) == lapsed
