"""Clusters: their members, the links between them, pairs that wait for each other, and editors' corrections."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from msgspec.structs import replace
from sqlalchemy import Connection, bindparam, delete, func, or_, select, update

from pipeline.models import Correction, Link, Member
from pipeline.record import Record
from pipeline.storage.statements import chunks, listed, put_rows
from pipeline.storage.tables import corrections, links, members, waiting_pairs

_ids = select(members.c.cluster_id).where(members.c.uri.in_(listed("uris")))
_NEAR = select(members.c.uri, members.c.member).where(members.c.cluster_id.in_(_ids))
_MEMBERS_IN = select(members.c.member).where(members.c.cluster_id.in_(listed("ids")))
_SIZES = (
    select(members.c.cluster_id, func.count().label("size"))
    .where(members.c.cluster_id.in_(listed("ids")))
    .group_by(members.c.cluster_id)
)
_MOVE = update(members).where(members.c.uri == bindparam("u")).values(cluster_id=bindparam("to"))
_LINKS_FROM = select(links.c.b, links.c.link).where(links.c.a.in_(listed("uris")))
_LINKED = select(links.c.a, links.c.b).where(or_(links.c.a == bindparam("u"), links.c.b == bindparam("u")))
_UNLINK = delete(links).where(or_(links.c.a == bindparam("u"), links.c.b == bindparam("u")))
_WAITING = select(waiting_pairs.c.seen_by).where(waiting_pairs.c.missing == bindparam("u"))
_SETTLE = delete(waiting_pairs).where(waiting_pairs.c.missing == bindparam("u"))
_NAMING = select(corrections).where(or_(corrections.c.low.in_(listed("uris")), corrections.c.high.in_(listed("uris"))))


def put_member(connection: Connection, member: Member, cluster_id: str) -> None:
    """Save a member and its cluster; the cluster that it was first in is kept."""
    row = {"uri": member.uri, "cluster_id": cluster_id, "first_cluster_id": cluster_id, "member": member}
    put_rows(connection, members, [row], "cluster_id", "member")


def assign_clusters(connection: Connection, cluster_of: Mapping[str, str]) -> None:
    """Set the cluster of members by uri."""
    rows = [{"u": uri, "to": cluster_of[uri]} for uri in sorted(cluster_of)]
    if rows:
        connection.execute(_MOVE, rows)


def members_of(connection: Connection, cluster_id: str) -> tuple[Member, ...]:
    """Return the members of a cluster, by uri; an id that no cluster has any more leads to where its member is now."""
    found = _members_in(connection, [cluster_id])
    if not found:
        moved = select(members.c.cluster_id).where(members.c.first_cluster_id == cluster_id).order_by(members.c.uri)
        now = connection.scalar(moved.limit(1))
        found = _members_in(connection, [now]) if now else ()
    return found


def _members_in(connection: Connection, cluster_ids: Iterable[str]) -> tuple[Member, ...]:
    found: list[Member] = []
    for chunk in chunks(cluster_ids):
        found += connection.scalars(_MEMBERS_IN, {"ids": chunk})
    return tuple(sorted(found, key=lambda member: member.uri))


def with_sizes(connection: Connection, found: Iterable[Record]) -> tuple[Record, ...]:
    """Return the records with the number of members that their clusters have now."""
    records = tuple(found)
    sizes: dict[str, int] = {}
    for chunk in chunks(record.syndication.cluster_id for record in records):
        sizes.update((row.cluster_id, row.size) for row in connection.execute(_SIZES, {"ids": chunk}))
    return tuple(_sized(record, sizes.get(record.syndication.cluster_id)) for record in records)


def _sized(record: Record, size: int | None) -> Record:
    if size is None or size == record.syndication.member_count:
        return record
    return replace(record, syndication=replace(record.syndication, member_count=size))


def neighbourhood(
    connection: Connection, uris: Iterable[str]
) -> tuple[tuple[Member, ...], tuple[Link, ...], tuple[Correction, ...]]:
    """Return the members of the clusters that the uris are in, the links among them, and corrections that name one."""
    found: dict[str, Member] = {}
    for chunk in chunks(uris):
        found.update((row.uri, row.member) for row in connection.execute(_NEAR, {"uris": chunk}))
    near = tuple(found[uri] for uri in sorted(found))
    names = [member.uri for member in near]
    return near, links_among(connection, names), _corrections_naming(connection, names)


def links_among(connection: Connection, uris: Iterable[str]) -> tuple[Link, ...]:
    """Return the links whose two ends are both among the uris, by their ends."""
    wanted = set(uris)
    found: list[Link] = []
    for chunk in chunks(sorted(wanted)):
        found += [row.link for row in connection.execute(_LINKS_FROM, {"uris": chunk}) if row.b in wanted]
    return tuple(sorted(found, key=lambda link: (link.a, link.b)))


def add_links(connection: Connection, added: Sequence[Link]) -> None:
    """Add or overwrite links."""
    by_ends = {(link.a, link.b): link for link in added}
    put_rows(connection, links, [{"a": a, "b": b, "link": link} for (a, b), link in sorted(by_ends.items())], "link")


def replace_links(connection: Connection, uri: str, new: Sequence[Link]) -> None:
    """Replace all links of `uri`, and forget who waited for it."""
    connection.execute(_UNLINK, {"u": uri})
    add_links(connection, new)
    connection.execute(_SETTLE, {"u": uri})


def linked(connection: Connection, uri: str) -> tuple[str, ...]:
    """Return the uris at the other ends of the links of `uri`."""
    return tuple(sorted(row.b if row.a == uri else row.a for row in connection.execute(_LINKED, {"u": uri})))


def waiting_for(connection: Connection, uri: str) -> tuple[str, ...]:
    """Return the uris that found `uri` in the index before it was stored."""
    return tuple(sorted(connection.scalars(_WAITING, {"u": uri})))


def put_waiting_pair(connection: Connection, missing: str, seen_by: str) -> None:
    """Note that `seen_by` waits for `missing`."""
    put_rows(connection, waiting_pairs, [{"missing": missing, "seen_by": seen_by}])


def put_correction(connection: Connection, correction: Correction) -> None:
    """Save an editor's word in the place of an earlier one on the same two."""
    low, high = sorted((correction.a, correction.b))
    row = {"low": low, "high": high, "at": correction.at, "correction": correction}
    put_rows(connection, corrections, [row], "at", "correction")


def all_corrections(connection: Connection) -> tuple[Correction, ...]:
    """Return all corrections, oldest first."""
    ordered = select(corrections.c.correction).order_by(corrections.c.at, corrections.c.low, corrections.c.high)
    return tuple(connection.scalars(ordered))


def _corrections_naming(connection: Connection, uris: Iterable[str]) -> tuple[Correction, ...]:
    found: dict[tuple[str, str], Correction] = {}
    for chunk in chunks(uris):
        for row in connection.execute(_NAMING, {"uris": chunk}):
            found[row.low, row.high] = row.correction
    return tuple(sorted(found.values(), key=lambda correction: (correction.at, correction.a, correction.b)))
