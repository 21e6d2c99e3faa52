"""Progress on a terminal: one line that is written over; elsewhere a line now and then."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from types import TracebackType

import click


class Progress:
    """Shows one line of text, at most every `every_s` seconds; the last one stays."""

    def __init__(self) -> None:
        self._terminal = sys.stderr.isatty()
        self._every_s = 0.2 if self._terminal else 5.0
        self._pause_s = self._every_s
        self._shown_at = 0.0
        self._text: Callable[[], str] | None = None
        self._shown: str | None = None

    def __enter__(self) -> Progress:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        if self._text:
            text = self._text()
            if text != self._shown:
                self._write(text)
            if self._terminal:
                click.echo("", err=True)

    def show(self, text: Callable[[], str]) -> None:
        """Show a line, unless the last one is too recent; it is made only when it is shown."""
        self._text = text
        started = time.monotonic()
        if started - self._shown_at >= self._pause_s:
            self._write(text())
            self._shown_at = time.monotonic()
            # Counting a large store takes a while; what is counted must not wait for the counting.
            self._pause_s = max(self._every_s, 20 * (self._shown_at - started))

    def _write(self, text: str) -> None:
        if self._terminal:
            click.echo(f"\r\033[K{text}", nl=False, err=True)
        else:
            click.echo(text, err=True)
        self._shown = text
