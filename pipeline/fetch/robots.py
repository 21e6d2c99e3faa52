"""robots.txt by RFC 9309: fetched like any page, kept for a day, obeyed on every hop.

| answer | taken as |
|---|---|
| 2xx | its rules, for `robots_ttl_s` |
| 4xx but 429, redirects that lead nowhere | everything allowed (2.3.1.3) |
| 5xx, 429, other statuses | everything disallowed (2.3.1.4): robots_unreachable, asked again after 10 minutes |
| no answer | the failure itself (dns_not_found, connect_failed, …), asked again with the next URL |

While a server fails, the last copy of its rules counts for up to two days.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from protego import Protego

from pipeline.errors import NeverAgain, TryLater
from pipeline.fetch.hosts import HostTable
from pipeline.fetch.politeness import Patience
from pipeline.fetch.robots_cache import RobotsCache, RobotsText
from pipeline.fetch.target import Target
from pipeline.policies import PolitenessPolicy

#: RFC 9309, 2.5: parse at least 500 KiB; what lies beyond is not read.
MAX_ROBOTS_BYTES = 512_000
#: RFC 9309, 2.3.1.2: at least five redirects.
MAX_ROBOTS_REDIRECTS = 5
_UNREACHABLE_S = 600.0
#: Parsed rules take up to twenty times the memory of their text: characters of text that stay parsed.
_MAX_PARSED_CHARS = 4_000_000
#: What the shortest text counts.
_LEAST_CHARS = 1_000

#: (target, patience) to status and body; raises TryLater, NeverAgain, ServiceError.
Fetch = Callable[[Target, Patience], tuple[int, bytes]]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Rules:
    """A robots.txt as parsed, None where it could not be had, and until when that is taken as said."""

    parsed: Protego | None
    until: datetime
    chars: int


class Robots:
    """The rules of all origins, asked for when they are first needed. Many threads use one."""

    def __init__(
        self, policy: PolitenessPolicy, product: str, cache: RobotsCache, fetch: Fetch, clock: Callable[[], datetime]
    ) -> None:
        """`product` is the name that groups in robots.txt are matched against."""
        self._policy = policy
        self._ignored = HostTable(dict.fromkeys(policy.ignore_robots, True))
        self._product = product
        self._cache = cache
        self._fetch = fetch
        self._clock = clock
        self._lock = threading.Lock()
        self._parsed: OrderedDict[str, _Rules] = OrderedDict()
        self._chars = 0
        self._asking: dict[str, threading.Event] = {}

    def allow(self, target: Target, patience: Patience) -> float:
        """Return the Crawl-delay for an URL that may be fetched, in seconds, 0 when there is none.

        Raises NeverAgain("robots_disallowed"), TryLater("robots_unreachable"), and what the fetch of robots.txt raises.
        """
        if not self._policy.robots or self._ignored.find(target.host):
            return 0.0
        rules = self._rules(target, patience)
        if rules.parsed is None:
            raise TryLater("robots_unreachable", f"{target.origin}/robots.txt", not_before=rules.until)
        if not rules.parsed.can_fetch(target.url, self._product):
            raise NeverAgain("robots_disallowed", target.url)
        delay = float(rules.parsed.crawl_delay(self._product) or 0.0)
        return delay if delay > 0 else 0.0  # neither negative nor NaN

    def _rules(self, target: Target, patience: Patience) -> _Rules:
        """Return the rules of the target's origin; of many threads that need them one asks, the others wait for it."""
        origin = target.origin
        while True:
            with self._lock:
                known = self._parsed.get(origin)
                if known is not None and known.until > self._clock():
                    self._parsed.move_to_end(origin)
                    return known
                asking = self._asking.get(origin)
                if asking is None:
                    done = self._asking[origin] = threading.Event()
                    break
            if not asking.wait(patience.left_s):
                raise TryLater("host_busy", f"{origin}/robots.txt is being fetched", counts=False)
        try:
            return self._remember(origin, self._learn(target, patience))
        finally:
            with self._lock:
                del self._asking[origin]
            done.set()

    def _remember(self, origin: str, text: RobotsText) -> _Rules:
        parsed = None if text.text is None else Protego.parse(text.text)
        rules = _Rules(parsed=parsed, until=text.until, chars=max(_LEAST_CHARS, len(text.text or "")))
        with self._lock:
            old = self._parsed.pop(origin, None)
            self._chars += rules.chars - (old.chars if old else 0)
            self._parsed[origin] = rules
            while self._chars > _MAX_PARSED_CHARS:
                self._chars -= self._parsed.popitem(last=False)[1].chars
        return rules

    def _learn(self, target: Target, patience: Patience) -> RobotsText:
        """Return robots.txt from the shared cache or, where that has none that is fresh, from the server."""
        now = self._clock()
        cached = self._cache.get(target.origin)
        if cached is not None and cached.until > now:
            return cached
        stale = None if cached is None or cached.text is None else cached.text
        found = self._ask(target, patience, stale)
        self._cache.put(target.origin, found)
        return found

    def _ask(self, target: Target, patience: Patience, stale: str | None) -> RobotsText:
        now = self._clock()
        again = now + timedelta(seconds=_UNREACHABLE_S)
        place = Target(scheme=target.scheme, host=target.host, port=target.port, path="/robots.txt")
        try:
            status, body = self._fetch(place, patience)
        except TryLater as failure:
            if stale is None or failure.reason == "host_busy":
                raise
            return RobotsText(text=stale, until=again)
        fresh = now + timedelta(seconds=self._policy.robots_ttl_s)
        if 200 <= status < 300:
            return RobotsText(text=body.decode("utf-8-sig", errors="replace"), until=fresh)
        if 400 <= status < 500 and status != 429:
            return RobotsText(text="", until=fresh)
        return RobotsText(text=stale, until=again)
