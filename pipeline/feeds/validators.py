"""Conditional requests: which validators to keep, to send and to distrust (RFC 9110, section 8.8)."""

from __future__ import annotations

import hashlib
from datetime import datetime, timedelta

from pipeline.models import FeedState, Page
from pipeline.policies import PollPolicy

MAX_VALIDATOR_CHARS = 1_024
#: So many polls are made without validators, by dice.
_UNCONDITIONAL_SHARE = 0.01
#: Validators that have lied are left out for so long after the last lie seen; then a server may have been mended.
DISTRUST = timedelta(days=30)


def request_validators(
    state: FeedState, now: datetime, dice: float, policy: PollPolicy
) -> tuple[str | None, str | None]:
    """Return the ETag and Last-Modified to send, as the server sent them; (None, None) for an unconditional request.

    Unconditional: when the feed's validators have lied of late, when the last full answer is older than
    `unconditional_after_s`, and once in a hundred (`dice` < 0.01, uniform in [0, 1)).
    """
    full = state.last_unconditional_at
    due = full is None or now - full >= timedelta(seconds=policy.unconditional_after_s)
    if due or distrusted_until(state, now) is not None or dice < _UNCONDITIONAL_SHARE:
        return None, None
    return state.etag, state.last_modified


def distrusted_until(state: FeedState, now: datetime) -> datetime | None:
    """Return when conditional requests are tried again, None while they are on."""
    if state.validators_lied_at is None or now - state.validators_lied_at >= DISTRUST:
        return None
    return state.validators_lied_at + DISTRUST


def is_unchanged(state: FeedState, page: Page) -> bool:
    """Return whether the answer says or shows that nothing changed, so that nothing need be parsed."""
    return page.status == 304 or (state.body_sha256 is not None and body_hash(page) == state.body_sha256)


def body_hash(page: Page) -> str:
    """Return the SHA-256 of the body, 64 hex digits."""
    return hashlib.sha256(page.body).hexdigest()


def usable_validator(value: str | None) -> str | None:
    """Return the validator if it can be sent back: up to 1 KB of printable ASCII, without any change."""
    if not value or len(value) > MAX_VALIDATOR_CHARS or not (value.isascii() and value.isprintable()):
        return None
    return value


def has_lied(state: FeedState, page: Page, new_entries: int) -> bool:
    """Return whether a changed body came under the validator of the last one.

    A strong ETag promises the same bytes. A weak one, or a Last-Modified date, promises the same meaning only: then
    there must be new entries as well.
    """
    if page.status != 200 or state.body_sha256 is None or body_hash(page) == state.body_sha256:
        return False
    if state.etag:
        return page.etag == state.etag and (new_entries > 0 or not state.etag.startswith("W/"))
    return bool(state.last_modified) and page.last_modified == state.last_modified and new_entries > 0
