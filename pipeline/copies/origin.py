"""Which member of a cluster is the original, and why."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import timedelta

from pipeline.copies.claims import Claim
from pipeline.copies.partners import name_key
from pipeline.models import Member, Value
from pipeline.record import Evidence

#: Publication times closer than this decide nothing.
_TOO_CLOSE = timedelta(minutes=15)
#: How far a date can be trusted to be the first publication's.
_DATE_TRUST = {"json-ld": 0.75, "meta": 0.75, "microdata": 0.7, "time-element": 0.6, "feed": 0.65, "url": 0.5}
_DATE_LEAST = 0.5
_ARRIVAL = 0.3
_MOST = 0.99


class Verdict(Value, frozen=True, kw_only=True):
    """The origin of a cluster's text."""

    #: The member that is the original, or None where that page was never fetched.
    member: Member | None
    #: The source as it is named, where it is not a member.
    name: str | None = None
    url: str | None = None
    #: The earliest copy, where an agency's own page is not in the cluster.
    representative: Member | None = None
    confidence: float
    evidence: tuple[Evidence, ...] = ()


def find_origin(members: Sequence[Member], claims: Mapping[str, Sequence[Claim]]) -> Verdict | None:
    """Return the origin of what the members share, by the claims of each; None where a single one claims no other."""
    says_so = [(m, c) for m in members for c in claims[m.uri] if c.says_so]
    marks = [(m, c) for m in members for c in claims[m.uri] if not c.says_so and c.name]
    if says_so:
        return _named(members, says_so, {m.uri for m, _ in says_so})
    if marks:
        return _agency(members, marks)
    return _earliest_verdict(members) if len(members) > 1 else None


def _named(members: Sequence[Member], claims: Sequence[tuple[Member, Claim]], copies: set[str]) -> Verdict:
    """Return the source that members name: a member where it is in the cluster, else its name and address."""
    by_source: dict[str, list[tuple[Member, Claim]]] = defaultdict(list)
    places = _places(members)
    for member, claim in claims:
        by_source[_source_key(places, member, claim)].append((member, claim))
    # A source that names a source itself is a link in the chain, not its beginning.
    best = min(by_source, key=lambda source: (source in copies, -_sum(by_source[source]), source))
    support = by_source[best]
    evidence = tuple(_evidence(claim) for _, claim in support)
    original = next((m for m in members if m.uri == best), None)
    confidence = min(_MOST, _sum(support))
    if original is not None:
        if original.uri in copies:
            confidence = round(confidence / 2, 2)
        return Verdict(member=original, confidence=confidence, evidence=evidence)
    # A claim with the article's own address says more than a bare name.
    _, claim = min(support, key=lambda pair: (pair[1].url is None, -pair[1].points, pair[1].url or ""))
    return Verdict(member=None, name=claim.name, url=claim.url, confidence=confidence, evidence=evidence)


def _agency(members: Sequence[Member], claims: Sequence[tuple[Member, Claim]]) -> Verdict:
    verdict = _named(members, claims, set())
    if verdict.member is not None:
        return verdict
    first, _ = earliest(members)
    return Verdict(
        member=None,
        name=verdict.name,
        url=verdict.url,
        representative=first,
        confidence=verdict.confidence,
        evidence=verdict.evidence,
    )


def _places(members: Sequence[Member]) -> Mapping[str, Sequence[Member]]:
    """Return the members by uri, by domain and by the key of their publisher's name."""
    places: dict[str, list[Member]] = defaultdict(list)
    for member in members:
        # A page without metadata has no name but "northmoor-post.example"; a notice says "Northmoor Post".
        names = {name_key(member.publisher), name_key(member.domain.partition(".")[0])}
        for key in (member.uri, f"at {member.domain}", *(f"of {name}" for name in sorted(names))):
            places[key].append(member)
    return places


def _source_key(places: Mapping[str, Sequence[Member]], claimant: Member, claim: Claim) -> str:
    """Return the uri of the member that a claim means, else a name for a source outside the cluster."""
    if claim.uri and claim.uri != claimant.uri and claim.uri in places:
        return claim.uri
    name = name_key(claim.name or "")
    keys = [*(f"at {domain}" for domain in claim.domains), *([f"of {name}"] if name else [])]
    at_source = {m.uri: m for key in keys for m in places.get(key, ()) if m.uri != claimant.uri}
    if at_source:
        return earliest(list(at_source.values()))[0].uri
    return f"source:{(claim.domains or (claim.name or '',))[0]}"


def _sum(support: Sequence[tuple[Member, Claim]]) -> float:
    """Return the points of independent claims taken together: each leaves less doubt."""
    best: dict[str, float] = {}
    for member, claim in support:
        best[member.uri] = max(claim.points, best.get(member.uri, 0.0))
    doubt = 1.0
    for points in best.values():
        doubt *= 1 - points
    return round(1 - doubt, 3)


def _earliest_verdict(members: Sequence[Member]) -> Verdict:
    first, evidence = earliest(members)
    return Verdict(member=first, confidence=evidence.points, evidence=(evidence,))


def earliest(members: Sequence[Member]) -> tuple[Member, Evidence]:
    """Return the member that was published first, and the evidence: a date, or the order of arrival as last resort."""
    dated = sorted((m for m in members if m.date_published), key=lambda m: (m.date_published, m.uri))
    if dated:
        first = dated[0]
        assert first.date_published is not None
        rivals = [m for m in members if m is not first and not _clearly_later(m, first)]
        if first.date_exact and not rivals:
            points = _DATE_TRUST.get(first.date_source or "", _DATE_LEAST)
            return first, Evidence(signal="published-first", value=first.date_published.isoformat(), points=points)
        members = [first, *rivals]
    first = min(members, key=lambda m: (m.first_seen_at, m.uri))
    return first, Evidence(signal="arrived-first", value=first.first_seen_at.isoformat(), points=_ARRIVAL)


def _clearly_later(member: Member, first: Member) -> bool:
    if member.date_published is None or first.date_published is None:
        return False
    if member.date_exact and first.date_exact:
        return member.date_published - first.date_published >= _TOO_CLOSE
    return member.date_published.date() > first.date_published.date()


def _evidence(claim: Claim) -> Evidence:
    return Evidence(signal=claim.signal, value=claim.value, points=claim.points)
