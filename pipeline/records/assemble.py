"""A record from what the stages found: first a draft without a place, then its place among versions and copies."""

from __future__ import annotations

import hashlib
from datetime import datetime

import msgspec

from pipeline.models import Article, Fingerprint, Member, Page
from pipeline.policies import Partner
from pipeline.record import (
    Event,
    ExtractProvenance,
    FeedSighting,
    FetchProvenance,
    Organization,
    Provenance,
    Publisher,
    Record,
    RecordFingerprint,
    Syndication,
)
from pipeline.text import word_count
from pipeline.urls import host_of, normalize_url, record_uri, registrable_domain

#: Grows with every change of what extraction makes of the same page.
EXTRACT_VERSION = "1"
#: What a record takes over from its article as it is.
_TAKEN_OVER = tuple(
    name
    for name in Article.__struct_fields__
    if name in Record.__struct_fields__ and name not in {"source_organization", "provider"}
)


def draft_record(
    *,
    article: Article,
    page: Page,
    fingerprint: Fingerprint,
    partners: tuple[Partner, ...],
    rules_version: str,
    trace_id: str,
    partner_archive: str | None,
    syndication: Syndication,
) -> Record:
    """Return the record as far as one page tells: version 0 and seq 0 until place_record() puts it among the others."""
    return Record(
        uri=record_uri(page.url),
        version=0,
        seq=0,
        event="created",
        representation_type="partial" if article.representation == "partial" else "full",
        url=page.url,
        requested_url=page.requested_url,
        normalized_url=normalize_url(page.url),
        redirects=page.redirects,
        article_body=article.body,
        word_count=word_count(article.body),
        article_section=article.section,
        publisher=publisher_of(page.url, article.site_name, partners),
        source_organization=organization_of(article.source_organization, partners),
        provider=organization_of(article.provider, partners),
        syndication=syndication,
        fingerprint=RecordFingerprint(digest=fingerprint.digest, algorithm=fingerprint.algorithm),
        provenance=Provenance(
            fetch=fetch_provenance(page),
            extract=ExtractProvenance(
                extractor=article.extractor, version=EXTRACT_VERSION, rules_version=rules_version
            ),
            partner_archive=partner_archive,
            fields=article.fields,
            trace_id=trace_id,
        ),
        **{name: getattr(article, name) for name in _TAKEN_OVER},
    )


def place_record(
    draft: Record,
    *,
    version: int,
    seq: int,
    event: Event,
    syndication: Syndication,
    sightings: tuple[FeedSighting, ...],
) -> Record:
    """Return the draft in its place in the change feed, among its versions and among its copies."""
    return msgspec.structs.replace(
        draft,
        version=version,
        seq=seq,
        event=event,
        syndication=syndication,
        provenance=msgspec.structs.replace(draft.provenance, feeds=sightings),
    )


def next_version(current: Record | None, draft: Record) -> tuple[int, Event | None]:
    """Return the draft's version and the event it makes; None when headline, body and date are unchanged."""
    if current is None:
        return 1, "created"
    if current.pub_status != "canceled" and _content(current) == _content(draft):
        return current.version, None
    return current.version + 1, "updated"


def is_older(draft: Record, current: Record) -> bool:
    """Return whether the draft is a state of the page from before the current version.

    The page's own date of modification decides where both states give one and the two differ, else the time of the
    fetch: of two fetches at the same time the later arrival is the newer.
    """
    mine, its = draft.date_modified, current.date_modified
    if mine is not None and its is not None and mine != its:
        return mine < its
    fetch, before = draft.provenance.fetch, current.provenance.fetch
    return fetch is not None and before is not None and fetch.at < before.at


def member_of(record: Record) -> Member:
    """Return what attribution needs to know of a record."""
    published = (date for date in record.dates if date.role == "published" and date.value == record.date_published)
    best = next(published, None)
    return Member(
        uri=record.uri,
        url=record.url,
        publisher=record.publisher.name,
        domain=record.publisher.domain,
        headline=record.headline,
        tokens=record.word_count,
        digest=record.fingerprint.digest,
        canonical_url=record.canonical_url,
        date_published=record.date_published,
        date_source=best.source if best else record.provenance.fields.get("date_published"),
        date_exact=bool(best and best.zone == "declared" and best.precision in ("minute", "second")),
        notices=record.notices,
        wire_ids=record.wire_ids,
        source_urls=record.source_urls,
        source_organization=record.source_organization.name if record.source_organization else None,
        provider=record.provider.name if record.provider else None,
        authors=tuple(author.name for author in record.authors),
        updates=record.updates,
        profile=record.profile,
        first_seen_at=first_seen(record),
    )


def first_seen(record: Record) -> datetime:
    """Return when wiredesk first met the article: in a feed, or when its page was fetched."""
    times = [sighting.first_seen_at for sighting in record.provenance.feeds]
    if record.provenance.fetch:
        times.append(record.provenance.fetch.at)
    return min(times)


def publisher_of(url: str, site_name: str | None, partners: tuple[Partner, ...]) -> Publisher:
    """Return where the article was read: the registry's name of its domain, else the site's own, else the domain."""
    domain = registrable_domain(url)
    partner = next((p for p in partners if domain in p.domains), None)
    name = partner.name if partner else site_name or domain
    return Publisher(name=name, domain=domain, url=f"https://{host_of(url)}/")


def organization_of(name: str | None, partners: tuple[Partner, ...]) -> Organization | None:
    """Return a named organization, under the registry's name and domain where it knows it."""
    if not name:
        return None
    folded = name.casefold()
    for partner in partners:
        if folded in {partner.name.casefold(), *(alias.casefold() for alias in partner.aliases)}:
            return Organization(name=partner.name, domain=partner.domains[0] if partner.domains else None)
    return Organization(name=name)


def fetch_provenance(page: Page) -> FetchProvenance:
    """Return the facts of the request that brought the page."""
    return FetchProvenance(
        at=page.fetched_at,
        status=page.status,
        content_type=page.content_type,
        charset=page.charset,
        bytes=len(page.body),
        sha256=hashlib.sha256(page.body).hexdigest(),
        etag=page.etag,
        last_modified=page.last_modified,
    )


def _content(record: Record) -> tuple[object, ...]:
    return record.headline, record.article_body, record.date_published
