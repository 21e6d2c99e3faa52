"""The values that pass from stage to stage.

Feed → FeedEntry → Page → Article → Fingerprint → Candidate → Link → Record → Outcome.

All are frozen and keyword-only; sequences are tuples; times are aware UTC datetimes; None means "not known".
In JSON their fields are camelCase (see codec.py). The record itself, the contract with consumers, is in record.py.
"""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

import msgspec


class Value(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """The base of every value: immutable, slotted, keyword-only, camelCase in JSON."""


# --- feeds ---------------------------------------------------------------------------------------------------------


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
    #: Set when an unchanged validator came with a changed body: conditional requests are off for this feed.
    validators_lie: bool = False
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


class AcceptedUrl(Value, frozen=True, kw_only=True):
    """An URL that the store has accepted and that has not ended yet, as handed to a worker."""

    #: url_key() of the entry's URL: 64 hex digits.
    key: str
    entry: FeedEntry
    #: host_of() of the URL: the scope of politeness.
    host: str
    priority: int = 0
    #: Attempts already made.
    attempts: int = 0
    accepted_at: datetime
    trace_id: str


# --- pages and articles --------------------------------------------------------------------------------------------


class Page(Value, frozen=True, kw_only=True):
    """The answer of a server to one request: raw body bytes after content decoding, charset untouched."""

    requested_url: str
    #: After redirects.
    url: str
    redirects: tuple[str, ...] = ()
    #: Where the permanent redirects (301, 308) at the head of the chain led; None when the first hop was temporary.
    moved_to: str | None = None
    status: int
    #: Media type without parameters, lower case.
    content_type: str | None = None
    #: The charset parameter of Content-Type, as sent.
    charset: str | None = None
    etag: str | None = None
    last_modified: str | None = None
    #: Header names in lower case; only those that later stages read (link, x-robots-tag, retry-after, …).
    headers: dict[str, str] = {}
    body: bytes
    fetched_at: datetime
    #: Seconds from request to the last byte.
    elapsed_s: float = 0.0


class Author(Value, frozen=True, kw_only=True):
    """A person or an agency, one each."""

    name: str
    url: str | None = None


class DateEvidence(Value, frozen=True, kw_only=True):
    """One date that a page or feed states."""

    #: published, modified, created, updated
    role: str
    value: datetime
    raw: str
    #: year, month, day, minute, second
    precision: str
    #: declared, assumed, unknown
    zone: str
    #: json-ld, meta, microdata, time-element, feed, url, text
    source: str


class Image(Value, frozen=True, kw_only=True):
    """A picture of the article."""

    url: str
    caption: str | None = None
    credit: str | None = None
    width: int | None = None
    height: int | None = None


class Update(Value, frozen=True, kw_only=True):
    """A stacked version inside one page: character offsets in the article body."""

    label: str
    start: int
    end: int


class Notice(Value, frozen=True, kw_only=True):
    """What an article says about its own origin, taken out of the body.

    Offsets are characters in the text before removal.
    """

    rule_id: str
    #: partner-archive, republished, originally-appeared, wire-credit, part-credit, licence, correction, update,
    #: retraction, collaboration
    kind: str
    text: str
    #: None where the notice stood outside the body's text (an attribute, a part that extraction drops).
    start: int | None = None
    end: int | None = None
    #: The named source, as written or, where the words lack it, None.
    partner: str | None = None
    target_url: str | None = None
    language: str | None = None


class Preferences(Value, frozen=True, kw_only=True):
    """What the site asks of users of the text."""

    robots: str | None = None
    ai_training: str | None = None
    tdm_reservation: bool | None = None
    noindex: bool | None = None


class Article(Value, frozen=True, kw_only=True):
    """What one page says, read and cleaned: the result of extraction. Text is NFC without control characters."""

    headline: str
    alternative_headlines: tuple[str, ...] = ()
    description: str | None = None
    #: Paragraphs apart by one blank line; notices, credit lines, repeated headline and standfirst removed.
    body: str
    updates: tuple[Update, ...] = ()
    language: str | None = None
    byline: str | None = None
    authors: tuple[Author, ...] = ()
    date_published: datetime | None = None
    date_modified: datetime | None = None
    dates: tuple[DateEvidence, ...] = ()
    section: str | None = None
    keywords: tuple[str, ...] = ()
    genres: tuple[str, ...] = ()
    images: tuple[Image, ...] = ()
    canonical_url: str | None = None
    amp_url: str | None = None
    #: og:site_name or JSON-LD publisher.
    site_name: str | None = None
    #: JSON-LD sourceOrganization / provider and their like: the name as written.
    source_organization: str | None = None
    provider: str | None = None
    copyright_notice: str | None = None
    license: str | None = None
    usage_terms: str | None = None
    is_accessible_for_free: bool | None = None
    notices: tuple[Notice, ...] = ()
    #: Wire ids found on the page: "dpa:230428-99-483045/5", "urn:newsml:…", "theconversation:270911".
    wire_ids: tuple[str, ...] = ()
    #: isBasedOn, original-source, syndication-source, republication pixel: URLs that this page names as its source.
    source_urls: tuple[str, ...] = ()
    preferences: Preferences = Preferences()
    #: article, live-blog, gallery, brief, stub
    profile: str = "article"
    #: full, partial
    representation: str = "full"
    #: Reason codes for what is missing or doubtful: paywall, truncated, short, fallback-extractor, …
    quality: tuple[str, ...] = ()
    #: Which source gave each field: {"headline": "json-ld", …}
    fields: dict[str, str] = {}
    extractor: str = ""


class Fingerprint(Value, frozen=True, kw_only=True):
    """The winnowed shingles of a notice-free normalized body."""

    #: sha256 of the normalized body's tokens, hex.
    digest: str
    algorithm: str
    #: Unsigned 64-bit hashes, ascending, unique.
    hashes: tuple[int, ...]
    #: Number of tokens.
    tokens: int


class Extracted(Value, frozen=True, kw_only=True):
    """An article and the fingerprint of its body: what the guarded child makes of a page."""

    article: Article
    fingerprint: Fingerprint


class PlainText(Value, frozen=True, kw_only=True):
    """An article that came as text without markup."""

    text: str
    headline: str | None = None
    authors: tuple[str, ...] = ()
    date_published: datetime | None = None


class Candidate(Value, frozen=True, kw_only=True):
    """An article that the index says may share text."""

    uri: str
    #: Fingerprints in common.
    shared: int


# --- copies --------------------------------------------------------------------------------------------------------


class Member(Value, frozen=True, kw_only=True):
    """What attribution needs to know of one record; made from the Article and Page, kept by the store."""

    uri: str
    url: str
    publisher: str
    domain: str
    headline: str
    tokens: int
    digest: str
    canonical_url: str | None = None
    date_published: datetime | None = None
    #: Source of date_published: json-ld, meta, microdata, time-element, feed, url, text.
    date_source: str | None = None
    #: Whether date_published has a time of day and a declared zone.
    date_exact: bool = False
    notices: tuple[Notice, ...] = ()
    wire_ids: tuple[str, ...] = ()
    source_urls: tuple[str, ...] = ()
    source_organization: str | None = None
    provider: str | None = None
    authors: tuple[str, ...] = ()
    #: Start offset (characters) of each stacked part, and its label.
    updates: tuple[Update, ...] = ()
    profile: str = "article"
    first_seen_at: datetime


class Link(Value, frozen=True, kw_only=True):
    """The text that two records share, measured once; symmetric, `a` < `b` by uri."""

    a: str
    b: str
    #: Share of a's words that stand in b, and the reverse; 0 to 1.
    coverage_a: float
    coverage_b: float
    #: Words of a that are not in b, and the reverse.
    own_a: int
    own_b: int
    #: Words before the first long shared block, in a and in b.
    lead_a: int = 0
    lead_b: int = 0
    #: Whether the two belong to one cluster.
    joins: bool
    #: verdict details: numbers_agree=0.5, same_wire_id=dpa:…
    signals: tuple[str, ...] = ()


class Correction(Value, frozen=True, kw_only=True):
    """An editor's word on two records, which outlives every rebuild."""

    #: split, join
    kind: str
    a: str
    b: str
    at: datetime
    note: str | None = None


# --- outcomes ------------------------------------------------------------------------------------------------------


class Ending(StrEnum):
    """The ways an accepted URL can end. Exactly one is counted for each."""

    STORED = "stored"
    UNCHANGED = "unchanged"
    #: Another accepted URL led to the same page.
    DUPLICATE = "duplicate"
    NOT_ARTICLE = "not-article"
    GONE = "gone"
    REFUSED = "refused"
    FAILED = "failed"


class Outcome(Value, frozen=True, kw_only=True):
    """How an URL ended, or how one attempt went."""

    ending: Ending
    #: A reason code, "ok" for a stored record.
    reason: str
    #: A sentence for the operator; never body text.
    detail: str | None = None
    uri: str | None = None
    version: int | None = None
    at: datetime
