"""Which of a feed's entries are known: by their URL, or by their id where the feed gives a known entry a new link."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from datetime import time
from urllib.parse import urlsplit

from sqlalchemy import Connection, bindparam, select

from pipeline.models import Ending, FeedEntry, Outcome
from pipeline.storage.columns import clean_text
from pipeline.storage.feeds import feed_key
from pipeline.storage.statements import chunks, listed
from pipeline.storage.tables import sightings, urls
from pipeline.urls import normalize_url, url_key

_KNOWN = select(urls.c.key).where(urls.c.key.in_(listed("keys")))
#: So that no row goes (see forget.py) between being found here and being named by a sighting.
_KNOWN_AND_KEPT = _KNOWN.with_for_update(read=True, key_share=True)
_BY_ID = (
    select(sightings.c.entry_key, urls.c.key, urls.c.entry, urls.c.outcome)
    .join(urls, urls.c.key == sightings.c.key)
    .where(sightings.c.feed_key == bindparam("feed"), sightings.c.entry_key.in_(listed("ids")))
)
_MIDNIGHT = time(0)


def entry_key(entry: FeedEntry) -> str | None:
    """Return the key of an entry's id, which may be of any length; None where it has none."""
    return hashlib.sha256(clean_text(entry.entry_id).encode()).hexdigest()[:32] if entry.entry_id else None


def keyed(entries: Iterable[FeedEntry]) -> dict[str, FeedEntry]:
    """Return the entries by key, the first of each; those whose URL is none are left out."""
    found: dict[str, FeedEntry] = {}
    for entry in entries:
        try:
            found.setdefault(url_key(entry.url), entry)
        except ValueError:
            continue
    return found


def known_keys(connection: Connection, keys: Iterable[str], *, keep: bool = False) -> set[str]:
    """Return which of these URLs were accepted; `keep`: none of them is forgotten before this transaction ends."""
    found: set[str] = set()
    for chunk in chunks(keys):
        found.update(connection.scalars(_KNOWN_AND_KEPT if keep else _KNOWN, {"keys": chunk}))
    return found


def relinked(connection: Connection, feed_url: str, unknown: Mapping[str, FeedEntry]) -> dict[str, str]:
    """Return which of a feed's entries with unknown URLs are known under another: new key to old.

    An entry whose old URL gave nothing is not among them: its new link may be the mended one.
    """
    by_id: dict[str, tuple[str, FeedEntry]] = {
        id_: (key, entry) for key, entry in unknown.items() if (id_ := entry_key(entry))
    }
    found: dict[str, str] = {}
    for chunk in chunks(by_id):
        for row in connection.execute(_BY_ID, {"feed": feed_key(feed_url), "ids": chunk}):
            key, entry = by_id[row.entry_key]
            if not _came_to_nothing(row.outcome) and is_same_piece(entry, row.entry):
                found[key] = row.key
    return found


def unseen(connection: Connection, entries: Iterable[FeedEntry]) -> int:
    """Return how many of these entries would be accepted; one whose address is no URL is not counted."""
    by_feed: dict[str, dict[str, FeedEntry]] = {}
    by_key = keyed(entries)
    known = known_keys(connection, by_key)
    for key in by_key.keys() - known:
        by_feed.setdefault(by_key[key].feed_url or "", {})[key] = by_key[key]
    return sum(len(unknown) - len(relinked(connection, url, unknown)) for url, unknown in by_feed.items())


def is_same_piece(entry: FeedEntry, before: FeedEntry) -> bool:
    """Return whether two entries with one id in one feed are one piece, and the id was not used again for another.

    They are when they came out at one moment, or have one title at one place, whatever follows the question mark.
    A midnight is no moment: many feeds give the day alone.
    """
    if entry.published is not None and entry.published == before.published and entry.published.time() != _MIDNIGHT:
        return True
    return entry.title is not None and entry.title == before.title and _place(entry.url) == _place(before.url)


def _place(url: str) -> tuple[str, str]:
    parts = urlsplit(normalize_url(url))
    return parts.netloc, parts.path


def _came_to_nothing(outcome: Outcome | None) -> bool:
    return outcome is not None and outcome.ending in (Ending.GONE, Ending.FAILED)
