"""wiredesk copies and index: the stories that several publishers carry, and the index that finds them."""

from __future__ import annotations

import threading
from functools import partial

import click

from pipeline.copies import Partners
from pipeline.errors import ServiceError
from pipeline.ingest import correct
from pipeline.models import Correction
from pipeline.record import Record
from pipeline.settings import load_partners
from pipeline.storage.base import Store
from pipeline.urls import record_uri
from workers.cli.progress import Progress
from workers.cli.story import compare_lines, story_lines
from workers.clock import utc_now
from workers.console import Console
from workers.rebuild import IndexLost, Rebuild


class Default(click.Group):
    """A group whose first word may be an argument of its `show` command."""

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Return the command that the words name, else `show` with all of them."""
        if args and args[0] not in self.commands:
            args = ["show", *args]
        return super().resolve_command(ctx, args)


@click.group(cls=Default, no_args_is_help=True)
def copies() -> None:
    """Show a story's copies and why they are joined; correct a verdict.

    `wiredesk copies URL|URI|CLUSTER` is short for `wiredesk copies show …`.
    """


@copies.command()
@click.argument("what", metavar="URL|URI|CLUSTER")
@click.option("--diff", "other", metavar="URL|URI", help="Compare with this record instead: what the two share.")
@click.pass_obj
def show(console: Console, what: str, other: str | None) -> None:
    """Show the cluster of a record: members, roles, relations, coverage, evidence and shared passages."""
    with console.store() as store:
        lines = (
            compare_lines(record_of(store, what), record_of(store, other), console.settings.copies)
            if other
            else story_lines(cluster_of(store, what), console.settings.copies)
        )
        for line in lines:
            click.echo(line)


@copies.command()
@click.argument("a", metavar="URL|URI")
@click.argument("b", metavar="URL|URI")
@click.option("--note", help="Why; shown with the evidence.")
@click.pass_obj
def split(console: Console, a: str, b: str, note: str | None) -> None:
    """Say that two records are not one story; it outlives every rebuild."""
    say(console, "split", a, b, note)


@copies.command()
@click.argument("a", metavar="URL|URI")
@click.argument("b", metavar="URL|URI")
@click.option("--note", help="Why; shown with the evidence.")
@click.pass_obj
def join(console: Console, a: str, b: str, note: str | None) -> None:
    """Say that two records are one story; it outlives every rebuild."""
    say(console, "join", a, b, note)


def say(console: Console, kind: str, a: str, b: str, note: str | None) -> None:
    """Save an editor's word and say how many records changed."""
    with console.store() as store:
        first, second = sorted((record_of(store, a).uri, record_of(store, b).uri))
        if first == second:
            raise click.UsageError("the two are one record")
        correction = Correction(kind=kind, a=first, b=second, at=utc_now(), note=note)
        changed = correct(store, correction, Partners(load_partners(console.config)), utc_now())
    click.echo(f"{changed} records changed")


@click.group()
def index() -> None:
    """The copy index in Redis."""


@index.command()
@click.pass_obj
def rebuild(console: Console) -> None:
    """Empty the copy index and make it anew from the store. After a loss of Redis the scheduler does so by itself."""
    with console.store() as store, console.redis() as redis, Progress() as progress:
        total = store.counts().records
        made = Rebuild(store, redis, console.settings.copies, Partners(load_partners(console.config)))
        made.clear()
        done = 0
        try:
            for done in made.run(0, utc_now(), threading.Event()):
                progress.show(partial("{} of {} records".format, done, total))
        except IndexLost as error:
            raise ServiceError(f"the copy index is still not whole: {error}") from error
    click.echo(f"{done} records in the index")


def record_of(store: Store, what: str) -> Record:
    """Return the record of an URL or uri. Raises ClickException when there is none."""
    try:
        uri = what if what.startswith("urn:") else record_uri(what)
    except ValueError as error:
        raise click.UsageError(str(error)) from error
    found = store.current_records([uri]).get(uri)
    if found is None:
        raise click.ClickException(f"{what}: no record")
    return found


def cluster_of(store: Store, what: str) -> list[Record]:
    """Return the records of a cluster, named by its id or by a member. Raises ClickException when there is none."""
    cluster_id = what if what.startswith("c-") else record_of(store, what).syndication.cluster_id
    found = store.current_records([member.uri for member in store.members(cluster_id)])
    if not found:
        raise click.ClickException(f"{what}: no such cluster")
    return list(found.values())
