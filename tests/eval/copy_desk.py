"""A desk for copies alone: the labelled documents through index, comparison and attribution, without a store."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from multiprocessing import get_context
from pathlib import Path

import redis

from pipeline.copies import Partners, attribute, compare, exact_keys, fingerprint
from pipeline.index import FingerprintIndex
from pipeline.models import Fingerprint, Link, Member
from pipeline.policies import CopyPolicy
from pipeline.urls import record_uri, registrable_domain

NOW = datetime(2031, 5, 6, tzinfo=UTC)
POLICY = CopyPolicy()
DAY = 20_000

Document = Mapping[str, str | None]


def documents(folder: Path, name: str) -> list[Document]:
    """Return the documents of a labelled set."""
    with gzip.open(folder / name, "rt", encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


def member_of(document: Document, made: Fingerprint | None = None) -> Member:
    """Return a document as the member that its record would be."""
    url, published = document["url"] or "", document.get("datePublished")
    domain = registrable_domain(url)
    made = made or fingerprint(document["text"] or "", POLICY)
    return Member(
        uri=record_uri(url),
        url=url,
        publisher=domain,
        domain=domain,
        headline=document.get("headline") or "",
        tokens=made.tokens,
        digest=made.digest,
        date_published=datetime.fromisoformat(published) if published else None,
        first_seen_at=NOW,
    )


def look_up(index: FingerprintIndex, document: Document) -> tuple[str, list[str]]:
    """Put a document into the index; returns its uri and those of its candidates."""
    made = fingerprint(document["text"] or "", POLICY)
    mine = member_of(document, made)
    found = index.look_up_and_insert(mine.uri, made, exact=exact_keys(mine), day=DAY)
    return mine.uri, [candidate.uri for candidate in found]


def look_up_share(redis_url: str, share: Sequence[Document]) -> list[tuple[str, list[str]]]:
    """Look up one process's share of the documents."""
    with redis.Redis.from_url(redis_url) as client:
        index = FingerprintIndex(client, POLICY)
        return [look_up(index, document) for document in share]


def look_up_all(redis_url: str, arrivals: Sequence[Document], processes: int) -> list[tuple[str, list[str]]]:
    """Look all documents up in so many processes, each taking every n-th."""
    if processes == 1:
        return look_up_share(redis_url, arrivals)
    shares = [(redis_url, arrivals[worker::processes]) for worker in range(processes)]
    with get_context("spawn").Pool(processes) as pool:
        return [found for share in pool.starmap(look_up_share, shares) for found in share]


def links_of(arrivals: Iterable[Document], found: Iterable[tuple[str, Sequence[str]]]) -> list[Link]:
    """Compare every document with its candidates."""
    by_uri = {record_uri(document["url"] or ""): document for document in arrivals}
    members = {uri: member_of(document) for uri, document in by_uri.items()}
    links = {}
    for uri, candidates in found:
        for other in candidates:
            texts = by_uri[uri]["text"] or "", by_uri[other]["text"] or ""
            link = compare(members[uri], texts[0], members[other], texts[1], POLICY)
            if link:
                links[link.a, link.b] = link
    return list(links.values())


def clusters_by_url(redis_url: str, arrivals: Sequence[Document], processes: int = 1) -> dict[str, str]:
    """Return the cluster of each document by URL, as it stands after all have arrived."""
    with redis.Redis.from_url(redis_url) as client:
        FingerprintIndex(client, POLICY).clear()
    links = links_of(arrivals, look_up_all(redis_url, arrivals, processes))
    found = attribute(map(member_of, arrivals), links, (), Partners(), NOW)
    return {url: found[record_uri(url)].cluster_id for document in arrivals if (url := document["url"])}
