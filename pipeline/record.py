"""The normalized record, version 1: the contract with consumers (docs/records.md).

Names follow schema.org NewsArticle where it has one, and IPTC ninjs 3.1 for versions and status. The JSON Schema
(records/schema.json) is generated from these classes and tested for drift.
"""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from pipeline.models import Author, DateEvidence, Image, Notice, Preferences, Update, Value

SCHEMA = "wiredesk.record/1"

Event = Literal["created", "updated", "reattributed", "canceled"]
Role = Literal["solo", "original", "copy", "representative"]
Relation = Literal["verbatim", "excerpt", "extended", "stacked", "reworked", "notice-only"]


class Publisher(Value, frozen=True, kw_only=True):
    """Where the article was read."""

    name: str
    domain: str
    url: str


class Organization(Value, frozen=True, kw_only=True):
    """Who made or delivered the article."""

    name: str
    domain: str | None = None


class Evidence(Value, frozen=True, kw_only=True):
    """One reason for a verdict."""

    signal: str
    value: str
    points: float


class Original(Value, frozen=True, kw_only=True):
    """The article that a copy was made of; without a uri when that page was never fetched."""

    uri: str | None = None
    url: str | None = None
    publisher: str | None = None


class Coverage(Value, frozen=True, kw_only=True):
    """Share of words in common, 0 to 1: of this record by the nearest other, and the reverse."""

    of_this: float
    of_other: float


class Syndication(Value, frozen=True, kw_only=True):
    """The record's place among the copies of its story."""

    cluster_id: str
    role: Role
    #: 0 to 1
    confidence: float
    original: Original | None = None
    relation: Relation | None = None
    #: Shares of words in common with `nearest`.
    coverage: Coverage | None = None
    #: uri of the cluster's member that `relation` and `coverage` speak of.
    nearest: str | None = None
    member_count: int = 1
    evidence: tuple[Evidence, ...] = ()
    decided_at: datetime
    decider_version: str


class RecordFingerprint(Value, frozen=True, kw_only=True):
    """Digest of the notice-free normalized body."""

    digest: str
    algorithm: str


class FeedSighting(Value, frozen=True, kw_only=True):
    """A feed that carried the article."""

    feed_url: str
    entry_id: str | None = None
    first_seen_at: datetime
    last_seen_at: datetime
    #: The feed entry's own <source>, where it names one.
    source: str | None = None


class FetchProvenance(Value, frozen=True, kw_only=True):
    """The request that brought the page."""

    at: datetime
    status: int
    content_type: str | None = None
    charset: str | None = None
    bytes: int
    sha256: str
    etag: str | None = None
    last_modified: str | None = None


class ArchiveLocation(Value, frozen=True, kw_only=True):
    """Where the page lies in a WARC."""

    file: str
    offset: int
    length: int


class ExtractProvenance(Value, frozen=True, kw_only=True):
    """What read the page."""

    extractor: str
    version: str
    rules_version: str


class Provenance(Value, frozen=True, kw_only=True):
    """Where every part of the record came from."""

    feeds: tuple[FeedSighting, ...] = ()
    fetch: FetchProvenance | None = None
    archive: ArchiveLocation | None = None
    extract: ExtractProvenance
    #: The partner whose archive was imported; the copy index never forgets these.
    partner_archive: str | None = None
    #: {field: source}
    fields: dict[str, str] = {}
    trace_id: str


class Record(Value, frozen=True, kw_only=True):
    """One version of one article."""

    schema: str = SCHEMA
    #: Stable over versions: a URN made from the normalized URL.
    uri: str
    version: int
    #: Place in the change feed: strictly growing, never reused.
    seq: int
    event: Event
    pub_status: Literal["usable", "withheld", "canceled"] = "usable"
    representation_type: Literal["full", "partial"] = "full"
    url: str
    requested_url: str
    canonical_url: str | None = None
    normalized_url: str
    redirects: tuple[str, ...] = ()
    headline: str
    alternative_headlines: tuple[str, ...] = ()
    description: str | None = None
    article_body: str
    updates: tuple[Update, ...] = ()
    word_count: int
    language: str | None = None
    byline: str | None = None
    authors: tuple[Author, ...] = ()
    date_published: datetime | None = None
    date_modified: datetime | None = None
    dates: tuple[DateEvidence, ...] = ()
    article_section: str | None = None
    keywords: tuple[str, ...] = ()
    genres: tuple[str, ...] = ()
    images: tuple[Image, ...] = ()
    publisher: Publisher
    source_organization: Organization | None = None
    provider: Organization | None = None
    copyright_notice: str | None = None
    license: str | None = None
    usage_terms: str | None = None
    is_accessible_for_free: bool | None = None
    notices: tuple[Notice, ...] = ()
    #: Wire ids found on the page: "dpa:230428-99-483045/5", "urn:newsml:…", "theconversation:270911".
    wire_ids: tuple[str, ...] = ()
    #: Pages of other sites that this page names as its source, in its metadata.
    source_urls: tuple[str, ...] = ()
    syndication: Syndication
    fingerprint: RecordFingerprint
    preferences: Preferences = Preferences()
    #: article, live-blog, gallery, brief, stub
    profile: str = "article"
    #: Reason codes for what is missing or doubtful: paywall, truncated, short, fallback-extractor, …
    quality: tuple[str, ...] = ()
    provenance: Provenance
