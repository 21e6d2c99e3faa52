"""Real services for the tests: a Redis, a PostgreSQL and HTTP servers on loopback, each in its own module."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

pytest_plugins = ["tests.services.redis", "tests.services.postgres", "tests.services.web"]


@pytest.fixture(scope="session")
def corpus() -> Path:
    """The folder of real pages, feeds and labelled copies that WIREDESK_CORPUS names; skips where it is absent."""
    folder = Path(os.environ.get("WIREDESK_CORPUS", ""))
    if not os.environ.get("WIREDESK_CORPUS") or not folder.is_dir():
        pytest.skip("WIREDESK_CORPUS names no folder with the corpus")
    return folder
