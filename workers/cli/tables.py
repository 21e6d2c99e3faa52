"""Records, traces and summaries as text for people."""

from __future__ import annotations

import shutil
from collections.abc import Iterable, Iterator
from datetime import datetime

import click

from pipeline.record import Record
from pipeline.storage.base import Trace

#: The order in which an editor reads a story: whose it is, then who has it.
ROLES = {"original": 0, "representative": 1, "copy": 2, "solo": 3}


def record_table(records: Iterable[Record]) -> None:
    """Print records as a table: place, date, publisher, role, headline."""
    width = max(60, shutil.get_terminal_size((120, 24)).columns)
    click.echo(f"{'seq':>7}  {'published':16}  {'publisher':22}  {'role':14}  headline")
    for record in records:
        role = record.syndication.role
        line = (
            f"{record.seq:>7}  {when(record.date_published):16}  {fit(record.publisher.name, 22)}  {role:14}  "
            f"{record.headline}"
        )
        click.echo(line[:width])


def when(time: datetime | None) -> str:
    """Return a time to the minute, in UTC; a dash when it is not known."""
    return time.strftime("%Y-%m-%d %H:%M") if time else "-"


def fit(text: str, width: int) -> str:
    """Return the text cut or padded to a width."""
    return (text if len(text) <= width else text[: width - 1] + "…").ljust(width)


def trace_lines(trace: Trace, record: Record | None) -> Iterator[str]:
    """Yield the way of an URL, line by line."""
    url = trace.url
    yield f"{url.entry.url}"
    yield f"  trace     {url.trace_id}"
    yield f"  accepted  {when(url.accepted_at)}  host {url.host}  priority {url.priority}"
    for sighting in trace.sightings:
        yield f"  feed      {sighting.feed_url}  from {when(sighting.first_seen_at)} to {when(sighting.last_seen_at)}"
    for attempt in trace.attempts:
        yield f"  attempt   {when(attempt.at)}  {attempt.reason}{detail(attempt.detail)}"
    if trace.outcome:
        yield f"  ended     {when(trace.outcome.at)}  {trace.outcome.ending}: {trace.outcome.reason}" + detail(
            trace.outcome.detail
        )
    elif trace.batch_id:
        yield f"  now       in batch {trace.batch_id}"
    else:
        yield f"  now       waits, not before {when(trace.not_before)}"
    if record:
        syndication = record.syndication
        yield f"  record    {record.uri}  version {record.version}  seq {record.seq}"
        if record.url != url.entry.url:
            yield f"  page      {record.url}, to which this URL led"
        yield f"  cluster   {syndication.cluster_id}  {syndication.role} of {syndication.member_count}"


def detail(text: str | None) -> str:
    """Return a detail in brackets, or nothing."""
    return f"  ({text})" if text else ""
