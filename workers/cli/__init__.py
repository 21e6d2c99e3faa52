"""The command line: one module a group of commands; `wiredesk --help` is the map."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import click

from pipeline.errors import ConfigError, ServiceError
from workers.cli import check, copies, deploy, feeds, imports, records, run, websub
from workers.console import Console
from workers.version import version

EPILOG = """\b
Start here:
  wiredesk run --demo                      the bundled newsroom, end to end
  wiredesk run https://paper.example/rss   your feeds, until you press Ctrl+C
  wiredesk records                         what is stored, as JSON Lines
\b
Exit codes: 0 done, 1 nothing could be done, 2 wrong configuration or argument, 3 a service is away.
"""


class Map(click.Group):
    """A group that lists its commands in the order of the data, not of the alphabet."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the commands' names in the order in which they were added."""
        return list(self.commands)


@click.group(cls=Map, epilog=EPILOG, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(version(), prog_name="wiredesk")
@click.option(
    "--config",
    type=click.Path(path_type=Path),
    envvar="WIREDESK_CONFIG",
    help="Folder with your settings.toml, feeds.toml or feeds.opml, partners.toml, notices/ (or WIREDESK_CONFIG).",
)
@click.pass_context
def cli(ctx: click.Context, config: Path | None) -> None:
    """Point wiredesk at feeds; it delivers clean, normalized, deduplicated article records."""
    ctx.obj = Console(config, os.environ)


for command in (
    run.run,
    deploy.schedule,
    deploy.work,
    feeds.feeds,
    websub.websub,
    imports.import_files,
    records.records,
    records.extract,
    records.trace,
    copies.copies,
    copies.index,
    check.check,
):
    cli.add_command(command)


def main() -> None:
    """Run the command line and exit: errors of ours in one line, never a traceback."""
    try:
        status = cli.main(prog_name="wiredesk", standalone_mode=False)
    except click.exceptions.Exit as ending:
        status = ending.exit_code
    except click.Abort:
        status = 130
    except click.ClickException as error:
        error.show()
        status = error.exit_code
    except ConfigError as error:
        status = fail(str(error), 2)
    except ServiceError as error:
        status = fail(str(error), 3)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        status = 0
    sys.exit(status if isinstance(status, int) else 0)


def fail(message: str, status: int) -> int:
    """Say what is wrong on stderr; returns the exit code."""
    click.echo(f"wiredesk: {message}", err=True)
    return status
