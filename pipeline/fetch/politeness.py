"""One request at a time to a host, and a rest before the next: over all threads, workers and machines.

The state of a scope is one hash in Redis: who holds it and until when, the time before which nobody may ask, and how
much trouble the host has been in. Times are Redis's own, so that clocks of workers need not agree.
"""

from __future__ import annotations

import random
import secrets
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from pipeline.errors import TryLater
from pipeline.fetch.hosts import HostTable
from pipeline.fetch.leases import Leases, Rest
from pipeline.fetch.target import Target
from pipeline.policies import PolitenessPolicy
from pipeline.urls import host_of, registrable_domain

#: A lease outlives the longest request by so much.
LEASE_MARGIN_S = 10.0
#: How often a scope that another worker holds is asked for.
_ASK_AGAIN_S = 0.1


@dataclass(slots=True)
class Turn:
    """One request's turn at a host, with what its answer says about the rest to take after it."""

    elapsed_s: float = 0.0
    crawl_delay_s: float = 0.0
    pause_s: float = 0.0
    trouble: bool = True


@dataclass(slots=True)
class Patience:
    """How long a fetch may still wait for its turns."""

    left_s: float


class Politeness:
    """Gives out turns. Many threads use one."""

    def __init__(self, policy: PolitenessPolicy, leases: Leases, lease_s: float) -> None:
        """`lease_s` must exceed the longest request."""
        self._policy = policy
        self._leases = leases
        self._lease_s = lease_s
        self._groups = HostTable(policy.groups)

    def scope_of(self, target: Target) -> str:
        """Return what shares one budget of requests with this URL: its group, else its domain or host."""
        group = self._groups.find(target.host)
        if group is not None:
            return f"group {group}"
        return registrable_domain(target.url) if self._policy.scope == "domain" else host_of(target.url)

    @contextmanager
    def turn(self, scope: str, patience: Patience) -> Iterator[Turn]:
        """Wait for the scope, hold it, and leave it resting as the turn says; a turn that fails counts as trouble.

        Raises TryLater("host_busy") when the wait would be longer than the patience, and ServiceError when Redis does
        not answer: there is no request without a lease.
        """
        token = secrets.token_hex(8)
        self._wait(scope, token, patience)
        turn = Turn()
        try:
            yield turn
        finally:
            self._leases.release(scope, token, self._rest(turn))

    def _wait(self, scope: str, token: str, patience: Patience) -> None:
        while True:
            asked = time.monotonic()
            wait = self._leases.acquire(scope, token, self._lease_s)
            if wait.seconds <= 0:
                if time.monotonic() - asked < LEASE_MARGIN_S:
                    return
                # So slow an answer that the lease could end before the request does.
                raise TryLater("host_busy", f"{scope}: the lease came too late", counts=False)
            # A rest ends when it says; a holder is usually done long before its lease runs out.
            nap = min(wait.seconds, _ASK_AGAIN_S) * random.uniform(0.5, 1.0) if wait.held else wait.seconds  # noqa: S311
            if nap > patience.left_s:
                until = datetime.now(UTC) + timedelta(seconds=min(wait.seconds, 1.0) if wait.held else wait.seconds)
                raise TryLater("host_busy", f"{scope}: {wait.seconds:.1f} s to wait", not_before=until, counts=False)
            patience.left_s -= nap
            time.sleep(nap)

    def _rest(self, turn: Turn) -> Rest:
        policy = self._policy
        slow = min(policy.max_delay_s, policy.response_factor * turn.elapsed_s)
        crawl = min(policy.max_crawl_delay_s, turn.crawl_delay_s)
        return Rest(
            delay_s=max(policy.delay_s, slow, crawl),
            pause_s=min(policy.max_retry_after_s, turn.pause_s),
            trouble=turn.trouble,
            step_s=max(policy.delay_s, 1.0),
            max_step_s=policy.max_delay_s,
        )
