"""wiredesk feeds: which feeds are polled, and how they do."""

from __future__ import annotations

import sys
from datetime import datetime, timedelta
from pathlib import Path

import click
from msgspec.structs import replace

from pipeline.feeds import write_opml
from pipeline.feeds.explain import describe, explain, silence
from pipeline.models import FeedState
from pipeline.storage.base import FeedChange, Store, StoredFeed
from workers.cli.add import add, put_feeds
from workers.clock import utc_now
from workers.console import Console
from workers.feed_files import read_feed_file

PAUSED = "paused by the operator"


@click.group()
def feeds() -> None:
    """Add, list, remove, import, export and explain feeds."""


feeds.add_command(add)


@feeds.command("list")
@click.option(
    "--broken", is_flag=True, help="Only those that fail, are muted, moved onto another feed, or fell silent."
)
@click.pass_obj
def list_feeds(console: Console, broken: bool) -> None:
    """List the feeds with their state."""
    with console.store() as store:
        for stored in store.feeds():
            if not broken or is_broken(stored.state, utc_now()):
                click.echo(f"{stored.feed.url}\n    {describe(stored.state, utc_now())}")


@feeds.command()
@click.argument("urls", nargs=-1, required=True, metavar="URL...")
@click.pass_obj
def remove(console: Console, urls: tuple[str, ...]) -> None:
    """Remove feeds; what they brought stays."""
    with console.store() as store:
        unknown = [url for url in urls if not store.remove_feed(url)]
    if unknown:
        raise click.ClickException("no such feed: " + ", ".join(unknown))


@feeds.command("import")
@click.argument("files", nargs=-1, required=True, metavar="FILE...", type=click.Path(path_type=Path))
@click.pass_obj
def import_feeds(console: Console, files: tuple[Path, ...]) -> None:
    """Add the feeds of OPML, TOML or plain list files; - reads OPML or a list from standard input."""
    found = [feed for file in files for feed in read_feed_file(file)]
    with console.store() as store:
        click.echo(f"{put_feeds(store, found, utc_now())} of {len(found)} new")


@feeds.command()
@click.argument("file", required=False, type=click.Path(path_type=Path))
@click.pass_obj
def export(console: Console, file: Path | None) -> None:
    """Write all feeds as OPML 2.0 to FILE, or to standard output."""
    with console.store() as store:
        opml = write_opml(tuple(stored.feed for stored in store.feeds()))
    if file is None:
        sys.stdout.buffer.write(opml)
        return
    try:
        file.write_bytes(opml)
    except OSError as error:
        raise click.ClickException(f"{file}: cannot be written: {error.strerror}") from error


@feeds.command("explain")
@click.argument("url")
@click.pass_obj
def explain_feed(console: Console, url: str) -> None:
    """Print why a feed is polled when it is, and its last polls."""
    with console.store() as store:
        for line in explain(one_feed(store, url).state, utc_now()):
            click.echo(line)


@feeds.command()
@click.argument("url")
@click.pass_obj
def pause(console: Console, url: str) -> None:
    """Poll a feed no more, until resume."""
    never = utc_now() + timedelta(days=36_500)
    with console.store() as store:
        change(store, url, lambda state: replace(state, muted=PAUSED, next_poll_at=never))


@feeds.command()
@click.argument("url")
@click.pass_obj
def resume(console: Console, url: str) -> None:
    """Poll a paused or muted feed again, at once.

    Conditional requests, which are off for a while after a server's validators have lied, are tried again too.
    """
    now = utc_now()
    with console.store() as store:
        change(
            store,
            url,
            lambda state: replace(state, muted=None, failures=0.0, next_poll_at=now, validators_lied_at=None),
        )


@feeds.command()
@click.argument("urls", nargs=-1, required=True, metavar="URL...")
@click.pass_obj
def poll(console: Console, urls: tuple[str, ...]) -> None:
    """Make feeds due at once; the workers poll them as any other."""
    with console.store() as store:
        for url in urls:
            if store.change_feed(url, lambda state: None if state.muted else replace(state, next_poll_at=utc_now())):
                continue
            muted = one_feed(store, url).state.muted
            raise click.ClickException(f"{url}: not polled: {muted}; wiredesk feeds resume changes that")


def is_broken(state: FeedState, now: datetime) -> bool:
    """Return whether the operator should have a look at the feed."""
    muted = state.muted is not None and state.muted != PAUSED
    return bool(muted or state.failing_since or state.collides_with or (not state.muted and silence(state, now)))


def change(store: Store, url: str, wanted: FeedChange) -> None:
    """Change a feed. Raises ClickException when it is not there."""
    if store.change_feed(url, wanted) is None:
        raise click.ClickException(missing(url))


def one_feed(store: Store, url: str) -> StoredFeed:
    """Return a feed. Raises ClickException when it is not there."""
    stored = store.feed(url)
    if stored is None:
        raise click.ClickException(missing(url))
    return stored


def missing(url: str) -> str:
    """Return what to say of a feed that is not there."""
    return f"{url}: no such feed; wiredesk feeds list shows them"
