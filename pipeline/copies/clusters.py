"""Clusters as a pure function of links and corrections."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from pipeline.models import Correction, Link, Member


def clusters(
    members: Sequence[Member], links: Iterable[Link], corrections: Iterable[Correction]
) -> tuple[tuple[Member, ...], ...]:
    """Return the members in their clusters, ordered by uri.

    Joins by an editor come first, then links from the strongest to the weakest; none that would put two members that an
    editor split into one cluster. So the result does not depend on the order of any argument.
    """
    home = {member.uri: {member.uri} for member in members}
    latest: dict[tuple[str, str], Correction] = {}
    for correction in sorted(corrections, key=lambda c: (c.at, c.kind)):
        latest[_pair(correction.a, correction.b)] = correction
    split = {pair for pair, correction in latest.items() if correction.kind == "split"}
    joined = sorted(pair for pair, correction in latest.items() if correction.kind == "join")
    strong = sorted((link for link in links if link.joins), key=_strength)
    for a, b in [*joined, *((link.a, link.b) for link in strong)]:
        if a in home and b in home and home[a] is not home[b] and not _parted(home[a], home[b], split):
            home[a] |= home[b]
            for uri in home[b]:
                home[uri] = home[a]
    by_uri = {member.uri: member for member in members}
    groups = {min(group): group for group in home.values()}
    return tuple(tuple(by_uri[uri] for uri in sorted(groups[first])) for first in sorted(groups))


def cluster_id(uri: str) -> str:
    """Return the id of the cluster whose smallest member this is."""
    return f"c-{uri.rpartition(':')[2]}"


def _parted(one: set[str], other: set[str], split: set[tuple[str, str]]) -> bool:
    return any((a in one and b in other) or (a in other and b in one) for a, b in split)


def _pair(a: str, b: str) -> tuple[str, str]:
    return (a, b) if a < b else (b, a)


def _strength(link: Link) -> tuple[object, ...]:
    low, high = sorted((link.coverage_a, link.coverage_b))
    return (-high, -low, link.a, link.b)
