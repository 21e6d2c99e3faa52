"""The command line: one module a group of commands; `wiredesk --help` is the map.

A command's module is loaded when the command is called: what prints records need not load what fetches them.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from importlib import import_module
from pathlib import Path
from types import MappingProxyType

import click

from pipeline.errors import ConfigError, ServiceError
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


#: Module and function of each command, in the order of the data.
COMMANDS: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "run": ("run", "run"),
        "schedule": ("deploy", "schedule"),
        "work": ("deploy", "work"),
        "feeds": ("feeds", "feeds"),
        "websub": ("websub", "websub"),
        "import": ("imports", "import_files"),
        "records": ("records", "records"),
        "extract": ("extract", "extract"),
        "trace": ("records", "trace"),
        "copies": ("copies", "copies"),
        "index": ("copies", "index"),
        "check": ("check", "check"),
    }
)


class Map(click.Group):
    """A group that lists its commands in their own order, and loads the one that is asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the commands' names in the order of the data, not of the alphabet."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Return a command, None when there is none of this name."""
        if cmd_name not in COMMANDS:
            return None
        module, function = COMMANDS[cmd_name]
        command: click.Command = getattr(import_module(f"workers.cli.{module}"), function)
        return command


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
    except OSError as error:
        silence()
        status = fail(f"{error.filename or 'output'}: {error.strerror or error}", 1)
    sys.exit(status if isinstance(status, int) else 0)


def silence() -> None:
    """Send what is still in the buffer of stdout nowhere: it would be written, and fail, again at the exit."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def fail(message: str, status: int) -> int:
    """Say what is wrong on stderr; returns the exit code."""
    click.echo(f"wiredesk: {message}", err=True)
    return status
