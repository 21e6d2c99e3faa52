"""wiredesk extract: the record of one page, without a store."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from pipeline.codec import to_json
from pipeline.errors import NeverAgain, TryLater
from pipeline.ingest import arrival_of, draft_of
from pipeline.models import Page
from workers.cli.records import checked, write_lines
from workers.clock import utc_now
from workers.console import Console
from workers.desk import open_reading_desk


@click.command()
@click.argument("source", metavar="FILE|URL|-")
@click.option("--url", help="The page's address, when SOURCE is a file.")
@click.pass_obj
def extract(console: Console, source: str, url: str | None) -> None:
    """Print the record of one page without storing it."""
    with open_reading_desk(console) as desk:
        try:
            page = desk.client.get(web_url(source), kind="page") if "://" in source else local_page(source, url)
            arrival = arrival_of(page)
            extracted = desk.parsers.page(page, None)
        except (NeverAgain, TryLater) as error:
            raise click.ClickException(f"{source}: {error}") from error
        draft = draft_of(arrival, extracted, desk.parsers.partners, desk.parsers.rules_version, utc_now())
    write_lines(iter([to_json(draft)]))


def web_url(url: str) -> str:
    """Return the URL. Raises UsageError for one that is none of the web's."""
    if not url.lower().startswith(("http://", "https://")):
        raise click.UsageError(f"{url}: neither a file nor an URL that begins with http:// or https://")
    return url


def local_page(source: str, url: str | None) -> Page:
    """Return a page from a file or standard input. Raises UsageError naming the file."""
    try:
        body = sys.stdin.buffer.read() if source == "-" else Path(source).read_bytes()
    except OSError as error:
        raise click.UsageError(f"{source}: {error.strerror}") from error
    address = checked(url) if url else "https://localhost/" + Path(source).name
    return Page(
        requested_url=address, url=address, status=200, content_type="text/html", body=body, fetched_at=utc_now()
    )
