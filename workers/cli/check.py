"""wiredesk check: the configuration, looked at without starting anything."""

from __future__ import annotations

import click

from pipeline.fetch import Client
from pipeline.index import IndexMark
from pipeline.settings import load_notice_rules, load_overrides, load_partners
from pipeline.storage.base import Store
from workers.console import Console
from workers.queue.queue import connect
from workers.queue.redis_client import make_client, without_password


@click.command()
@click.option("--services", is_flag=True, help="Also connect to the store and to Redis.")
@click.pass_obj
def check(console: Console, services: bool) -> None:
    """Check the configuration and say what a start would use; exit code 2 when it is wrong."""
    from pipeline.extract import check_examples, make_reader  # noqa: PLC0415 - loads the parsers, which no other command needs here

    settings = console.settings
    partners = load_partners(console.config)
    rules = load_notice_rules(console.config)
    overrides = load_overrides(console.config)
    make_reader(settings.extract, rules, partners, overrides)
    check_examples(rules, tuple(mark for partner in partners for mark in partner.marks))
    Client(settings.fetch, settings.politeness, None).close()
    check_urls(console)
    click.echo(f"settings  {console.config / 'settings.toml' if console.config else 'defaults'} and environment: ok")
    click.echo(f"partners  {len(partners)}: ok")
    click.echo(f"notices   {len(rules)} rules, each with its examples: ok")
    click.echo(f"sites     {len(overrides)} overrides: ok")
    click.echo(f"feeds     {len(console.own_feeds())} in your own files: ok")
    click.echo(f"store     {console.shown_store}")
    click.echo(
        f"redis     {without_password(settings.redis.url) if settings.redis.url else f'embedded in {console.data_dir}'}"
    )
    if services:
        check_services(console)


def check_urls(console: Console) -> None:
    """Read the addresses of store and Redis without connecting. Raises ConfigError for one that is none."""
    from pipeline.storage.engine import make_engine  # noqa: PLC0415 - the drivers, as above

    make_engine(console.store_url)[0].dispose()
    if console.settings.redis.url:
        make_client(console.settings.redis.url).close()


def check_services(console: Console) -> None:
    """Connect to the store and to a configured Redis. Raises ServiceError naming the one that is away."""
    with console.store() as store:
        counts = store.counts()
        click.echo(f"store     answers: {counts.records} records, {counts.waiting} URLs waiting")
        if console.settings.redis.url:
            client = connect(console.settings.redis.url)
            try:
                click.echo("redis     answers")
                click.echo(f"index     {index_words(store, IndexMark(client, console.settings.copies))}")
            finally:
                client.close()


def index_words(store: Store, mark: IndexMark) -> str:
    """Return how the copy index stands."""
    known = store.indexed_seq()
    found = mark.read()
    if found is not None and found.same_rules and found.same_server and found.seq >= known:
        return "whole"
    making = mark.making()
    if making is not None:
        return f"being made whole: {making} of {store.newest_seq()}"
    what = "lost, or never made" if found is None else "incomplete" if found.same_rules else "made with other settings"
    return f"{what}; `wiredesk run` or `schedule` makes it whole"
