"""Clients for the tests of the fetch stage: without robots.txt and delays, for servers on loopback."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
import redis

from pipeline.errors import NeverAgain, TryLater
from pipeline.fetch import Client
from pipeline.policies import FetchPolicy, PolitenessPolicy
from tests.services.web import Web

#: Of a client in a hurry. Others have time, so that a busy machine fails no test.
DEADLINE_S = 0.6

#: Closed after each test.
MADE: list[Client] = []

PAGE = (
    b"<!doctype html><html><head><title>Lock gates</title></head><body><p>The gates at Hallam opened.</p></body></html>"
)


def fetch_policy(web: Web, **changes: Any) -> FetchPolicy:
    """A policy for tests; every name below .example is the test's server."""
    settings = {"total_timeout_s": 10.0, "hosts": web.hosts} | changes
    return FetchPolicy(**settings)


def client(
    web: Web, *, politeness: PolitenessPolicy | None = None, connection: redis.Redis | None = None, **changes: Any
) -> Client:
    """A client for the test's server, without robots and delay unless told otherwise."""
    keys = {"resolver", "connector", "clock"}
    parts = {key: changes.pop(key) for key in keys & changes.keys()}
    politeness = politeness or PolitenessPolicy(delay_s=0.0, max_delay_s=0.0, robots=False)
    made = Client(fetch_policy(web, **changes), politeness, connection, **parts)
    MADE.append(made)
    return made


def hurried(web: Web, **changes: Any) -> Client:
    """A client with a short deadline."""
    return client(web, total_timeout_s=DEADLINE_S, connect_timeout_s=0.5, **changes)


def failure(web_client: Client, url: str, **arguments: Any) -> TryLater | NeverAgain:
    """The error that a fetch ends with."""
    with pytest.raises((TryLater, NeverAgain)) as caught:
        web_client.get(url, **arguments)
    return caught.value


@contextmanager
def at_most(seconds: float) -> Iterator[None]:
    """Fail when the block takes longer."""
    started = time.monotonic()
    yield
    assert time.monotonic() - started < seconds
