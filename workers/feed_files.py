"""Files of feeds: .toml, .opml, or a plain list of URLs."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from pipeline.errors import ConfigError
from pipeline.feeds import read_feed_list
from pipeline.models import Feed
from pipeline.settings import load_feeds_toml

STDIN = Path("-")


def read_feed_file(path: Path) -> tuple[Feed, ...]:
    """Return the feeds of a file, of standard input for "-"; lines that name no feed go to stderr and are left out.

    Raises ConfigError naming the file, and the line where there is one.
    """
    if path.suffix == ".toml":
        return load_feeds_toml(path)
    try:
        feeds, wrong = read_feed_list(sys.stdin.buffer.read() if path == STDIN else path.read_bytes(), str(path))
    except OSError as error:
        raise ConfigError(f"{path}: cannot be read: {error.strerror}") from error
    for line in wrong:
        click.echo(f"wiredesk: {line}", err=True)
    if not feeds:
        raise ConfigError(f"{path}: no feed in it")
    return feeds
