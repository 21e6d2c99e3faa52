"""Tests of where connections go: only to addresses that were checked, whatever names and resolvers say."""

from __future__ import annotations

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.errors import NeverAgain, TryLater
from pipeline.fetch import Client
from pipeline.fetch.connection import open_socket
from pipeline.fetch.deadline import GaugedSocket
from pipeline.policies import FetchPolicy, PolitenessPolicy
from tests.pipeline.fetch.checker import forbidden
from tests.pipeline.fetch.clients import PAGE, client, failure
from tests.services.web import Web, redirect

SPELLINGS = """
http://127.0.0.1/ http://127.0.0.1:8080/ http://127.1/ http://127.0.1/ http://2130706433/ http://017700000001/ http://0x7f000001/
http://0x7f.1/ http://0177.0.0.1/ http://0x7f.0x0.0x0.0x1/ http://00000177.0.0.1/ http://0/ http://0.0.0.0/ http://127.255.255.254/
http://[::]/ http://[::1]/ http://[0:0:0:0:0:0:0:1]/ http://[::127.0.0.1]/ http://[::ffff:127.0.0.1]/ http://[::ffff:7f00:1]/
http://[::ffff:0:127.0.0.1]/ http://[64:ff9b::127.0.0.1]/ http://[64:ff9b::a9fe:a9fe]/ http://[64:ff9b:1:7f00:0:100::]/
http://[2002:7f00:1::]/ http://[2002:a9fe:a9fe::1]/ http://[2001:0:4136:e378:8000:63bf:80ff:fffe]/ http://[fec0::1]/ http://[fe80::1]/
http://[fe80::1%25lo]/ http://[fe80::1%lo]/ http://[fc00::1]/ http://[fd00::1]/ http://[ff02::1]/ http://[3fff::1]/ http://[5f00::1]/
http://[100::1]/ http://[2001:db8::1]/ http://169.254.169.254/latest/meta-data/ http://[fd00:ec2::254]/ http://10.0.0.1/ http://172.16.0.1/
http://192.168.0.1/ http://100.64.0.1/ http://192.0.0.8/ http://192.88.99.1/ http://198.18.0.1/ http://224.0.0.1/ http://240.0.0.1/
http://255.255.255.255/ http://①②⑦.⓪.⓪.①/ http://127。0。0。1/ http://127.0.0.1./ http://localhost/ http://localhost./ http://LOCALHOST/
http://ⓛⓞⓒⓐⓛⓗⓞⓢⓣ/ http://a.localhost/ http://user@127.0.0.1/ http://user:pass@localhost/ http://paper.example@127.0.0.1/
http://paper.example%00@127.0.0.1/ http://paper.example\\@127.0.0.1/ http://127.0.0.1%00.paper.example/ http://127.0.0.1#@paper.example/
http://127.0.0.1?@paper.example/ http://127.0.0.1\\.paper.example/ https://127.0.0.1/ http://[::ffff:10.0.0.1]:8080/
""".split()


class Recorder:
    """A connector that writes down where it was sent and connects to nothing."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, int]] = []

    def __call__(self, address: str, port: int, timeout_s: float) -> GaugedSocket:
        self.asked.append((address, port))
        raise ConnectionRefusedError("recorded")


def loopback_resolver(host: str, port: int) -> tuple[str, ...]:
    """What a resolver says that takes every spelling for loopback."""
    return ("127.0.0.1", "::1")


def guarded(recorder: Recorder, resolver: object, **changes: object) -> Client:
    """A client that connects to nothing but writes it down."""
    politeness = PolitenessPolicy(delay_s=0.0, robots=False, max_delay_s=0.0)
    policy = FetchPolicy(total_timeout_s=5.0, **changes)  # type: ignore[arg-type]
    return Client(policy, politeness, None, resolver=resolver, connector=recorder)  # type: ignore[arg-type]


@pytest.mark.parametrize("url", [*SPELLINGS, "http://127.0.0.1\t/", "http://127.0.0.1\n.paper.example/"])
def test_spellings_of_loopback(url: str) -> None:
    """However loopback and other closed addresses are spelled, nothing is connected to, for whatever kind of thing."""
    recorder = Recorder()
    fetcher = guarded(recorder, loopback_resolver)
    errors = [failure(fetcher, url, kind=kind) for kind in ("page", "feed", "sitemap", "robots")]
    assert (recorder.asked, {type(error) for error in errors}) == ([], {NeverAgain})
    assert {error.reason for error in errors} <= {"private_address", "bad_url"}


@pytest.mark.parametrize("path", ["/start", "/robots.txt"])
def test_redirects_to_spellings_of_loopback(web: Web, path: str) -> None:
    """A page or a robots.txt that redirects to any of these spellings leads nowhere."""
    asked = []

    def connector(address: str, port: int, timeout_s: float) -> GaugedSocket:
        asked.append((address, port))
        return open_socket(address, port, timeout_s)

    web.on("/end", PAGE)
    politeness = PolitenessPolicy(delay_s=0.0, max_delay_s=0.0, robots=path == "/robots.txt")
    fetcher = client(web, politeness=politeness, resolver=loopback_resolver, connector=connector)
    for number, url in enumerate(SPELLINGS):
        host = f"h{number}.example"
        # A server sends bytes; what is not ASCII goes out as UTF-8.
        web.on(path, redirect(url.encode().decode("latin-1")), host)
        if path == "/robots.txt":
            assert fetcher.get(f"http://{host}/end").body == PAGE
        else:
            assert failure(fetcher, f"http://{host}/start").reason in ("private_address", "bad_url", "port_not_allowed")
    assert set(asked) == {("127.0.0.1", web.port)}
    assert {hit.host for hit in web.log.hits} == {f"h{number}.example" for number in range(len(SPELLINGS))}


def test_a_redirect_to_a_closed_address(web: Web) -> None:
    """A redirect is judged like the first URL: address, scheme and port."""
    with Web() as inner:
        ports = (80, 443, inner.port)
        places = {
            f"http://127.0.0.1:{inner.port}/": "private_address",
            f"http://localhost:{inner.port}/": "private_address",
            f"http://[::ffff:127.0.0.1]:{inner.port}/": "private_address",
            f"//127.0.0.1:{inner.port}/x": "private_address",
            "http://elsewhere.test:22/": "port_not_allowed",
            "file:///etc/hosts": "scheme_not_allowed",
            "data:text/html,x": "bad_url",
            "gopher://paper.example/": "scheme_not_allowed",
        }
        found = {}
        for number, place in enumerate(places):
            web.on(f"/{number}", redirect(place))
            found[place] = failure(client(web, allow_ports=ports), f"http://paper.example/{number}").reason
        assert (found, inner.log.hits) == (places, [])


@pytest.mark.parametrize("port", [22, 25, 6379, 5432, 1, 65535])
def test_ports(port: int) -> None:
    """A port that is not allowed is refused before any lookup."""
    recorder = Recorder()
    assert failure(guarded(recorder, loopback_resolver), f"http://paper.test:{port}/").reason == "port_not_allowed"
    assert recorder.asked == []


def test_a_mixed_answer() -> None:
    """Of a name with public and private addresses only the public ones are connected to."""
    recorder = Recorder()
    error = failure(guarded(recorder, lambda *_: ("10.0.0.5", "93.184.215.14", "127.0.0.1")), "http://paper.test/")
    assert (recorder.asked, error.reason) == ([("93.184.215.14", 80)], "connect_failed")


def test_rebinding() -> None:
    """A name is looked up once for a connection: the second answer of a resolver that turns private is judged too."""
    answers = iter([("93.184.215.14",), ("127.0.0.1",)])
    recorder = Recorder()
    fetcher = guarded(recorder, lambda *_: next(answers))
    reasons = [failure(fetcher, "http://paper.test/").reason for _ in range(2)]
    assert (reasons, recorder.asked) == (["connect_failed", "private_address"], [("93.184.215.14", 80)])


def test_a_hundred_answers() -> None:
    """Of a hundred addresses a few are tried."""
    recorder = Recorder()
    error = failure(guarded(recorder, lambda *_: tuple(f"93.184.215.{n}" for n in range(100))), "http://paper.test/")
    assert (error.reason, len(recorder.asked)) == ("connect_failed", 3)


def test_the_operators_word(web: Web) -> None:
    """A fixed host and an allowed network may be reached, and nothing beside them."""
    web.on("/", b"<html>open</html>")
    inside = client(web, hosts={}, allow_networks=("127.0.0.0/8",), allow_ports=(web.port,))
    assert inside.get(f"http://127.0.0.1:{web.port}/").body == b"<html>open</html>"
    mapped = client(web)
    assert mapped.get("http://paper.example/").status == 200
    assert failure(mapped, f"http://127.0.0.1:{web.port}/").reason == "port_not_allowed"


ADDRESSES = [
    *("93.184.215.14", "8.8.8.8", "2606:4700:4700::1111", "::ffff:8.8.8.8"),
    *(
        "127.0.0.1",
        "10.1.1.1",
        "::1",
        "::ffff:127.0.0.1",
        "169.254.169.254",
        "fe80::1%2",
        "64:ff9b::7f00:1",
        "2002:7f00:1::",
    ),
    *("0.0.0.0", "192.168.1.1", "fec0::1", "100.64.9.9", "224.0.0.1", "::127.0.0.1", "not-an-address", ""),
]


@settings(max_examples=150, deadline=None)
@given(st.integers(0, 2**32), st.lists(st.lists(st.sampled_from(ADDRESSES), max_size=5), min_size=1, max_size=6))
def test_every_connect_passes_the_checker(seed: int, script: list[list[str]]) -> None:
    """Whatever a resolver answers, and however it changes, every address connected to passes an independent checker."""
    dice = random.Random(seed)
    recorder = Recorder()
    fetcher = guarded(recorder, lambda *_: tuple(dice.choice(script)))
    for _ in script:
        with pytest.raises((TryLater, NeverAgain)):
            fetcher.get("http://paper.test/")
    assert [address for address, _ in recorder.asked if forbidden(address)] == []


@pytest.mark.parametrize("number", range(40))
def test_public_spellings_are_not_refused(number: int) -> None:
    """Names and addresses that only look like closed ones are connected to."""
    names = [
        "1.1.1.1.test",
        "127.0.0.1.test",
        "localhost.test",
        "10.test",
        "xn--zrich-kva.test",
        "a_b.test",
        "0x7f.1.test",
    ]
    urls = [f"http://{name}/" for name in names] + [
        "http://8.8.8.8/",
        "http://[2606:4700:4700::1111]/",
        "http://1.0.0.1:8080/",
    ]
    url = urls[number % len(urls)].replace("/", "/", 1)
    if number >= 20:
        url = url.replace("http://", "http://me@", 1)
    if number % 20 >= 10:
        url = url.upper().replace("HTTP", "http", 1)
    recorder = Recorder()
    assert failure(guarded(recorder, lambda *_: ("93.184.215.14",)), url).reason == "connect_failed"
    assert len(recorder.asked) == 1
