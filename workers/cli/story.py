"""A story's members, verdicts and shared passages as text for an editor."""

from __future__ import annotations

import shutil
import textwrap
from collections.abc import Iterator

import click

from pipeline.copies import Passage, compare, shared_passages
from pipeline.policies import CopyPolicy
from pipeline.record import Record
from pipeline.records import member_of
from workers.cli.tables import ROLES, fit, when

MOST_PASSAGES = 8
#: Words shown of a long passage, at its beginning and its end.
ENDS = 160


def story_lines(members: list[Record], policy: CopyPolicy) -> Iterator[str]:
    """Yield a cluster: each member with its verdict and evidence, then what it shares with its nearest."""
    members = sorted(members, key=lambda r: (ROLES[r.syndication.role], r.publisher.name, r.uri))
    yield f"cluster {members[0].syndication.cluster_id}, {len(members)} members"
    for record in members:
        yield from member_lines(record)
    by_uri = {record.uri: record for record in members}
    for record in members:
        nearest = by_uri.get(record.syndication.nearest or "")
        if record.syndication.role == "copy" and nearest is not None:
            yield ""
            yield from compare_lines(record, nearest, policy)


def member_lines(record: Record) -> Iterator[str]:
    """Yield one member: role, publisher, relation, coverage, evidence."""
    verdict = record.syndication
    yield ""
    yield f"{click.style(verdict.role, bold=True)}  {record.publisher.name}: {record.headline}"
    yield f"  {record.url}"
    yield f"  {record.uri}  published {when(record.date_published)}  {record.word_count} words"
    if verdict.relation and verdict.coverage:
        shares = f"{verdict.coverage.of_this:.0%} of it, {verdict.coverage.of_other:.0%} of the other"
        yield f"  {verdict.relation}: shares {shares}"
    if verdict.original and verdict.original.uri is None:
        yield f"  original: {verdict.original.publisher or verdict.original.url}, never fetched"
    yield f"  confidence {verdict.confidence:.2f}"
    for evidence in verdict.evidence:
        yield f"    {evidence.points:4.2f}  {evidence.signal}: {evidence.value}"


def compare_lines(one: Record, other: Record, policy: CopyPolicy) -> Iterator[str]:
    """Yield what two records share: the measures, then the passages side by side."""
    width = max(60, min(160, shutil.get_terminal_size((120, 24)).columns))
    column = (width - 3) // 2
    link = compare(member_of(one), one.article_body, member_of(other), other.article_body, policy)
    yield f"{fit(one.publisher.name, column)} | {other.publisher.name}"
    yield f"{fit(one.headline, column)} | {fit(other.headline, column).rstrip()}"
    if link is None:
        yield "nothing in common"
        return
    yield f"joined: {'yes' if link.joins else 'no'}" + (f"  ({', '.join(link.signals)})" if link.signals else "")
    passages = shared_passages(one.article_body, other.article_body, policy)
    for passage in passages[:MOST_PASSAGES]:
        yield f"{'-' * column}-+-{'-' * column}"
        yield from beside(one, other, passage, column)
    if len(passages) > MOST_PASSAGES:
        yield f"… and {len(passages) - MOST_PASSAGES} passages more"


def beside(one: Record, other: Record, passage: Passage, column: int) -> Iterator[str]:
    """Yield one passage as it stands in both, with its words counted."""
    left = textwrap.wrap(ends(one.article_body[passage.start_a : passage.end_a]), column)
    right = textwrap.wrap(ends(other.article_body[passage.start_b : passage.end_b]), column)
    for number in range(max(len(left), len(right))):
        yield f"{part(left, number).ljust(column)} | {part(right, number)}"
    yield f"({passage.words} words)"


def part(lines: list[str], number: int) -> str:
    """Return a line, or nothing past the last."""
    return lines[number] if number < len(lines) else ""


def ends(text: str) -> str:
    """Return a passage on one line; of a long one its beginning and its end."""
    line = " ".join(text.split())
    return line if len(line) <= 2 * ENDS + 20 else f"{line[:ENDS]} […] {line[-ENDS:]}"
