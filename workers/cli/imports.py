"""wiredesk import: archives through the same stages, without the network."""

from __future__ import annotations

import os
import threading
from collections import Counter
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import click

from pipeline.archive import BadRow, ImportRow, read_archive
from pipeline.copies import Partners
from pipeline.errors import ServiceError
from pipeline.settings import load_partners
from pipeline.storage.base import Store
from workers.cli.progress import Progress
from workers.cli.summary import print_summary
from workers.clock import utc_now
from workers.console import Console
from workers.importer import import_rows
from workers.queue.redis_client import connect
from workers.rebuild import IndexLost, Rebuild


@click.command("import")
@click.argument(
    "files",
    nargs=-1,
    required=True,
    metavar="FILE...",
    type=click.Path(exists=True, dir_okay=False, readable=True, path_type=Path),
)
@click.option("-j", "--jobs", type=click.IntRange(1, 64), default=1, show_default=True, help="Processes.")
@click.option("--partner", help="The archive of this partner: the copy index never forgets it.")
@click.pass_obj
def import_files(console: Console, files: tuple[Path, ...], jobs: int, partner: str | None) -> int:
    """Take archives in: WARC (.warc, .warc.gz), or JSON Lines (.jsonl, .jsonl.gz).

    A line is {"url", "html" | "htmlPath" | "text", "headline"?, "datePublished"?, "authors"?, "fetchedAt"?}. A bad row
    is reported with its place and passed over. An import that was interrupted goes on when it is started again.
    """
    check_partner(console, partner)
    console.open_log()
    done: Counter[str] = Counter()
    with console.redis_url() as redis_url, console.store() as store, Progress() as progress:
        since = store.counts().seq
        registry = Partners(load_partners(console.config))
        make_index_whole(console, store, redis_url, registry, progress)
        for file in files:
            size = max(1, file.stat().st_size)
            rows = good_rows(file, done)
            for report in import_rows(console, redis_url, rows, jobs=jobs, partner=partner):
                done.update(report.endings)
                share = min(1.0, report.position / size)
                progress.show(partial(progress_text, file, share, done))
            # Rows that cannot be read may come last.
            progress.show(partial(progress_text, file, 1.0, done))
        make_index_whole(console, store, redis_url, registry, progress)
        print_summary(store, since, console.shown_store)
    click.echo(f"  imported  {describe(done)}")
    return 0 if set(done) - {"bad"} or not done else 1


def make_index_whole(console: Console, store: Store, redis_url: str, registry: Partners, progress: Progress) -> None:
    """Put into the copy index what it lacks, as after a loss of Redis; and note how far it goes."""
    client = connect(redis_url)
    try:
        rebuild = Rebuild(store, client, console.settings.copies, registry)
        since = rebuild.lacking_since()
        if since is not None:
            for done in rebuild.run(since, utc_now(), threading.Event()):
                progress.show(partial("copy index: {} records".format, done))
    except IndexLost as error:
        raise ServiceError(f"the copy index is not whole: {error}") from error
    finally:
        client.close()


def good_rows(file: Path, done: Counter[str]) -> Iterator[ImportRow]:
    """Yield the rows that can be ingested; report and count the others. Raises ClickException naming the file."""
    try:
        for row in read_archive(file, utc_now()):
            if isinstance(row, BadRow):
                done["bad"] += 1
                click.echo(f"\r{file}:{row.number}: {row.wrong}", err=True)
            else:
                yield row
    except (OSError, EOFError) as error:
        raise click.ClickException(f"{file}: {getattr(error, 'strerror', None) or error}{os.linesep}") from error


def progress_text(file: Path, share: float, done: Counter[str]) -> str:
    """Return how far an import is, on one line."""
    return f"{file.name}: {share:4.0%}, {describe(done)}"


def describe(done: Counter[str]) -> str:
    """Return the endings in words: "40 stored, 2 not-article, 1 bad"."""
    return ", ".join(f"{number} {ending}" for ending, number in done.most_common()) or "nothing"


def check_partner(console: Console, name: str | None) -> None:
    """Raise UsageError when no partner has this name."""
    names = {partner.name for partner in load_partners(console.config)}
    if name is not None and name not in names:
        raise click.UsageError(f"no partner {name!r} in partners.toml")
