"""Structured logs: one JSON object a line, on stderr or in a file."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any, TextIO

import structlog

#: A log line is cut here: an exception's text may hold a whole page.
MAX_FIELD = 4_000


#: The file that this process logs to, if it does.
_files: list[TextIO] = []


def log_to(target: Path | None) -> None:
    """Send this process's log lines to a file, or to stderr."""
    stream: TextIO = sys.stderr if target is None else target.open("a", encoding="utf-8", buffering=1)
    _close()
    if target is not None:
        _files.append(stream)
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            _cut,
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
        logger_factory=structlog.PrintLoggerFactory(stream),
        cache_logger_on_first_use=False,
    )


def log_nowhere_else() -> None:
    """Close the log file, and log as before log_to()."""
    structlog.reset_defaults()
    _close()


def _close() -> None:
    while _files:
        _files.pop().close()


def _cut(_logger: Any, _name: str, event: Any) -> Any:
    for key, value in event.items():
        if isinstance(value, str) and len(value) > MAX_FIELD:
            event[key] = value[:MAX_FIELD] + "…"
    return event
