"""Files of feeds: .toml, .opml, or a plain list of URLs."""

from __future__ import annotations

from pathlib import Path

import click

from pipeline.errors import ConfigError
from pipeline.feeds import read_feed_list
from pipeline.models import Feed
from pipeline.settings import load_feeds_toml


def read_feed_file(path: Path) -> tuple[Feed, ...]:
    """Return the feeds of a file; lines that name no feed are shown on stderr and left out.

    Raises ConfigError naming the file, and the line where there is one.
    """
    if path.suffix == ".toml":
        return load_feeds_toml(path)
    try:
        feeds, wrong = read_feed_list(path.read_bytes(), str(path))
    except OSError as error:
        raise ConfigError(f"{path}: cannot be read: {error.strerror}") from error
    for line in wrong:
        click.echo(f"wiredesk: {line}", err=True)
    if not feeds:
        raise ConfigError(f"{path}: no feed in it")
    return feeds
