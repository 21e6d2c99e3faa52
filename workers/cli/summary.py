"""The closing words of a run or an import: what came in, what came out, who is the original and why."""

from __future__ import annotations

import textwrap
from collections import defaultdict
from collections.abc import Iterator

import click

from pipeline.record import Record
from pipeline.storage.base import Counts, Store
from workers.cli.tables import ROLES, detail, fit

MOST_CLUSTERS = 20
MOST_FAILING = 10


def print_summary(store: Store, since: int, where: str) -> None:
    """Print what the store holds, and the clusters that changed after a place in the change feed."""
    lines = [*count_lines(store.counts()), *failing_lines(store), *cluster_lines(store, since), *output_lines(where)]
    for line in lines:
        click.echo(line)


def failing_lines(store: Store) -> Iterator[str]:
    """Yield the feeds whose last poll failed, with the reason."""
    failing = [stored for stored in store.feeds() if stored.state.failures and stored.state.history]
    if failing:
        yield f"  failing   {len(failing)} of the feeds"
    for stored in failing[:MOST_FAILING]:
        note = stored.state.history[0]
        yield f"            {stored.feed.url}  {note.reason}{detail(note.detail)}"
    if len(failing) > MOST_FAILING:
        yield "            … wiredesk feeds list --broken shows all"


def count_lines(counts: Counts) -> Iterator[str]:
    """Yield the counts, line by line."""
    ended = {ending: sum(reasons.values()) for ending, reasons in counts.ended.items()}
    yield ""
    yield f"  feeds     {counts.feeds}"
    parts = ", ".join(f"{number} {ending}" for ending, number in sorted(ended.items(), key=lambda x: -x[1]))
    yield f"  pages     {sum(ended.values())}" + (f"  ({parts})" if parts else "")
    for ending, reasons in sorted(counts.ended.items()):
        if ending not in {"stored", "unchanged", "duplicate"}:
            for reason, number in sorted(reasons.items(), key=lambda x: -x[1])[:5]:
                yield f"            {number} {ending}: {reason}"
    if counts.waiting:
        yield f"  waiting   {counts.waiting}  (wiredesk run goes on with them)"
    yield f"  records   {counts.records}"
    yield f"  stories   {counts.clusters}  ({counts.shared_clusters} of them carried by more than one publisher)"


def cluster_lines(store: Store, since: int) -> Iterator[str]:
    """Yield the stories with copies that changed, each with its original and the reason."""
    clusters: dict[str, list[Record]] = defaultdict(list)
    while page := store.changes(since, 500):
        since = page[-1].seq
        for record in page:
            if record.syndication.role != "solo":
                clusters[record.syndication.cluster_id].append(record)
    shown = sorted(clusters.values(), key=len, reverse=True)
    for members in shown[:MOST_CLUSTERS]:
        yield ""
        yield from story_lines(sorted(members, key=lambda r: (ROLES[r.syndication.role], r.publisher.name)))
    if len(shown) > MOST_CLUSTERS:
        yield f"\n  … and {len(shown) - MOST_CLUSTERS} stories more"


def story_lines(members: list[Record]) -> Iterator[str]:
    """Yield one story: its headline, then each member with its role and relation."""
    yield f"  {click.style(members[0].headline, bold=True)}"
    for record in members:
        syndication = record.syndication
        relation = f"{syndication.relation} " if syndication.relation and syndication.role == "copy" else ""
        share = f"{syndication.coverage.of_this:.0%} shared" if syndication.coverage else ""
        yield f"    {syndication.role:14} {fit(record.publisher.name, 26)} {relation}{share}"
    source = members[0].syndication.original
    if source and source.uri is None:
        yield f"    {'original':14} {fit(source.publisher or '', 26)} never fetched"
    reasons = strongest(members)
    if reasons:
        yield f"      because {textwrap.shorten(reasons, 110, placeholder=' …')}"


def strongest(members: list[Record]) -> str:
    """Return the strongest evidence of a story's members in words."""
    evidence = [e for record in members for e in record.syndication.evidence]
    # Of one signal the longest wording: the one that names the partner.
    best = {e.signal: e for e in sorted(evidence, key=lambda e: (e.points, len(e.value)))}
    strongest_first = sorted(best.values(), key=lambda e: -e.points)
    return "; ".join(f"{e.signal}: {e.value}" for e in strongest_first[:2])


def output_lines(where: str) -> Iterator[str]:
    """Yield where the output lies and how to read it."""
    yield ""
    yield f"  output    {where}"
    yield "            wiredesk records           every record, as JSON Lines or a table"
    yield "            wiredesk trace URL         the way of one page"
