"""wiredesk feeds add: feeds by their URLs, or by the URL of a site."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from datetime import datetime

import click

from pipeline.feeds import FoundFeed
from pipeline.fetch import Client
from pipeline.models import Feed
from pipeline.storage.base import Store
from pipeline.urls import normalize_url
from workers.clock import utc_now
from workers.console import Console
from workers.feed_finder import Finding, look_at
from workers.parsers.feed_parsers import FeedParsers

#: URLs that are looked at at one time.
_AT_ONCE = 8


@click.command()
@click.argument("urls", nargs=-1, required=True, metavar="URL...")
@click.option("--title", help="A name of your own.")
@click.option("--group", "groups", multiple=True, help="A group; may be given several times.")
@click.option("--priority", type=int, default=0, help="Higher is fetched first.", show_default=True)
@click.option("--all", "take", flag_value="all", help="Of a site, add all feeds that are found.")
@click.option("--first", "take", flag_value="first", help="Of a site, add the feed that is surest.")
@click.option("--no-check", is_flag=True, help="Add the URLs as they are, without any request.")
@click.pass_obj
def add(
    console: Console,
    *,
    urls: tuple[str, ...],
    title: str | None,
    groups: tuple[str, ...],
    priority: int,
    take: str | None,
    no_check: bool,
) -> int:
    """Add feeds; the next poll is at once.

    An URL that is a feed is added as it is. Of a site's page the feeds and news sitemaps are shown for choice. An URL
    whose server does not answer is added with a warning.
    """
    for url in urls:
        check_url(url)
    findings = [Finding(url=url, kind="feed") for url in urls] if no_check else look_at_all(console, urls)
    chosen = [choose(finding, take) for finding in findings]
    new = {url: Feed(url=url, title=title, groups=groups, priority=priority) for some in chosen for url in some}
    if new:
        with console.store() as store:
            click.echo(f"{put_feeds(store, new.values(), utc_now())} of {len(new)} new")
    return 0 if all(chosen) else 1


def put_feeds(store: Store, feeds: Iterable[Feed], now: datetime) -> int:
    """Add feeds; returns how many were new. One that is there keeps what it is called when only its URL is given."""
    return store.add_feeds([feed for feed in feeds if feed != Feed(url=feed.url) or not store.feed(feed.url)], now)


def look_at_all(console: Console, urls: Sequence[str]) -> list[Finding]:
    """Return what stands at each URL. Foreign bytes are read in a child process."""
    with ExitStack() as stack:
        parsers = FeedParsers.alone(console.settings)
        stack.callback(parsers.guard.close)
        client = Client(console.settings.fetch, console.settings.politeness, None)
        stack.callback(client.close)
        threads = stack.enter_context(ThreadPoolExecutor(min(_AT_ONCE, len(urls))))
        return list(threads.map(lambda url: look_at(url, client, parsers), urls))


def choose(finding: Finding, take: str | None) -> tuple[str, ...]:
    """Return the URLs to add, none when nothing can be added without the operator's word; says why on stderr."""
    if finding.kind == "feed":
        return (finding.url,)
    if finding.kind == "silent":
        click.echo(f"wiredesk: {finding.url}: added unchecked, for it cannot be read now ({finding.detail})", err=True)
        return (finding.url,)
    if finding.kind == "refused":
        click.echo(f"wiredesk: {finding.url}: not added: {finding.detail}; --no-check adds it all the same", err=True)
        return ()
    if not finding.found:
        click.echo(f"wiredesk: {finding.url}: not added: no feed, and none was found on the site", err=True)
        return ()
    found = tuple(feed.url for feed in finding.found)
    if take is not None:
        return found if take == "all" else found[:1]
    return _ask(finding) if sys.stdin.isatty() and sys.stdout.isatty() else _only_show(finding)


def _ask(finding: Finding) -> tuple[str, ...]:
    """Return those of the site's feeds that the operator names."""
    _show(finding)
    while True:
        answer = click.prompt("Which? Numbers, a for all, n for none", default="1")
        numbers = read_choice(answer, len(finding.found))
        if numbers is not None:
            return tuple(finding.found[number - 1].url for number in numbers)
        click.echo(f"numbers from 1 to {len(finding.found)}, please")


def read_choice(answer: str, count: int) -> tuple[int, ...] | None:
    """Return the numbers chosen, None when the answer cannot be read."""
    words = answer.replace(",", " ").lower().split()
    if words in (["a"], ["all"]):
        return tuple(range(1, count + 1))
    if words in (["n"], ["none"]):
        return ()
    if not all(word.isascii() and word.isdigit() and 1 <= int(word[:9]) <= count for word in words):
        return None
    return tuple(dict.fromkeys(int(word) for word in words)) or None


def _only_show(finding: Finding) -> tuple[str, ...]:
    _show(finding)
    click.echo(f"wiredesk: {finding.url}: nothing added: name one of its feeds, or give --all or --first", err=True)
    return ()


def _show(finding: Finding) -> None:
    click.echo(f"{finding.url} is no feed; what was found there:")
    for line in _lines(finding.found):
        click.echo(line)


def _lines(found: Sequence[FoundFeed]) -> Iterator[str]:
    for number, feed in enumerate(found, 1):
        title = f"  {feed.title}" if feed.title else ""
        yield f"{number:3}  {feed.url}{title}  ({feed.kind}, {feed.how})"


def check_url(url: str) -> None:
    """Return for an URL that can be asked. Raises UsageError for any other."""
    try:
        normalize_url(url)
    except ValueError as error:
        raise click.UsageError(str(error)) from error
