"""Permanent redirects of a feed: adopted when they have been confirmed over days, never at once."""

from __future__ import annotations

from datetime import datetime, timedelta

from msgspec.structs import replace

from pipeline.models import FeedState, Page

CONFIRMATIONS = 5
CONFIRMED_OVER = timedelta(days=3)
#: An adopted address that fails so hard is given up again for the feed's own.
_GIVE_UP_AFTER = 4.0


def note_redirect(state: FeedState, page: Page, now: datetime) -> FeedState:
    """Return the state with the permanent redirect of this answer counted, and adopted if it is confirmed."""
    target = page.moved_to
    if target is None or target == state.poll_url:
        return replace(state, redirect_to=None, redirect_seen=0, redirect_since=None)
    if target != state.redirect_to:
        return replace(state, redirect_to=target, redirect_seen=1, redirect_since=now)
    seen, since = state.redirect_seen + 1, state.redirect_since or now
    if seen >= CONFIRMATIONS and now - since >= CONFIRMED_OVER:
        return replace(state, poll_url=target, redirect_to=None, redirect_seen=0, redirect_since=None)
    return replace(state, redirect_seen=seen, redirect_since=since)


def give_up_address(state: FeedState) -> FeedState:
    """Return the state with its adopted address dropped, when that has failed too often."""
    if state.poll_url is None or state.failures < _GIVE_UP_AFTER:
        return state
    return replace(state, poll_url=None, etag=None, last_modified=None)
