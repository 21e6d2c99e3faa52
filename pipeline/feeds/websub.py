"""WebSub (https://www.w3.org/TR/websub/): what a subscriber says to a hub, and what it believes of one."""

from __future__ import annotations

import hashlib
import hmac
from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error as BadBase64
from datetime import datetime, timedelta
from urllib.parse import urlencode, urljoin

from msgspec.structs import replace

from pipeline.feeds.links import header_link
from pipeline.feeds.words import span
from pipeline.models import FeedEntry, FeedState, Page, ParsedFeed, Push
from pipeline.policies import PollPolicy

#: What a hub is asked for; it grants what it likes.
ASKED_LEASE = timedelta(days=10)
_LONGEST_LEASE_S = 31_536_000
#: An unanswered request is made again after this time.
_ASK_AGAIN = timedelta(hours=6)
#: A hub that refused, or whose pushes did not come, is asked again after this time.
_FORGIVE = timedelta(days=7)
#: A push has so much time before a poll that finds its entry blames it.
_GRACE = timedelta(minutes=30)
#: The methods of X-Hub-Signature.
_METHODS = ("sha1", "sha256", "sha384", "sha512")


def topic_of(page: Page, parsed: ParsedFeed) -> str:
    """Return the feed's address as its hub knows it: rel=self of the Link header, of the feed, else where it was."""
    named = header_link(page.headers.get("link", ""), "self")
    return urljoin(page.url, named) if named else parsed.self_url or page.url


def callback_of(base: str, feed_url: str, token: str) -> str:
    """Return the callback URL of one feed; `token` is what nobody else can guess."""
    return f"{base.rstrip('/')}/{urlsafe_b64encode(feed_url.encode()).decode().rstrip('=')}/{token}"


def feed_of(path: str) -> str | None:
    """Return the feed's URL in the path of a callback, None where there is none."""
    name = path.rstrip("/").split("/")[-2:-1]
    try:
        return urlsafe_b64decode(name[0] + "=" * (-len(name[0]) % 4)).decode() or None if name else None
    except (BadBase64, ValueError):
        return None


def is_active(push: Push | None, now: datetime) -> bool:
    """Return whether the hub has promised to push, and its lease has not ended."""
    return push is not None and push.status == "active" and push.lease_until is not None and push.lease_until > now


def renew_at(push: Push) -> datetime:
    """Return when an active subscription is renewed: with a third of the lease left, then of what is left."""
    assert push.lease_until is not None, "an active subscription has a lease"
    return push.lease_until - (push.lease_until - push.asked_at) / 3


def needs_asking(push: Push, now: datetime) -> bool:
    """Return whether it is time to ask the hub (again)."""
    if push.status == "active":
        return not is_active(push, now) or now >= renew_at(push)
    return now - push.asked_at >= (_ASK_AGAIN if push.status == "asked" else _FORGIVE)


def subscription_form(push: Push) -> bytes:
    """Return the body of the request to subscribe, or to renew, as application/x-www-form-urlencoded."""
    return urlencode(
        {
            "hub.mode": "subscribe",
            "hub.topic": push.topic_url,
            "hub.callback": push.callback_url,
            "hub.secret": push.secret,
            "hub.lease_seconds": int(ASKED_LEASE.total_seconds()),
        }
    ).encode("ascii")


def confirm(push: Push, topic: str | None, lease_seconds: str | None, now: datetime) -> Push | None:
    """Return the subscription as the hub confirms it, None when nobody asked for that."""
    if push.status not in ("asked", "active") or topic != push.topic_url:
        return None
    digits = (lease_seconds or "").strip()
    asked = int(ASKED_LEASE.total_seconds())
    lease_s = int(digits[:12]) if digits.isascii() and digits.isdigit() else asked
    until = now + timedelta(seconds=min(lease_s or asked, _LONGEST_LEASE_S))
    # After a lease that had ended, polls begin anew to see whether pushes come.
    since = push.since if is_active(push, now) else now
    return replace(push, status="active", since=since, asked_at=now, lease_until=until, detail=None)


def has_signature(push: Push, header: str | None, body: bytes) -> bool:
    """Return whether X-Hub-Signature is that of the body under the subscription's secret; compared in constant time."""
    method, _, signature = (header or "").strip().partition("=")
    if method.lower() not in _METHODS or not signature.isascii():
        return False
    wanted = hmac.new(push.secret.encode(), body, getattr(hashlib, method.lower())).hexdigest()
    return hmac.compare_digest(wanted, signature.strip().lower())


def not_pushed(state: FeedState, entries: tuple[FeedEntry, ...], now: datetime) -> tuple[FeedEntry, ...]:
    """Return the entries of a poll that an active subscription should have brought, if they are new.

    None before the second good poll since it became active; none that is younger than half an hour.
    """
    push, polled = state.push, state.last_success_at
    if push is None or not is_active(push, now) or polled is None or polled <= push.since:
        return ()
    return tuple(
        entry for entry in entries if (date := entry.published or entry.updated) is None or date <= now - _GRACE
    )


def with_pushed_schedule(state: FeedState, now: datetime, dice: float, policy: PollPolicy) -> FeedState:
    """Return the state of a good poll; while the hub pushes, the next poll comes at the longest interval.

    It comes in time to renew the lease, and never before the feed's own time.
    """
    push = state.push
    if push is None or not is_active(push, now):
        return state
    longest = now + timedelta(seconds=policy.max_interval_s * (1 - policy.jitter * dice))
    at = max(state.next_poll_at, min(longest, renew_at(push)))
    wait = span((at - now).total_seconds())
    return replace(
        state,
        next_poll_at=at,
        interval_why=(
            f"in {wait}: its hub pushes what is new, this poll looks whether it does",
            *(f"without the hub: {why}" for why in state.interval_why),
        ),
    )
