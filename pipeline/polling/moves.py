"""Permanent redirects among several feeds: no two of the operator's feeds come to ask the same address unnoticed."""

from __future__ import annotations

from msgspec.structs import replace

from pipeline.models import FeedState
from pipeline.storage.base import Store, StoredFeed
from pipeline.urls import registrable_domain, url_key


def settle_move(store: Store, stored: StoredFeed, after: FeedState) -> FeedState:
    """Return the state after a good poll; a permanent redirect to what another feed asks is told and not adopted.

    The feeds of its site are looked through when such a redirect is first seen and when it is about to be adopted.
    """
    before = stored.state
    adopted = after.poll_url is not None and after.poll_url != before.poll_url
    target = after.poll_url if adopted else after.redirect_to
    if target is None:
        return replace(after, collides_with=None)
    known = before.collides_with if target == before.redirect_to else None
    other = known if known is not None and store.feed(known) is not None else None
    if other is None and (adopted or known is not None or target != before.redirect_to):
        other = find_other(store, stored.feed.url, target)
    if other is None:
        return replace(after, collides_with=None)
    if adopted:
        after = replace(
            after,
            poll_url=before.poll_url,
            redirect_to=target,
            redirect_seen=before.redirect_seen + 1,
            redirect_since=before.redirect_since,
        )
    return noted(
        replace(after, collides_with=other),
        f"it moved for good to {target}, which is asked for the feed {other} already: remove one of the two",
    )


def find_other(store: Store, url: str, target: str) -> str | None:
    """Return the URL of the feed, not this one, that is asked at the target in any of its forms."""
    wanted = _key(target)
    for stored in store.feeds_at(registrable_domain(target)):
        asked = stored.state.poll_url or stored.feed.url
        if stored.feed.url != url and wanted in (_key(asked), _key(stored.feed.url)):
            return stored.feed.url
    return None


def noted(state: FeedState, words: str) -> FeedState:
    """Return the state with words added to the note of its last poll."""
    last, *older = state.history
    detail = f"{last.detail}; {words}" if last.detail else words
    return replace(state, history=(replace(last, detail=detail), *older))


def _key(url: str) -> str:
    try:
        return url_key(url)
    except ValueError:
        return url
