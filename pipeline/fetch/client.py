"""The door to the network: an URL goes in, a Page comes out, or the reason why not.

A fetch is a chain of hops. Each hop is the same: may this URL be asked (scheme, port, address, robots.txt), wait for
the host's turn, ask, leave the host its rest. One deadline holds over all hops, waits for turns left out.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, datetime

import redis

from pipeline.errors import NeverAgain
from pipeline.fetch.answers import need_body, page_of
from pipeline.fetch.connection import Connector, Dialer, open_socket
from pipeline.fetch.deadline import Deadline
from pipeline.fetch.decode import ACCEPT_ENCODING
from pipeline.fetch.exchange import Answer, Exchange
from pipeline.fetch.kinds import Kind, kinds
from pipeline.fetch.leases import LocalLeases, RedisLeases
from pipeline.fetch.politeness import LEASE_MARGIN_S, Patience, Politeness
from pipeline.fetch.pool import Pool
from pipeline.fetch.redirects import Chain
from pipeline.fetch.refresh import leads_to
from pipeline.fetch.resolve import Resolver, system_resolver
from pipeline.fetch.robots import MAX_ROBOTS_REDIRECTS, Robots
from pipeline.fetch.robots_cache import LocalRobots, RedisRobots
from pipeline.fetch.status import REDIRECTS, TROUBLE, judge, retry_after
from pipeline.fetch.target import Target, parse_target
from pipeline.fetch.useragent import product_token, sendable, user_agent
from pipeline.models import Page
from pipeline.policies import FetchPolicy, PolitenessPolicy
from pipeline.unwrap import unwrap_url

#: How long a fetch waits for the turns of its hosts unless the caller says otherwise.
MAX_WAIT_S = 10.0


def _now() -> datetime:
    return datetime.now(UTC)


class Client:
    """Fetches pages, feeds, sitemaps and robots.txt. One in a process, used by all its threads; not across a fork."""

    def __init__(
        self,
        policy: FetchPolicy,
        politeness: PolitenessPolicy,
        redis: redis.Redis | None,
        *,
        resolver: Resolver = system_resolver,
        connector: Connector = open_socket,
        clock: Callable[[], datetime] = _now,
    ) -> None:
        """Without Redis politeness holds within this process only: for a command that runs alone.

        Raises ConfigError for hosts, networks, a proxy or a User-Agent in the policy that cannot be used.
        """
        self._policy = policy
        self._politeness_policy = politeness
        self._clock = clock
        self._agent = user_agent(policy)
        self._kinds = kinds(policy)
        self._pool = Pool()
        self._dialer = Dialer(policy, resolver, connector)
        self._exchange = Exchange(self._dialer, self._pool)
        leases = LocalLeases() if redis is None else RedisLeases(redis)
        self._turns = Politeness(politeness, leases, policy.total_timeout_s + LEASE_MARGIN_S)
        cache = LocalRobots() if redis is None else RedisRobots(redis)
        self._robots = Robots(politeness, product_token(self._agent), cache, self._fetch_robots, clock)

    def get(
        self,
        url: str,
        *,
        kind: str = "page",
        etag: str | None = None,
        last_modified: str | None = None,
        max_wait_s: float = MAX_WAIT_S,
    ) -> Page:
        """Return what the server answers: status 200 or 203 with a body, or 304 with none when validators were sent.

        Of a redirector's link, first or on the way, the address that it carries is asked at once (unwrap.py).
        `kind` is page, feed, sitemap or robots; `max_wait_s` bounds the wait for the turns of the hosts on the way.
        Raises TryLater and NeverAgain with the reasons that status.py lists, and ServiceError when Redis is gone.
        """
        rule = self._kinds[kind]
        chain = Chain(parse_target(unwrap_url(url)), self._policy.max_redirects)
        headers = self._headers(rule, etag, last_modified)
        deadline = Deadline(self._policy.total_timeout_s)
        answer = self._walk(chain, rule, headers, deadline, Patience(max_wait_s))
        if not (answer.status == 304 and (etag or last_modified)):
            judge(answer.status, self._wait_until(answer))
            if not rule.may_be_empty:
                need_body(answer)
        return page_of(answer, chain, url, now=self._clock(), elapsed_s=deadline.spent())

    def post(self, url: str, form: bytes, *, max_wait_s: float = MAX_WAIT_S) -> int:
        """Send a form to a WebSub hub, in its host's turn, and return its status, 2xx; only 307 and 308 are followed.

        robots.txt, which is for crawling, is not asked. Raises TryLater, NeverAgain and ServiceError as get does.
        """
        rule = self._kinds["robots"]
        chain = Chain(parse_target(url), self._policy.max_redirects)
        headers = self._headers(rule, None, None) | {"Content-Type": "application/x-www-form-urlencoded"}
        deadline, patience = Deadline(self._policy.total_timeout_s), Patience(max_wait_s)
        while True:
            answer = self._hop(chain, rule, headers, deadline, patience, form=form)
            if answer.status not in (307, 308):
                break
            chain.follow(answer.status, answer.headers.get("location", ()), answer.message)
        if not 200 <= answer.status < 300:
            judge(answer.status, self._wait_until(answer))
        return answer.status

    def close(self) -> None:
        """Close the connections that wait for another request."""
        self._pool.close()

    def _headers(self, rule: Kind, etag: str | None, last_modified: str | None) -> dict[str, str]:
        """Return the headers of every hop; validators go out as they came in."""
        headers = {"User-Agent": self._agent, "Accept": rule.accept, "Accept-Encoding": ACCEPT_ENCODING}
        if etag and sendable(etag):
            headers["If-None-Match"] = etag
        if last_modified and sendable(last_modified):
            headers["If-Modified-Since"] = last_modified
        return headers

    def _walk(
        self, chain: Chain, rule: Kind, headers: dict[str, str], deadline: Deadline, patience: Patience
    ) -> Answer:
        """Return the first answer that is no redirect; of pages, also none that only leads on."""
        while True:
            answer = self._hop(chain, rule, headers, deadline, patience)
            if answer.status in REDIRECTS:
                chain.follow(answer.status, answer.headers.get("location", ()), answer.message)
                continue
            onward = leads_to(answer, chain.target) if rule.body.html and chain.may_follow_page else None
            if onward is None:
                return answer
            chain.follow_page(onward, answer.message)

    def _hop(
        self,
        chain: Chain,
        rule: Kind,
        headers: dict[str, str],
        deadline: Deadline,
        patience: Patience,
        *,
        form: bytes | None = None,
    ) -> Answer:
        """Return the answer to one request, asked in the host's turn."""
        target, cookies = chain.target, chain.cookies()
        self._dialer.check(target)
        began = time.monotonic()
        crawl_delay = self._robots.allow(target, patience) if rule.obeys_robots else 0.0
        with self._turns.turn(self._turns.scope_of(target), patience) as turn:
            deadline.give_back(time.monotonic() - began)
            turn.crawl_delay_s = crawl_delay
            started = time.monotonic()
            try:
                sent = headers | ({"Cookie": cookies} if cookies else {})
                answer = self._exchange.ask(target, sent, rule.body, deadline, form=form)
                turn.trouble = answer.status in TROUBLE
                turn.pause_s = self._pause(answer)
            except NeverAgain:
                turn.trouble = False
                raise
            finally:
                turn.elapsed_s = time.monotonic() - started
        return answer

    def _wait_until(self, answer: Answer) -> datetime | None:
        """Return the time that Retry-After names on an answer that speaks of trouble."""
        if answer.status not in TROUBLE:
            return None
        values = answer.headers.get("retry-after", ())
        return retry_after(values, self._clock(), self._politeness_policy.max_retry_after_s)

    def _pause(self, answer: Answer) -> float:
        until = self._wait_until(answer)
        return 0.0 if until is None else max(0.0, (until - self._clock()).total_seconds())

    def _fetch_robots(self, target: Target, patience: Patience) -> tuple[int, bytes]:
        """Return status and body of a robots.txt; redirects that lead nowhere count as 404."""
        rule = self._kinds["robots"]
        chain = Chain(target, MAX_ROBOTS_REDIRECTS)
        try:
            answer = self._walk(
                chain, rule, self._headers(rule, None, None), Deadline(self._policy.total_timeout_s), patience
            )
        except NeverAgain as error:
            if chain.passed or error.reason == "bad_redirect":
                return 404, b""
            raise
        return answer.status, answer.body
