"""Every client that a test made is closed after it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.pipeline.fetch.clients import MADE


@pytest.fixture(autouse=True)
def _close_clients() -> Iterator[None]:
    yield
    while MADE:
        MADE.pop().close()
