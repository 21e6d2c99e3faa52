"""What is compared, counted and decided about copies."""

from __future__ import annotations

from datetime import datetime

from pipeline.models.articles import Article, Notice, Update
from pipeline.models.base import Value


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
