"""wiredesk run: scheduler, workers, queue and store in one command."""

from __future__ import annotations

import os
from contextlib import ExitStack
from pathlib import Path

import click
from msgspec.structs import replace

from pipeline.errors import ConfigError
from pipeline.models import Feed
from pipeline.settings import load_partners
from pipeline.storage.base import Store
from pipeline.urls import normalize_url
from workers.cli.add import put_feeds
from workers.cli.progress import Progress
from workers.cli.summary import print_summary
from workers.clock import utc_now
from workers.console import Console
from workers.feed_files import read_feed_file
from workers.station import open_station

#: The bundled newsroom is ours and on loopback: it may be asked as fast as it answers.
DEMO_DELAY_S = "0.02"


@click.command()
@click.argument("sources", nargs=-1, metavar="[URL|FILE]...")
@click.option("--once", is_flag=True, help="End by itself when everything that is due is done.")
@click.option("--demo", is_flag=True, help="Ingest the bundled fictional newsroom, served on loopback; implies --once.")
@click.option(
    "--workers",
    type=click.IntRange(1, 64),
    default=min(4, os.cpu_count() or 1),
    show_default="CPUs, at most 4",
    help="Worker processes.",
)
@click.pass_obj
def run(console: Console, sources: tuple[str, ...], once: bool, demo: bool, workers: int) -> int:
    """Poll feeds, fetch and store their articles: scheduler, queue and workers in one.

    Each SOURCE is a feed's URL, or a file of feeds: .opml, .toml, or a plain list. Without one, the feeds in the store
    are polled. Ctrl+C ends it; what is not done goes on at the next start.
    """
    with ExitStack() as stack:
        feeds = read_sources(sources) + console.own_feeds()
        if demo:
            console, newsroom = open_demo(stack, console)
            feeds += newsroom
        log = console.open_log()
        store = stack.enter_context(console.store())
        since = take_in(store, feeds)
        if demo:
            stack.callback(remove_feeds, store, newsroom)
        redis_url = stack.enter_context(console.redis_url())
        with open_station(
            store,
            redis_url=redis_url,
            settings=console.settings,
            partners=load_partners(console.config),
            workers=workers,
            environ=console.worker_environ(redis_url, log),
        ) as station:
            parts = f"{count(len(store.feeds()), 'feed')}, {count(workers, 'worker')}"
            click.echo(f"wiredesk runs: {parts}, log in {log}", err=True)
            with Progress() as progress:
                station.wait(lambda cause: progress.show(lambda: progress_text(store, cause)), until_done=once or demo)
        print_summary(store, since, console.shown_store)
        return 1 if nothing_came(store, since) else 0


def count(number: int, noun: str) -> str:
    """Return "1 feed", "2 feeds"."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def nothing_came(store: Store, since: int) -> bool:
    """Return whether every feed failed and no record came."""
    feeds = store.feeds()
    return bool(feeds) and store.counts().seq == since and all(stored.state.failures for stored in feeds)


def take_in(store: Store, feeds: tuple[Feed, ...]) -> int:
    """Add the feeds, due at once; returns the change feed's place. Raises UsageError when nothing is to do."""
    put_feeds(store, feeds, utc_now())
    poll_now(store, {feed.url for feed in feeds})
    counts = store.counts()
    if not counts.feeds and not counts.waiting:
        raise click.UsageError("no feeds: name an URL or a file of feeds, or try: wiredesk run --demo")
    return counts.seq


def open_demo(stack: ExitStack, console: Console) -> tuple[Console, tuple[Feed, ...]]:
    """Serve the bundled newsroom for the length of the stack; returns a console that reaches it, and its feeds."""
    from workers.demo import demo_feeds, demo_hosts, serve  # noqa: PLC0415 - articles that no other command needs

    server = stack.enter_context(serve())
    hosts = ", ".join(f'"{name}" = "{address}"' for name, address in demo_hosts(server).items())
    environ = {
        **console.environ,
        "WIREDESK_FETCH_HOSTS": f"{{{hosts}}}",
        "WIREDESK_POLITENESS_DELAY_S": DEMO_DELAY_S,
        "WIREDESK_POLITENESS_RESPONSE_FACTOR": "0",
    }
    return Console(console.config, environ), demo_feeds()


def read_sources(sources: tuple[str, ...]) -> tuple[Feed, ...]:
    """Return the feeds that the arguments name. Raises ConfigError for what is neither an URL nor a file."""
    feeds: list[Feed] = []
    for word in (word for source in sources for word in source.split()):
        if "://" in word:
            try:
                normalize_url(word)
            except ValueError as error:
                raise click.UsageError(str(error)) from error
            feeds.append(Feed(url=word))
        elif Path(word).is_file():
            feeds.extend(read_feed_file(Path(word)))
        else:
            raise ConfigError(f"{word}: neither an URL (https://…) nor a file")
    return tuple(feeds)


def poll_now(store: Store, urls: set[str]) -> None:
    """Make the feeds that were named on the command line due at once."""
    now = utc_now()
    for url in sorted(urls):
        store.change_feed(url, lambda state: replace(state, next_poll_at=now) if state.next_poll_at > now else None)


def remove_feeds(store: Store, feeds: tuple[Feed, ...]) -> None:
    """Remove feeds that nobody serves any more; what they brought stays."""
    for feed in feeds:
        store.remove_feed(feed.url)


def progress_text(store: Store, cause: str | None) -> str:
    """Return how far things are, on one line; `cause`: what is waited for."""
    counts = store.counts()
    ended = sum(sum(reasons.values()) for reasons in counts.ended.values())
    waits = f", waits: {cause[:100]}" if cause else ""
    return f"pages {ended} of {ended + counts.waiting}, records {counts.records}, stories {counts.clusters}{waits}"
