"""Feeds, what their polls leave behind, and the entries that they carry."""

from __future__ import annotations

from datetime import datetime

from pipeline.models.base import Value


class Feed(Value, frozen=True, kw_only=True):
    """A feed that the operator asked for."""

    url: str
    title: str | None = None
    groups: tuple[str, ...] = ()
    #: Higher is fetched first; 0 is ordinary.
    priority: int = 0


class PollNote(Value, frozen=True, kw_only=True):
    """One poll in a feed's history, in words for the operator."""

    at: datetime
    #: ok, unchanged, failed
    result: str
    #: HTTP status, None when no answer came.
    status: int | None = None
    entries: int = 0
    new_entries: int = 0
    #: A reason code of errors.py, and a sentence, when the poll failed.
    reason: str | None = None
    detail: str | None = None


class SitemapState(Value, frozen=True, kw_only=True):
    """What the last request for one sitemap of an index left behind."""

    url: str
    #: Whether the feed's own address named it, not an index below that.
    listed: bool = True
    etag: str | None = None
    last_modified: str | None = None
    body_sha256: str | None = None


class Push(Value, frozen=True, kw_only=True):
    """A subscription at a feed's hub (WebSub): the hub sends what is new, polls only look whether it does."""

    #: asked, active, refused (by the hub), broken (a poll found what no push had brought)
    status: str
    hub_url: str
    #: The feed's address as the hub knows it.
    topic_url: str
    #: Where the hub delivers: the operator's address, the feed and an unguessable part.
    callback_url: str
    #: The key of the deliveries' signatures.
    secret: str
    #: When the status last changed, and when the hub was last asked.
    since: datetime
    asked_at: datetime
    lease_until: datetime | None = None
    deliveries: int = 0
    #: Deliveries that were ignored, for their signature was wrong.
    bad_signatures: int = 0
    last_delivery_at: datetime | None = None
    #: Why it was refused or is broken, a sentence.
    detail: str | None = None


class FeedState(Value, frozen=True, kw_only=True):
    """What the polls so far left behind: validators, schedule, failures; saved at once with the accepted entries."""

    next_poll_at: datetime
    #: Validators byte for byte as the server sent them.
    etag: str | None = None
    last_modified: str | None = None
    body_sha256: str | None = None
    last_poll_at: datetime | None = None
    last_success_at: datetime | None = None
    last_new_at: datetime | None = None
    #: When the last poll was made without validators.
    last_unconditional_at: datetime | None = None
    #: When an unchanged validator last came with a changed body: conditional requests are off for some time then.
    validators_lied_at: datetime | None = None
    #: Failed polls in a row, weighted by their class.
    failures: float = 0.0
    interval_s: float | None = None
    #: Why this interval: one line an input, the winner first.
    interval_why: tuple[str, ...] = ()
    #: Publication times of the newest entries seen (newest first, at most 50), the feed's own pace.
    recent_times: tuple[datetime, ...] = ()
    #: Since when every poll has failed, None after a poll that went well.
    failing_since: datetime | None = None
    #: The feed's hints as last read: a 304 repeats none of them.
    ttl_s: float | None = None
    update_period_s: float | None = None
    skip_hours: tuple[int, ...] = ()
    skip_days: tuple[str, ...] = ()
    #: Why polling has stopped (410 Gone, paused by the operator); None while it goes on.
    muted: str | None = None
    #: How often something other than a poll has set the next poll or muted the feed; a poll that was on its way
    #: meanwhile keeps that.
    rescheduled: int = 0
    #: Workers that were lost during its polls, one after the other.
    losses: int = 0
    #: Where a permanent redirect pointed, and how often in a row.
    redirect_to: str | None = None
    redirect_seen: int = 0
    redirect_since: datetime | None = None
    #: Asked instead of the feed's own address, once its permanent redirect was confirmed over days.
    poll_url: str | None = None
    #: Another feed of the operator's that is asked where this one's permanent redirect points.
    collides_with: str | None = None
    #: Of a sitemap index: the sitemaps read last, newest first.
    sitemaps: tuple[SitemapState, ...] = ()
    push: Push | None = None
    #: The feed's own title, site address and WebSub hub, as last read.
    title: str | None = None
    site_url: str | None = None
    hub_url: str | None = None
    #: The last polls, newest first, at most 20.
    history: tuple[PollNote, ...] = ()


class FeedEntry(Value, frozen=True, kw_only=True):
    """One entry of a feed, or one URL that came in another way. `url` is absolute and http(s)."""

    url: str
    feed_url: str | None = None
    #: guid / atom:id / JSON Feed id; None where the feed gives none.
    entry_id: str | None = None
    title: str | None = None
    #: Plain text, markup removed.
    summary: str | None = None
    #: Full text of the entry as HTML, where the feed carries it.
    content_html: str | None = None
    authors: tuple[str, ...] = ()
    published: datetime | None = None
    published_raw: str | None = None
    updated: datetime | None = None
    categories: tuple[str, ...] = ()
    language: str | None = None
    #: RSS <source> / Atom source: the feed this entry was taken from.
    source_name: str | None = None
    source_url: str | None = None


class ParsedFeed(Value, frozen=True, kw_only=True):
    """A feed as parsed: its own facts, schedule hints and entries in document order."""

    #: feedparser's version string: rss20, atom10, json11, rss10, …
    version: str
    title: str | None = None
    site_url: str | None = None
    #: rel=self, rel=hub, rel=next
    self_url: str | None = None
    hub_url: str | None = None
    next_url: str | None = None
    language: str | None = None
    #: From ttl, sy:updatePeriod/Frequency; seconds.
    ttl_s: float | None = None
    update_period_s: float | None = None
    skip_hours: tuple[int, ...] = ()
    skip_days: tuple[str, ...] = ()
    entries: tuple[FeedEntry, ...] = ()
    #: What a sitemap index lists, newest first: sitemaps to read next, no articles.
    sitemaps: tuple[str, ...] = ()
    #: Entries left out, by reason code (entry_without_link, scheme_not_allowed, capped, …).
    dropped: dict[str, int] = {}
