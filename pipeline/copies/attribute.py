"""Who copied whom: clusters, roles, relations and the evidence, from members, links and corrections alone."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime

import msgspec

from pipeline.copies.claims import Claim, claims_of, remarks_of
from pipeline.copies.clusters import cluster_id, clusters
from pipeline.copies.origin import Verdict, find_origin
from pipeline.copies.partners import Partners
from pipeline.copies.relation import Sides, relation_of, seen_from
from pipeline.models import Correction, Link, Member
from pipeline.record import Evidence, Original, Role, Syndication

#: Grows with every change of what is decided from the same members and links.
DECIDER_VERSION = "1"
#: Reasons that a verdict carries: 300 papers with one agency's mark are 300 reasons.
MOST_EVIDENCE = 12


def attribute(
    members: Iterable[Member],
    links: Iterable[Link],
    corrections: Iterable[Correction],
    partners: Partners,
    now: datetime,
) -> dict[str, Syndication]:
    """Return the place of every member among the copies of its story, by uri.

    A function of the sets alone: their order, and `now` but for `decided_at`, make no difference.
    """
    links = sorted(links, key=lambda link: (link.a, link.b))
    corrections = sorted(corrections, key=lambda c: (c.at, c.a, c.b))
    groups = clusters(sorted(members, key=lambda m: m.uri), links, corrections)
    home = {member.uri: group[0].uri for group in groups for member in group}
    sides: dict[str, list[Sides]] = defaultdict(list)
    for link in links:
        if link.a in home and home[link.a] == home.get(link.b):
            for uri in (link.a, link.b):
                sides[uri].append(seen_from(uri, link))
    found: dict[str, Syndication] = {}
    for group in groups:
        claims = {member.uri: claims_of(member, partners) for member in group}
        verdict = find_origin(group, claims)
        for member in group:
            words = [c for c in corrections if member.uri in (c.a, c.b)]
            found[member.uri] = _place(
                member,
                group=group,
                sides=_nearest(sides[member.uri], verdict),
                verdict=verdict,
                evidence=_evidence(member, words, claims[member.uri], verdict),
                now=now,
            )
    return found


def same_verdict(one: Syndication, other: Syndication) -> bool:
    """Return whether two verdicts say the same: when they were decided and how many members there are is no matter."""

    def essence(verdict: Syndication) -> Syndication:
        return msgspec.structs.replace(verdict, decided_at=one.decided_at, member_count=0)

    return essence(one) == essence(other)


def _place(
    member: Member,
    *,
    group: Sequence[Member],
    sides: Sides | None,
    verdict: Verdict | None,
    evidence: tuple[Evidence, ...],
    now: datetime,
) -> Syndication:
    role = _role(member, verdict)
    copied = role in ("copy", "representative")
    return Syndication(
        cluster_id=cluster_id(group[0].uri),
        role=role,
        confidence=verdict.confidence if verdict else 1.0,
        original=_original(verdict) if copied else None,
        relation=relation_of(member, sides) if copied else None,
        coverage=sides.coverage if sides else None,
        nearest=sides.other if sides else None,
        member_count=len(group),
        evidence=evidence,
        decided_at=now,
        decider_version=DECIDER_VERSION,
    )


def _role(member: Member, verdict: Verdict | None) -> Role:
    if verdict is None:
        return "solo"
    if verdict.member is not None and verdict.member.uri == member.uri:
        return "original"
    if verdict.representative is not None and verdict.representative.uri == member.uri:
        return "representative"
    return "copy"


def _original(verdict: Verdict | None) -> Original | None:
    if verdict is None:
        return None
    if verdict.member is None:
        return Original(url=verdict.url, publisher=verdict.name)
    return Original(uri=verdict.member.uri, url=verdict.member.url, publisher=verdict.member.publisher)


def _nearest(sides: Sequence[Sides], verdict: Verdict | None) -> Sides | None:
    """Return what a member shares with the original, else with the member that it shares most with."""
    first = verdict.member or verdict.representative if verdict else None
    straight = next((side for side in sides if first and side.other == first.uri), None)
    return straight or min(sides, key=_distance, default=None)


def _distance(side: Sides) -> tuple[float, float, str]:
    return -max(side.of_this, side.of_other), -side.of_this - side.of_other, side.other


def _evidence(
    member: Member, corrections: Sequence[Correction], claims: Sequence[Claim], verdict: Verdict | None
) -> tuple[Evidence, ...]:
    """Return the reasons: an editor's word, what the page says itself, then what decided the cluster."""
    words = [Evidence(signal=f"editor:{c.kind}", value=c.note or f"{c.a} {c.b}", points=1.0) for c in corrections]
    own = [Evidence(signal=c.signal, value=c.value, points=c.points) for c in claims]
    shared = verdict.evidence if verdict else ()
    return tuple(dict.fromkeys([*words, *own, *shared, *remarks_of(member)]))[:MOST_EVIDENCE]
