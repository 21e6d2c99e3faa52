"""wiredesk records, trace: what is in the store."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Iterator

import click

from pipeline.codec import to_json
from pipeline.record import Record
from pipeline.records.projections import PROJECTIONS
from pipeline.records.schema import schema_text
from pipeline.storage.base import Store
from pipeline.urls import record_uri, url_key
from workers.cli.tables import record_table, trace_lines
from workers.console import Console

PAGE = 500


@click.command()
@click.option("--since", default=0, metavar="SEQ", help="Only what came after this place in the change feed.")
@click.option("--follow", is_flag=True, help="Go on as records come in, until Ctrl+C.")
@click.option("--limit", type=click.IntRange(min=1), help="At most so many records.")
@click.option("--url", help="Only the record of this page (URL or uri).")
@click.option(
    "--format",
    "form",
    type=click.Choice(["jsonl", "table", *PROJECTIONS]),
    default=None,
    help="jsonl (the default in a pipe), table (the default on a terminal), or a projection.",
)
@click.option("--schema", is_flag=True, help="Print the JSON Schema of a record instead.")
@click.pass_obj
def records(
    console: Console, *, since: int, follow: bool, limit: int | None, url: str | None, form: str | None, schema: bool
) -> None:
    """Print the current version of each record, in the order of the change feed."""
    if schema:
        click.echo(schema_text(), nl=False)
        return
    form = form or ("table" if sys.stdout.isatty() else "jsonl")
    with console.store() as store:
        found = one_record(store, url) if url else changes(store, since, follow)
        if limit is not None:
            found = (record for record, _ in zip(found, range(limit), strict=False))
        if form == "table":
            record_table(found)
        elif form == "jsonl":
            write_lines(to_json(record) for record in found)
        else:
            write_lines(PROJECTIONS[form](record) for record in found)


def one_record(store: Store, url: str) -> Iterator[Record]:
    """Yield the record of an URL or uri. Raises ClickException when there is none."""
    uri = url if url.startswith("urn:") else record_uri(checked(url))
    found = store.current_records([uri])
    if uri not in found:
        ended = None if url.startswith("urn:") else store.end_of([url_key(url)]).get(url_key(url))
        if ended is None or ended.uri is None:
            raise click.ClickException(f"{url}: no record" + (f" ({ended.ending}: {ended.reason})" if ended else ""))
        found = store.current_records([ended.uri])
    yield from found.values()


def checked(url: str) -> str:
    """Return the URL. Raises UsageError when it is none."""
    try:
        record_uri(url)
    except ValueError as error:
        raise click.UsageError(str(error)) from error
    return url


def changes(store: Store, since: int, follow: bool) -> Iterator[Record]:
    """Yield the records after a place in the change feed; with `follow`, for ever."""
    while True:
        page = store.changes(since, PAGE)
        yield from page
        if page:
            since = page[-1].seq
        elif follow:
            time.sleep(1)
        else:
            return


def write_lines(lines: Iterator[bytes]) -> None:
    """Write one line each, at once: the reader may be waiting. One that has enough ends the command in silence."""
    for line in lines:
        try:
            sys.stdout.buffer.write(line + b"\n")
            sys.stdout.buffer.flush()
        except BrokenPipeError as error:
            # What is still in the buffer would be written again at the exit.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            raise click.exceptions.Exit(0) from error


@click.command()
@click.argument("url")
@click.option("--json", "as_json", is_flag=True, help="As one JSON object.")
@click.pass_obj
def trace(console: Console, url: str, as_json: bool) -> None:
    """Print the way of one URL: feeds that carried it, attempts, how it ended, its record."""
    with console.store() as store:
        found = store.trace(url_key(checked(url)))
        if found is None:
            raise click.ClickException(f"{url}: never accepted; no feed carried it and no import brought it")
        if as_json:
            write_lines(iter([to_json(found)]))
            return
        uri = found.outcome.uri if found.outcome else None
        record = store.current_records([uri]).get(uri) if uri else None
        for line in trace_lines(found, record):
            click.echo(line)
