"""Values to store: entries, states, outcomes, records, members and links of a fictional newsroom."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from pipeline.models import Ending, FeedEntry, FeedState, Link, Member, Outcome
from pipeline.record import ExtractProvenance, Provenance, Publisher, Record, RecordFingerprint, Syndication
from pipeline.storage import Store
from pipeline.urls import url_key

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
NEXT_POLL = NOW + timedelta(minutes=30)
FEED = "https://harbour-times.example/feed"


def minutes(number: float) -> timedelta:
    """Return so many minutes."""
    return timedelta(minutes=number)


def entry(path: str, host: str = "harbour-times.example") -> FeedEntry:
    """Return an entry of a feed."""
    return FeedEntry(url=f"https://{host}/{path}", entry_id=f"id-{path}", title=f"Story {path}")


def entries(number: int, host: str = "harbour-times.example") -> list[FeedEntry]:
    """Return entries of one host."""
    return [entry(f"story-{n:04}", host) for n in range(number)]


def key(path: str, host: str = "harbour-times.example") -> str:
    """Return the key of entry(path, host)."""
    return url_key(f"https://{host}/{path}")


def state(at: datetime = NEXT_POLL, **more: object) -> FeedState:
    """Return a feed's state."""
    return FeedState(next_poll_at=at, **more)  # type: ignore[arg-type]


def gone(at: datetime = NOW) -> Outcome:
    """Return the outcome of a page that is gone."""
    return Outcome(ending=Ending.GONE, reason="http_410", at=at)


def failed(at: datetime = NOW) -> Outcome:
    """Return how an attempt went that met a server's error."""
    return Outcome(ending=Ending.FAILED, reason="http_503", at=at)


def stored(uri: str, at: datetime = NOW) -> Outcome:
    """Return the outcome of a page that gave a record."""
    return Outcome(ending=Ending.STORED, reason="ok", uri=uri, version=1, at=at)


def uri(name: str) -> str:
    """Return a record's uri."""
    return f"urn:wiredesk:article:{name}"


def record(name: str, seq: int, version: int = 1, body: str = "The ferry is back.") -> Record:
    """Return a record."""
    url = f"https://harbour-times.example/{name}"
    return Record(
        uri=uri(name),
        version=version,
        seq=seq,
        event="created" if version == 1 else "updated",
        url=url,
        requested_url=url,
        normalized_url=url,
        headline=f"Story {name}",
        article_body=body,
        word_count=4,
        publisher=Publisher(name="Harbour Times", domain="harbour-times.example", url="https://harbour-times.example"),
        syndication=Syndication(
            cluster_id=f"c-{name}", role="solo", confidence=1.0, decided_at=NOW, decider_version="1"
        ),
        fingerprint=RecordFingerprint(digest="d" * 64, algorithm="test"),
        provenance=Provenance(
            extract=ExtractProvenance(extractor="test", version="1", rules_version="1"), trace_id="t"
        ),
    )


def member(name: str) -> Member:
    """Return a member of a cluster."""
    return Member(
        uri=uri(name),
        url=f"https://harbour-times.example/{name}",
        publisher="Harbour Times",
        domain="harbour-times.example",
        headline=f"Story {name}",
        tokens=400,
        digest="d" * 64,
        first_seen_at=NOW,
    )


def link(one: str, other: str, *, joins: bool = True) -> Link:
    """Return the link between two records."""
    a, b = sorted((uri(one), uri(other)))
    return Link(a=a, b=b, coverage_a=0.9, coverage_b=0.8, own_a=10, own_b=20, joins=joins)


def put(store: Store, name: str, version: int = 1) -> Record:
    """Store a record in a transaction of its own, and return it."""
    with store.begin() as transaction:
        made = record(name, transaction.next_seq(), version)
        transaction.put_record(made)
    return made
