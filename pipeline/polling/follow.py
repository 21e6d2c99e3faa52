"""From a sitemap index to the entries of its newest sitemaps: a few documents a poll, one after the other.

Each sitemap is asked conditionally by what its last answer left behind. One that fails is noted; the others count.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Protocol
from urllib.parse import urlsplit

from msgspec.structs import replace

from pipeline.errors import FeedUnreadable, NeverAgain, TryLater
from pipeline.feeds.validators import body_hash, usable_validator
from pipeline.feeds.words import plural
from pipeline.models import FeedEntry, Page, ParsedFeed, SitemapState

#: Documents asked for in one poll, indexes below the feed's own included.
MAX_DOCUMENTS = 10
#: An index may name indexes. Of what these name so many are read, if they are sitemaps; nothing below that.
_OF_A_NESTED_INDEX = 4
#: No document is begun after this time, and none waits longer for its host: a Crawl-delay of a minute lets one through.
MAX_TIME = timedelta(seconds=75)

_OLD = datetime(1, 1, 1, tzinfo=UTC)


class SitemapClient(Protocol):
    """The HTTP client, as far as sitemaps need it."""

    def get(
        self,
        url: str,
        *,
        kind: str = ...,
        etag: str | None = ...,
        last_modified: str | None = ...,
        max_wait_s: float = ...,
    ) -> Page:
        """Return the answer. Raises TryLater, NeverAgain."""


@dataclass(slots=True)
class Followed:
    """What came of the sitemaps of one poll."""

    entries: list[FeedEntry] = field(default_factory=list)
    states: list[SitemapState] = field(default_factory=list)
    read: int = 0
    unchanged: int = 0
    failures: list[tuple[str, TryLater | NeverAgain | FeedUnreadable]] = field(default_factory=list)

    def error(self) -> TryLater | NeverAgain | FeedUnreadable | None:
        """Return the first failure when nothing else came of it but waiting for the host; None otherwise."""
        if self.read or self.unchanged or not self.failures or self.failures[0][1].reason == "host_busy":
            return None
        return self.failures[0][1]

    def words(self) -> str:
        """Return what happened, for the operator: "3 sitemaps read, 2 unchanged, 1 failed: https://… (http_404)"."""
        parts = [f"{plural(self.read, 'sitemap')} read"]
        if self.unchanged:
            parts.append(f"{self.unchanged} unchanged")
        if self.failures:
            named = ", ".join(f"{url} ({error.reason})" for url, error in self.failures[:3])
            parts.append(f"{len(self.failures)} failed: {named}")
        return ", ".join(parts)


def follow_sitemaps(
    listed: Sequence[str],
    known: Iterable[SitemapState],
    client: SitemapClient,
    parse: Callable[[Page], ParsedFeed],
    clock: Callable[[], datetime],
) -> Followed:
    """Return what the newest of the listed sitemaps hold, those for news first.

    `listed` is newest first; `known` what the last poll left behind, nothing for requests without validators. Raises
    ServiceError alone.
    """
    before = {state.url: state for state in known}
    ends = clock() + MAX_TIME
    waiting = deque((url, True) for url in sorted(listed, key=lambda url: "news" not in urlsplit(url).path.lower()))
    seen: set[str] = set()
    result = Followed()
    while waiting and len(seen) < MAX_DOCUMENTS and (left := (ends - clock()).total_seconds()) > 0:
        url, by_feed = waiting.popleft()
        if url in seen:
            continue
        seen.add(url)
        state = replace(before.get(url) or SitemapState(url=url), listed=by_feed)
        try:
            state, parsed = _ask(state, client, parse, left)
        except (TryLater, NeverAgain, FeedUnreadable) as error:
            result.failures.append((url, error))
        else:
            _take(result, parsed)
            if by_feed and parsed is not None:
                waiting.extendleft((inner, False) for inner in reversed(parsed.sitemaps[:_OF_A_NESTED_INDEX]))
        result.states.append(state)
    return result


def _ask(
    state: SitemapState, client: SitemapClient, parse: Callable[[Page], ParsedFeed], left_s: float
) -> tuple[SitemapState, ParsedFeed | None]:
    """Return what is known of the sitemap now, and its content; None when that has not changed."""
    page = client.get(
        state.url, kind="sitemap", etag=state.etag, last_modified=state.last_modified, max_wait_s=left_s
    )  # fmt: skip
    if page.status == 304 or body_hash(page) == state.body_sha256:
        return state, None
    parsed = parse(page)
    if parsed.sitemaps:
        # Its sitemaps change while it does not, so an index is read in full each time.
        return SitemapState(url=state.url, listed=state.listed), parsed
    known = replace(
        state,
        etag=usable_validator(page.etag),
        last_modified=usable_validator(page.last_modified),
        body_sha256=body_hash(page),
    )
    return known, parsed


def _take(result: Followed, parsed: ParsedFeed | None) -> None:
    if parsed is None:
        result.unchanged += 1
    else:
        result.read += 1
        result.entries += parsed.entries


def newest(entries: Iterable[FeedEntry], count: int) -> tuple[FeedEntry, ...]:
    """Return the newest `count` of the entries, each URL once; those without a date count as old."""
    each = {entry.url: entry for entry in entries}
    ordered = sorted(each.values(), key=lambda entry: entry.published or entry.updated or _OLD, reverse=True)
    return tuple(ordered[:count])
