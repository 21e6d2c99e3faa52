"""Leases on scopes: in Redis for all workers, or in memory for one process that runs alone."""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NamedTuple, Protocol

import redis

from pipeline.errors import ServiceError


class Wait(NamedTuple):
    """Nothing to wait when the lease was given; else how long at most, and whether for another holder."""

    seconds: float
    held: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Rest:
    """What a scope needs after a request: seconds all."""

    delay_s: float
    #: What the server asked for by Retry-After.
    pause_s: float
    #: The request failed: the rest doubles each time from `step_s` up to `max_step_s`; success halves it.
    trouble: bool
    step_s: float
    max_step_s: float


class Leases(Protocol):
    """Where the state of the scopes is kept."""

    def acquire(self, scope: str, token: str, lease_s: float) -> Wait:
        """Take the scope for `lease_s` when it is free and rested. Raises ServiceError."""
        ...

    def release(self, scope: str, token: str, rest: Rest) -> None:
        """Give the scope back, to rest; nothing happens when the token no longer holds it."""
        ...


# KEYS: the scope. ARGV: token, lease in ms. Returns {ms to wait, 1 when held by another}; {0, 0}: the lease is ours.
_ACQUIRE = """
local t = redis.call('TIME')
local now = t[1] * 1000 + math.floor(t[2] / 1000)
local state = redis.call('HMGET', KEYS[1], 'held_until', 'rest_until')
local held = tonumber(state[1] or '0')
local rest = tonumber(state[2] or '0')
if held > now then return {held - now, 1} end
if rest > now then return {rest - now, 0} end
redis.call('HSET', KEYS[1], 'token', ARGV[1], 'held_until', string.format('%.0f', now + ARGV[2]))
redis.call('PEXPIRE', KEYS[1], ARGV[2] + 3600000)
return {0, 0}
"""

# KEYS: the scope. ARGV: token, delay, pause, trouble (0, 1), step, greatest step; all times in ms.
_RELEASE = """
if redis.call('HGET', KEYS[1], 'token') ~= ARGV[1] then return 0 end
local t = redis.call('TIME')
local now = t[1] * 1000 + math.floor(t[2] / 1000)
local trouble = tonumber(redis.call('HGET', KEYS[1], 'trouble') or '0')
if ARGV[4] == '1' then trouble = math.min(trouble + 1, 30) else trouble = math.floor(trouble / 2) end
local rest = math.max(tonumber(ARGV[2]), tonumber(ARGV[3]))
if trouble > 0 then rest = math.max(rest, math.min(tonumber(ARGV[6]), ARGV[5] * 2 ^ (trouble - 1))) end
redis.call('HDEL', KEYS[1], 'token', 'held_until')
redis.call('HSET', KEYS[1], 'trouble', trouble, 'rest_until', string.format('%.0f', now + rest))
redis.call('PEXPIRE', KEYS[1], string.format('%.0f', rest + 3600000))
return 1
"""


class RedisLeases:
    """Leases that all workers and machines share."""

    def __init__(self, connection: redis.Redis) -> None:
        self._acquire = connection.register_script(_ACQUIRE)
        self._release = connection.register_script(_RELEASE)

    def acquire(self, scope: str, token: str, lease_s: float) -> Wait:
        """As Leases.acquire."""
        try:
            answer: Any = self._acquire(keys=[_key(scope)], args=[token, math.ceil(lease_s * 1000)])
        except redis.RedisError as error:
            raise ServiceError(f"Redis does not answer, so no host may be asked: {error}") from error
        return Wait(int(answer[0]) / 1000, bool(answer[1]))

    def release(self, scope: str, token: str, rest: Rest) -> None:
        """As Leases.release; a Redis that is gone is no error here: the lease runs out by itself."""
        args: list[str | int] = [
            token,
            _ms(rest.delay_s),
            _ms(rest.pause_s),
            int(rest.trouble),
            math.ceil(rest.step_s * 1000),
            math.ceil(rest.max_step_s * 1000),
        ]
        try:
            self._release(keys=[_key(scope)], args=args)
        except redis.RedisError:
            return


def _key(scope: str) -> str:
    return f"wiredesk:host:{scope}"


def _ms(seconds: float) -> int:
    # Redis's clock is read in whole milliseconds: one more, so that a rest is never a fraction shorter than asked.
    return math.ceil(seconds * 1000) + 1 if seconds else 0


@dataclass(slots=True)
class _Scope:
    token: str | None = None
    held_until: float = 0.0
    rest_until: float = 0.0
    trouble: int = 0


class LocalLeases:
    """The same within one process, for commands that run without Redis."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        """`clock` gives seconds that never go back."""
        self._clock = clock
        self._lock = threading.Lock()
        self._scopes: dict[str, _Scope] = {}

    def acquire(self, scope: str, token: str, lease_s: float) -> Wait:
        """As Leases.acquire."""
        now = self._clock()
        with self._lock:
            state = self._scopes.setdefault(scope, _Scope())
            if state.held_until > now:
                return Wait(state.held_until - now, True)
            if state.rest_until > now:
                return Wait(state.rest_until - now, False)
            state.token, state.held_until = token, now + lease_s
        return Wait(0, False)

    def release(self, scope: str, token: str, rest: Rest) -> None:
        """As Leases.release."""
        with self._lock:
            state = self._scopes.get(scope)
            if state is None or state.token != token:
                return
            state.trouble = min(state.trouble + 1, 30) if rest.trouble else state.trouble // 2
            step = min(rest.max_step_s, rest.step_s * 2 ** (state.trouble - 1)) if state.trouble else 0.0
            state.token, state.held_until = None, 0.0
            state.rest_until = self._clock() + max(rest.delay_s, rest.pause_s, step)
