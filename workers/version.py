"""The version of this installation."""

from __future__ import annotations

from importlib.metadata import PackageNotFoundError
from importlib.metadata import version as installed


def version() -> str:
    """Return the version of the installed distribution, "0+source" when it runs from a bare checkout."""
    try:
        return installed("wiredesk")
    except PackageNotFoundError:
        return "0+source"
