"""Tests of robots.txt: what each answer means, how long it is kept, and that it is asked as politely as a page."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
import redis

from pipeline.errors import NeverAgain, TryLater
from pipeline.fetch import Client
from pipeline.policies import PolitenessPolicy
from tests.pipeline.fetch.clients import DEADLINE_S, PAGE, at_most, client, failure
from tests.services.web import Answer, Reply, Request, Web, drip, exactly, redirect

START = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
OPEN = PolitenessPolicy(delay_s=0.0, max_delay_s=0.0)


class Clock:
    """A clock that stands until it is moved."""

    def __init__(self) -> None:
        self.now = START

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def clock() -> Clock:
    """Noon, until the test moves it."""
    return Clock()


def robots(web: Web, answer: Answer | bytes, clock: Callable[[], datetime], **changes: object) -> Client:
    """A client of a server with this robots.txt."""
    web.on(
        "/robots.txt",
        Reply(headers=(("Content-Type", "text/plain"),), body=answer) if isinstance(answer, bytes) else answer,
    )
    web.on("*", PAGE)
    return client(web, politeness=OPEN, clock=clock, **changes)


def verdict(fetcher: Client, url: str = "http://paper.example/news/1") -> str:
    """How a fetch ends: "fetched", or its reason."""
    try:
        fetcher.get(url)
    except (TryLater, NeverAgain) as error:
        return error.reason
    return "fetched"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (b"", "fetched"),
        (b"User-agent: *\nDisallow:\n", "fetched"),
        (b"User-agent: *\nDisallow: /\n", "robots_disallowed"),
        (b"User-agent: *\nDisallow: /news\n", "robots_disallowed"),
        (b"User-agent: *\nDisallow: /news\nAllow: /news/1\n", "fetched"),
        (b"User-agent: *\nDisallow: /*/1$\n", "robots_disallowed"),
        (b"User-agent: wiredesk\nDisallow: /\n", "robots_disallowed"),
        (b"User-agent: WireDesk\nDisallow: /\n\nUser-agent: *\nDisallow:\n", "robots_disallowed"),
        (b"User-agent: *\nDisallow: /\n\nUser-agent: wiredesk\nAllow: /\n", "fetched"),
        (b"User-agent: otherbot\nDisallow: /\n", "fetched"),
        (b"\xef\xbb\xbfUser-agent: *\r\nDisallow: /\r\n", "robots_disallowed"),
        (b"User-agent: *\rDisallow: /\r", "robots_disallowed"),
        (b"user-AGENT : *\n  disallow : /  # all of it\n", "robots_disallowed"),
        (b"<html>no such page</html>", "fetched"),
        (b"\x89PNG\r\n\0\0\0\xff\xfe", "fetched"),
        (b"User-agent: *\nDisallow: /\xff\xfe\n", "fetched"),
    ],
)
def test_rules(web: Web, clock: Clock, text: bytes, expected: str) -> None:
    """The group for our name counts, else the one for all; the longest rule that fits decides."""
    assert verdict(robots(web, text, clock)) == expected


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        (Reply(404), "fetched"),
        (Reply(401), "fetched"),
        (Reply(403), "fetched"),
        (Reply(410), "fetched"),
        (Reply(429), "robots_unreachable"),
        (Reply(500), "robots_unreachable"),
        (Reply(503), "robots_unreachable"),
        (redirect("/robots.txt"), "fetched"),
        (redirect("ftp://paper.example/robots.txt"), "fetched"),
        (redirect("http://10.0.0.1/robots.txt"), "fetched"),
        (Reply(301), "fetched"),
        (redirect("http://other.example/rules"), "robots_disallowed"),
        (exactly(b"rubbish\r\n\r\n"), "protocol_error"),
        (exactly(b""), "connection_lost"),
        (drip(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n"), "http_timeout_total"),
    ],
)
def test_answers(web: Web, clock: Clock, answer: Answer, expected: str) -> None:
    """4xx and redirects that lead nowhere allow everything, 5xx nothing; no answer is the failure that it is."""
    web.on("/rules", b"User-agent: *\nDisallow: /news", "other.example")
    deadline = DEADLINE_S if expected == "http_timeout_total" else 10.0
    with at_most(deadline + 1.0):
        assert verdict(robots(web, answer, clock, total_timeout_s=deadline)) == expected


def test_five_redirects(web: Web, clock: Clock) -> None:
    """Five redirects are followed."""
    fetcher = robots(web, redirect("/r1"), clock)
    for number in range(1, 5):
        web.on(f"/r{number}", redirect(f"http://h{number}.example/r{number + 1}"))
    web.on("/r5", b"User-agent: *\nDisallow: /")
    assert verdict(fetcher) == "robots_disallowed"


def test_a_large_file(web: Web, clock: Clock) -> None:
    """The first 500 KiB count, and no more is read."""
    rules = b"User-agent: *\nDisallow: /news\n" + b"# padding\n" * 100_000 + b"Disallow: /late\n"
    fetcher = robots(web, rules, clock)
    assert verdict(fetcher) == "robots_disallowed"
    assert verdict(fetcher, "http://paper.example/late") == "fetched"


def test_hostile_patterns(web: Web, clock: Clock) -> None:
    """Patterns made to be slow are not."""
    rules = b"User-agent: *\n" + b"Disallow: /" + b"*a" * 2_000 + b"z$\n" + b"Disallow: /*a*b*c*d\n" * 15_000
    fetcher = robots(web, rules, clock)
    with at_most(5.0):
        assert verdict(fetcher, "http://paper.example/" + "a" * 4_000) == "fetched"


def test_kept_for_a_day(web: Web, clock: Clock) -> None:
    """robots.txt is asked for once a day."""
    fetcher = robots(web, b"User-agent: *\nDisallow: /private", clock)
    for hours in (0, 1, 23, 25):
        clock.now = START + timedelta(hours=hours)
        verdict(fetcher)
    assert [hit.path for hit in web.log.hits].count("/robots.txt") == 2


def test_rules_in_memory_are_bounded(web: Web, clock: Clock, redis_client: redis.Redis) -> None:
    """Large files are parsed again rather than kept for ever; what was read stays shared."""
    # Long lines: the number of characters counts, and reading many rules takes long.
    robots(web, b"User-agent: *\n" + (b"Disallow: /private/" + b"x" * 160 + b"\n") * 2_500, clock)
    fetcher = client(web, politeness=OPEN, clock=clock, connection=redis_client)
    assert [verdict(fetcher, f"http://h{number % 9}.example/") for number in range(10)] == ["fetched"] * 10
    assert sum(rules.chars for rules in fetcher._robots._parsed.values()) <= 4_000_000
    assert [hit.path for hit in web.log.hits].count("/robots.txt") == 9


def test_shared(web: Web, clock: Clock, redis_client: redis.Redis) -> None:
    """Workers share what one of them has read."""
    robots(web, b"User-agent: *\nDisallow: /news", clock)
    fetchers = [client(web, politeness=OPEN, clock=clock, connection=redis_client) for _ in range(3)]
    assert [verdict(fetcher) for fetcher in fetchers] == ["robots_disallowed"] * 3
    assert [hit.path for hit in web.log.hits] == ["/robots.txt"]


def test_asked_once_by_many_threads(web: Web, clock: Clock) -> None:
    """Threads that need the same robots.txt wait for the one that asks."""
    fetcher = robots(web, Reply(delay_s=0.2, body=b"User-agent: *\nDisallow: /news"), clock)
    with ThreadPoolExecutor(8) as threads:
        found = set(threads.map(lambda _: verdict(fetcher), range(8)))
    assert (found, len(web.log.hits)) == ({"robots_disallowed"}, 1)


def test_an_old_copy(web: Web, clock: Clock, redis_client: redis.Redis) -> None:
    """While the server fails, yesterday's rules count; they are asked for again after ten minutes."""
    fetcher = robots(web, b"User-agent: *\nDisallow: /news", clock)
    fetcher = client(web, politeness=OPEN, clock=clock, connection=redis_client)
    verdict(fetcher)
    web.on("/robots.txt", Reply(500))
    clock.now = START + timedelta(hours=25)
    assert [verdict(fetcher), verdict(fetcher, "http://paper.example/other")] == ["robots_disallowed", "fetched"]
    assert [hit.path for hit in web.log.hits].count("/robots.txt") == 2
    web.on("/robots.txt", b"")
    clock.now += timedelta(minutes=11)
    assert verdict(fetcher) == "fetched"


def test_unreachable_comes_back(web: Web, clock: Clock) -> None:
    """A server whose robots.txt fails is left alone for ten minutes, and told so."""
    fetcher = robots(web, Reply(503), clock)
    errors = [failure(fetcher, f"http://paper.example/{n}") for n in range(5)]
    assert {(error.reason, getattr(error, "not_before", None)) for error in errors} == {
        ("robots_unreachable", START + timedelta(minutes=10))
    }
    assert web.log.paths() == []
    assert len(web.log.hits) == 1
    web.on("/robots.txt", Reply(404))
    clock.now += timedelta(minutes=11)
    assert verdict(fetcher) == "fetched"


def test_every_hop(web: Web, clock: Clock) -> None:
    """The host that a redirect leads to is asked for its rules as well."""
    fetcher = robots(web, b"", clock)
    web.on("/robots.txt", b"User-agent: *\nDisallow: /news", "other.example")
    web.on("/news/1", redirect("http://other.example/news/1"), "paper.example")
    assert verdict(fetcher) == "robots_disallowed"
    assert web.log.paths("other.example") == []


def test_ports_and_schemes(web: Web, clock: Clock) -> None:
    """Each origin has its own robots.txt."""
    fetcher = robots(
        web, lambda request: Reply(body=b"User-agent: *\nDisallow: /" if ":8080" in request.host else b""), clock
    )
    assert verdict(fetcher, "http://paper.example/") == "fetched"
    assert verdict(fetcher, "http://paper.example:8080/") == "robots_disallowed"


@pytest.mark.parametrize(
    ("host", "asked"),
    [("paper.example", False), ("a.group.example", False), ("group.example", True), ("x.example", True)],
)
def test_ignored_by_the_operator(web: Web, host: str, asked: bool) -> None:
    """The operator can name hosts whose robots.txt is not read."""
    policy = PolitenessPolicy(delay_s=0.0, max_delay_s=0.0, ignore_robots=("paper.example", "*.group.example"))
    web.on("/robots.txt", b"User-agent: *\nDisallow: /")
    web.on("/", PAGE)
    expected = "robots_disallowed" if asked else "fetched"
    assert verdict(client(web, politeness=policy), f"http://{host}/") == expected
    assert bool([hit for hit in web.log.hits if hit.path == "/robots.txt"]) == asked


def test_crawl_delay(web: Web) -> None:
    """Crawl-delay is kept between requests, up to the operator's cap."""
    policy = PolitenessPolicy(delay_s=0.0, max_crawl_delay_s=0.3, response_factor=0.0)
    web.on("/robots.txt", b"User-agent: *\nCrawl-delay: 100\n")
    web.on("*", PAGE)
    fetcher = client(web, politeness=policy)
    for number in range(3):
        fetcher.get(f"http://paper.example/{number}")
    robots_hit, *hits = web.log.of("paper.example")
    gaps = [after.started - before.ended for before, after in pairwise(hits)]
    assert robots_hit.path == "/robots.txt"
    assert all(0.3 <= gap < 10 for gap in gaps)


@pytest.mark.parametrize("value", [b"nan", b"inf", b"-inf", b"-5", b"1e999", b"soon", b"", b"9" * 5_000])
def test_odd_crawl_delays(web: Web, clock: Clock, value: bytes) -> None:
    """A Crawl-delay that is no number of seconds harms nobody."""
    fetcher = client(web, politeness=PolitenessPolicy(delay_s=0.0, max_delay_s=0.0, max_crawl_delay_s=0.05))
    web.on("/robots.txt", b"User-agent: *\nCrawl-delay: " + value)
    web.on("*", PAGE)
    assert [verdict(fetcher, f"http://paper.example/{n}") for n in range(2)] == ["fetched", "fetched"]


def test_robots_itself(web: Web, clock: Clock) -> None:
    """robots.txt can be fetched as such, for the sitemaps that it names; an empty one is no fault."""
    text = b"User-agent: *\nDisallow: /\nSitemap: http://paper.example/news.xml\n"
    fetcher = robots(web, text, clock)
    assert fetcher.get("http://paper.example/robots.txt", kind="robots").body == text
    web.on("/robots.txt", b"")
    assert fetcher.get("http://paper.example/robots.txt", kind="robots").body == b""
    assert [hit.path for hit in web.log.hits] == ["/robots.txt"] * 2


def test_a_name_of_our_own(web: Web, clock: Clock) -> None:
    """An operator with a name of their own is matched by it."""

    def rules(request: Request) -> Reply:
        assert request.headers["user-agent"].startswith("DeskBot/2")
        return Reply(body=b"User-agent: deskbot\nDisallow: /\n\nUser-agent: wiredesk\nAllow: /")

    assert verdict(robots(web, rules, clock, user_agent="DeskBot/2 (+{contact})")) == "robots_disallowed"
