"""Tests of politeness: one request at a time to a host, a rest between, over threads, processes and machines."""

from __future__ import annotations

import multiprocessing
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from multiprocessing.connection import Connection

import pytest
import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from pipeline.errors import NeverAgain, ServiceError, TryLater
from pipeline.fetch import Client
from pipeline.fetch.leases import LocalLeases
from pipeline.fetch.politeness import Politeness
from pipeline.fetch.target import parse_target
from pipeline.policies import FetchPolicy, PolitenessPolicy
from tests.pipeline.fetch.clients import PAGE, at_most, client, failure
from tests.services.web import Reply, Request, Web, redirect

NO_ROBOTS = PolitenessPolicy(delay_s=0.0, max_delay_s=0.0, robots=False)


def polite(delay_s: float, **changes: object) -> PolitenessPolicy:
    """A policy with this delay and no robots.txt."""
    return PolitenessPolicy(delay_s=delay_s, robots=False, **changes)  # type: ignore[arg-type]


def gaps(web: Web, host: str) -> list[float]:
    """Seconds between the end of each request to a host and the start of the next."""
    return [after.started - before.ended for before, after in pairwise(web.log.of(host))]


@pytest.mark.parametrize("shared", [True, False])
def test_one_host_many_threads(web: Web, redis_client: redis.Redis, shared: bool) -> None:
    """Threads that want one host take turns, with the delay between."""
    web.on("*", Reply(body=PAGE, delay_s=0.02))
    fetcher = client(web, politeness=polite(0.1), connection=redis_client if shared else None)
    with ThreadPoolExecutor(8) as threads:
        list(threads.map(lambda n: fetcher.get(f"http://paper.example/{n}", max_wait_s=20), range(8)))
    assert web.log.most["paper.example"] == 1
    assert min(gaps(web, "paper.example")) >= 0.1


def test_a_slow_server_is_asked_less_often(web: Web) -> None:
    """The rest grows with the time that the server took."""
    web.on("*", Reply(body=PAGE, delay_s=0.15))
    fetcher = client(web, politeness=polite(0.01, response_factor=2.0))
    for number in range(3):
        fetcher.get(f"http://paper.example/{number}")
    assert all(0.3 <= gap < 10 for gap in gaps(web, "paper.example"))


def test_busy(web: Web) -> None:
    """A wait that is too long is not waited: the fetch comes back at once, says when, and uses up no attempt."""
    web.on("*", PAGE)
    fetcher = client(web, politeness=polite(30.0))
    fetcher.get("http://paper.example/1")
    with at_most(1.5):
        error = failure(fetcher, "http://paper.example/2", max_wait_s=2.0)
    assert isinstance(error, TryLater)
    assert (error.reason, error.counts) == ("host_busy", False)
    assert error.not_before is not None
    assert timedelta(seconds=28) < error.not_before - datetime.now(UTC) < timedelta(seconds=31)
    assert fetcher.get("http://other.example/").status == 200


def test_waiting_for_a_holder_is_bounded(web: Web) -> None:
    """A host that another thread holds is waited for, but no longer than asked."""
    web.on("*", Reply(body=PAGE, delay_s=1.0))
    fetcher = client(web, politeness=NO_ROBOTS)
    with ThreadPoolExecutor(2) as threads:
        first = threads.submit(fetcher.get, "http://paper.example/1")
        while not web.log.busy["paper.example"]:
            time.sleep(0.01)
        assert failure(fetcher, "http://paper.example/2", max_wait_s=0.2).reason == "host_busy"
        assert fetcher.get("http://paper.example/3", max_wait_s=10.0).status == 200
        assert first.result().status == 200


def test_waiting_costs_no_network_time(web: Web) -> None:
    """The deadline is for the network: a wait for turns is not counted to it."""
    web.on("/a", redirect("/b"))
    web.on("*", PAGE)
    fetcher = client(web, politeness=polite(0.9), total_timeout_s=1.0)
    pages = [fetcher.get("http://paper.example/a") for _ in range(2)]
    assert [page.status for page in pages] == [200, 200]
    assert all(page.elapsed_s < 0.9 for page in pages)


@pytest.mark.parametrize("status", [429, 503])
def test_retry_after_stops_the_host(web: Web, redis_client: redis.Redis, status: int) -> None:
    """Retry-After holds for the whole host and every worker; other hosts go on."""
    web.on("/full", Reply(status, (("Retry-After", "600"),)), "paper.example")
    web.on("*", PAGE)
    fetchers = [client(web, politeness=NO_ROBOTS, connection=redis_client) for _ in range(3)]
    failure(fetchers[0], "http://paper.example/full")
    errors = [failure(fetcher, "http://paper.example/other") for fetcher in fetchers]
    assert {error.reason for error in errors} == {"host_busy"}
    assert [fetcher.get("http://calm.example/", max_wait_s=5).status for fetcher in fetchers] == [200] * 3
    assert web.log.paths("paper.example") == ["/full"]


@pytest.mark.parametrize("trouble", ["status", "reset", "timeout"])
def test_trouble_slows_the_host(web: Web, trouble: str) -> None:
    """A server that fails is left alone for longer; a page that is gone is no failure of the server."""
    web.on("/gone", Reply(404))
    web.on("/status", Reply(500))
    web.on("/reset", Reply(200, (("Content-Length", "99999"), ("Connection", "close")), PAGE))
    web.on("/timeout", Reply(delay_s=5.0))
    fetcher = client(web, politeness=polite(0.01, response_factor=0.0), total_timeout_s=1.5)
    for _ in range(3):
        assert failure(fetcher, "http://paper.example/gone").reason == "http_404"
    failure(fetcher, f"http://paper.example/{trouble}")
    error = failure(fetcher, "http://paper.example/gone", max_wait_s=0.1)
    assert error.reason == "host_busy"


def test_no_request_without_redis(web: Web) -> None:
    """When Redis is gone nothing is asked of anyone."""
    web.on("*", PAGE)
    gone = redis.Redis(unix_socket_path="/nonexistent/redis.sock", retry=Retry(NoBackoff(), 0))
    with pytest.raises(ServiceError, match="Redis"):
        client(web, politeness=NO_ROBOTS, connection=gone).get("http://paper.example/")
    with pytest.raises(ServiceError, match="Redis"):
        client(web, politeness=PolitenessPolicy(), connection=gone).get("http://paper.example/")
    assert web.log.hits == []


def test_every_hop_takes_its_turn(web: Web) -> None:
    """A redirect to another host waits for that host's turn, and robots.txt is asked in turn like a page."""
    web.on("/a", redirect("http://two.example/b"))
    web.on("*", PAGE)
    fetcher = client(web, politeness=PolitenessPolicy(delay_s=0.15))
    with ThreadPoolExecutor(3) as threads:
        list(threads.map(lambda _: fetcher.get("http://one.example/a", max_wait_s=20), range(3)))
    for host in ("one.example", "two.example"):
        assert min(gaps(web, host)) >= 0.15
        assert len(web.log.of(host)) == 4


@pytest.mark.parametrize(
    ("url", "host", "domain"),
    [
        ("http://Paper.example/a", "paper.example", "paper.example"),
        ("https://paper.example:443/", "paper.example", "paper.example"),
        ("http://paper.example:8080/", "paper.example:8080", "paper.example"),
        ("http://www.paper.co.uk/", "www.paper.co.uk", "paper.co.uk"),
        ("http://a.b.group.example/", "group mill", "group mill"),
        ("http://1.1.1.1/", "1.1.1.1", "1.1.1.1"),
        ("http://[2606:4700::1]/", "[2606:4700::1]", "2606:4700::1"),
    ],
)
def test_scopes(url: str, host: str, domain: str) -> None:
    """A host has one budget over http and https; a domain or a group can have one for all of its hosts."""
    found = []
    for scope in ("host", "domain"):
        policy = PolitenessPolicy(scope=scope, groups={"*.group.example": "mill"})
        found.append(Politeness(policy, LocalLeases(), 40.0).scope_of(parse_target(url)))
    assert found == [host, domain]


def test_a_group_takes_turns(web: Web) -> None:
    """Hosts of one group are asked like one host."""
    web.on("*", PAGE)
    fetcher = client(web, politeness=polite(0.1, groups={"*.group.example": "mill", "mill.example": "mill"}))
    for host in ("a.group.example", "b.group.example", "mill.example"):
        fetcher.get(f"http://{host}/")
    hits = web.log.hits
    assert min(after.started - before.ended for before, after in pairwise(hits)) >= 0.1


def _work(socket: str, policy: FetchPolicy, politeness: PolitenessPolicy, urls: list[str], report: Connection) -> None:
    """One worker process with sixteen threads."""
    with redis.Redis(unix_socket_path=socket) as connection:
        fetcher = Client(policy, politeness, connection)

        def fetch(url: str) -> str:
            while True:
                try:
                    return str(fetcher.get(url, max_wait_s=30).status)
                except TryLater as error:
                    if error.reason != "host_busy":
                        return error.reason
                except NeverAgain as error:
                    return error.reason

        with ThreadPoolExecutor(16) as threads:
            report.send(list(threads.map(fetch, urls)))
        fetcher.close()


def _run_workers(web: Web, socket: str, politeness: PolitenessPolicy, shares: list[list[str]]) -> list[str]:
    """Run one process a share of URLs; return how the fetches ended."""
    context = multiprocessing.get_context("spawn")
    policy = FetchPolicy(hosts=web.hosts, total_timeout_s=20.0)
    pipes, workers = [], []
    for urls in shares:
        receive, send = context.Pipe(duplex=False)
        workers.append(context.Process(target=_work, args=(socket, policy, politeness, urls, send)))
        pipes.append(receive)
        workers[-1].start()
        send.close()
    endings = [ending for pipe in pipes for ending in pipe.recv()]
    for worker, pipe in zip(workers, pipes, strict=True):
        worker.join()
        pipe.close()
        assert worker.exitcode == 0
    return endings


def test_four_processes(web: Web, redis_socket: str, redis_client: redis.Redis) -> None:
    """Four processes with sixteen threads each, all at the same hosts: never two at once, never closer than the delay."""
    delay = 0.1

    def answer(request: Request) -> Reply:
        return Reply(body=PAGE, delay_s=0.002 * (len(request.path) % 7))

    web.on("*", answer)
    hosts, per_host = 12, 16
    urls = [f"http://h{host}.example/{'x' * number}" for number in range(per_host) for host in range(hosts)]
    endings = _run_workers(web, redis_socket, polite(delay, response_factor=0.0), [urls[part::4] for part in range(4)])
    assert endings == ["200"] * (hosts * per_host)
    for host in range(hosts):
        name = f"h{host}.example"
        assert len(web.log.of(name)) == per_host
        assert web.log.most[name] == 1
        assert min(gaps(web, name)) >= delay


def test_fifty_hosts_fill_the_workers(web: Web, redis_socket: str, redis_client: redis.Redis) -> None:
    """Fifty hosts are asked side by side: one being slow holds up none of the others."""
    web.on("*", Reply(body=PAGE, delay_s=0.4))
    shares = [[f"http://h{host}.example/" for host in range(50) if host % 4 == part] for part in range(4)]
    assert _run_workers(web, redis_socket, polite(0.0), shares) == ["200"] * 50
    started = sorted(hit.started for hit in web.log.hits)
    assert web.log.most[""] >= 12
    assert started[-1] - started[0] < 50 * 0.4
