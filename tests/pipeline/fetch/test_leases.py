"""One contract for leases, held by Redis and by memory."""

from __future__ import annotations

import time
from dataclasses import replace

import pytest
import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from pipeline.errors import ServiceError
from pipeline.fetch.leases import Leases, LocalLeases, RedisLeases, Rest

QUIET = Rest(delay_s=0.05, pause_s=0.0, trouble=False, step_s=1.0, max_step_s=60.0)
TROUBLE = replace(QUIET, trouble=True)


@pytest.fixture(params=["redis", "memory"])
def leases(request: pytest.FixtureRequest) -> Leases:
    """Both kinds of leases."""
    if request.param == "memory":
        return LocalLeases()
    return RedisLeases(request.getfixturevalue("redis_client"))


def test_one_holder(leases: Leases) -> None:
    """While one holds a scope, another is told how long at most; other scopes are free."""
    assert leases.acquire("a.example", "one", 5.0) == (0, False)
    wait = leases.acquire("a.example", "two", 5.0)
    assert (4.5 < wait.seconds <= 5.0, wait.held) == (True, True)
    assert leases.acquire("b.example", "two", 5.0) == (0, False)


def test_rest(leases: Leases) -> None:
    """After a request the scope rests as long as was asked, not less."""
    leases.acquire("a.example", "one", 5.0)
    leases.release("a.example", "one", replace(QUIET, delay_s=0.15))
    released = time.monotonic()
    wait = leases.acquire("a.example", "two", 5.0)
    assert (0.1 < wait.seconds <= 0.16, wait.held) == (True, False)
    while leases.acquire("a.example", "two", 5.0).seconds > 0:
        time.sleep(0.005)
    assert time.monotonic() - released >= 0.149


def test_pause(leases: Leases) -> None:
    """What a server asked for is longer than any delay."""
    leases.acquire("a.example", "one", 5.0)
    leases.release("a.example", "one", replace(QUIET, pause_s=600.0))
    wait = leases.acquire("a.example", "two", 5.0)
    assert (599.0 < wait.seconds <= 600.1, wait.held) == (True, False)


def test_a_lease_that_ran_out(leases: Leases) -> None:
    """A holder that died is replaced, and its late return changes nothing for the next."""
    leases.acquire("a.example", "dead", 0.05)
    time.sleep(0.07)
    assert leases.acquire("a.example", "alive", 5.0) == (0, False)
    leases.release("a.example", "dead", QUIET)
    assert leases.acquire("a.example", "third", 5.0).held


def test_releasing_twice(leases: Leases) -> None:
    """Only the holder can release, and only once."""
    leases.acquire("a.example", "one", 5.0)
    leases.release("a.example", "one", replace(QUIET, pause_s=100.0))
    leases.release("a.example", "one", QUIET)
    leases.release("never.example", "one", QUIET)
    assert leases.acquire("a.example", "two", 5.0).seconds > 99


class Seconds:
    """A clock in seconds that the test moves."""

    def __init__(self) -> None:
        self.now = 1_000.0

    def __call__(self) -> float:
        return self.now


def _rests_in_memory(rests: list[Rest]) -> list[float]:
    clock = Seconds()
    scopes = LocalLeases(clock)
    waits = []
    for rest in rests:
        assert scopes.acquire("a.example", "one", 5.0).seconds == 0
        scopes.release("a.example", "one", rest)
        waits.append(scopes.acquire("a.example", "two", 5.0).seconds)
        clock.now += waits[-1]
    return waits


def _rests_in_redis(connection: redis.Redis, rests: list[Rest]) -> list[float]:
    scopes = RedisLeases(connection)
    waits = []
    for rest in rests:
        assert scopes.acquire("a.example", "one", 5.0).seconds == 0
        scopes.release("a.example", "one", rest)
        waits.append(scopes.acquire("a.example", "two", 5.0).seconds)
        connection.hdel("wiredesk:host:a.example", "rest_until")
    return waits


@pytest.mark.parametrize("kind", ["redis", "memory"])
def test_trouble_grows_and_fades(kind: str, request: pytest.FixtureRequest) -> None:
    """Failures double the rest up to the cap; successes halve what the scope remembers of them."""
    rests = [TROUBLE] * 8 + [QUIET] * 4
    if kind == "memory":
        waits = _rests_in_memory(rests)
    else:
        waits = _rests_in_redis(request.getfixturevalue("redis_client"), rests)
    expected = [1, 2, 4, 8, 16, 32, 60, 60, 8, 2, 1, 0.05]
    assert waits == pytest.approx(expected, abs=0.03)


def test_a_storm_of_an_hour() -> None:
    """A host that fails for an hour is asked at most 70 times, however many workers wait for it."""
    clock = Seconds()
    scopes = LocalLeases(clock)
    asked = 0
    while clock.now < 4_600:
        wait = scopes.acquire("a.example", "any", 40.0)
        if wait.seconds > 0:
            clock.now += wait.seconds
            continue
        asked += 1
        clock.now += 0.01
        scopes.release("a.example", "any", TROUBLE)
    assert asked <= 70


def test_no_redis() -> None:
    """Without Redis no lease is given; what is held is forgotten in silence, since it runs out by itself."""
    gone = RedisLeases(redis.Redis(unix_socket_path="/nonexistent/redis.sock", retry=Retry(NoBackoff(), 0)))
    with pytest.raises(ServiceError, match="Redis"):
        gone.acquire("a.example", "one", 5.0)
    gone.release("a.example", "one", QUIET)


def test_scopes_are_forgotten(redis_client: redis.Redis) -> None:
    """A scope that is not asked any more leaves nothing in Redis after an hour."""
    scopes = RedisLeases(redis_client)
    scopes.acquire("a.example", "one", 5.0)
    held = redis_client.pttl("wiredesk:host:a.example")
    scopes.release("a.example", "one", replace(QUIET, pause_s=100.0))
    resting = redis_client.pttl("wiredesk:host:a.example")
    assert 3_600_000 < held <= 3_606_000
    assert 3_699_000 < resting <= 3_701_000
