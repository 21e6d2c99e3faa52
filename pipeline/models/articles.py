"""Pages as servers answer them, and the articles that they hold."""

from __future__ import annotations

from datetime import datetime

from pipeline.models.base import Value


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


class ArticleFields(Value, frozen=True, kw_only=True):
    """What a page says about its article, apart from the text."""

    headline: str | None = None
    alternative_headlines: tuple[str, ...] = ()
    description: str | None = None
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
    #: Wire ids found on the page: "dpa:230428-99-483045/5", "urn:newsml:…", "theconversation:270911".
    wire_ids: tuple[str, ...] = ()
    #: isBasedOn, original-source, syndication-source, republication pixel: URLs that this page names as its source.
    source_urls: tuple[str, ...] = ()
    preferences: Preferences = Preferences()
    #: Which source gave each field: {"headline": "json-ld", …}
    fields: dict[str, str] = {}


class Article(ArticleFields, frozen=True, kw_only=True):
    """What one page says, read and cleaned: the result of extraction. Text is NFC without control characters."""

    headline: str
    #: Paragraphs apart by one blank line; notices, credit lines, repeated headline and standfirst removed.
    body: str
    updates: tuple[Update, ...] = ()
    notices: tuple[Notice, ...] = ()
    #: article, live-blog, gallery, brief, stub
    profile: str = "article"
    #: full, partial
    representation: str = "full"
    #: Reason codes for what is missing or doubtful: paywall, truncated, short, fallback-extractor, …
    quality: tuple[str, ...] = ()
    extractor: str = ""
