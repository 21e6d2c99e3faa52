"""WebSub from the poll that subscribes to the delivery that is accepted, with a hub on loopback."""

from __future__ import annotations

import builtins
import http.client
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import uvicorn
from click.testing import CliRunner

from pipeline.feeds.explain import explain
from pipeline.models import Page, ParsedFeed, Push
from pipeline.policies import ExtractPolicy, PollPolicy, Settings
from pipeline.polling.push import PushDesk
from pipeline.storage import open_store
from tests.pipeline.polling.polls import NOON, Polling, polling, rss, xml
from tests.services.hub import Hub, open_hub
from tests.services.web import Reply, Web
from tests.workers.deployment import all_ended, article, deployment
from tests.workers.processes import eventually
from workers.cli import cli
from workers.parsers.feed_parsers import FeedParsers
from workers.websub_app import WebSubApp

BEACON = "http://beacon.example"
FEED = f"{BEACON}/rss"
HEAD = f"<atom:link rel='hub' href='http://hub.example/'/><atom:link rel='self' href='{FEED}'/>"
MAX_BYTES = 100_000


@pytest.fixture(scope="module")
def parsers() -> Iterator[FeedParsers]:
    """The guarded child."""
    made = FeedParsers.alone(Settings(extract=ExtractPolicy()))
    yield made
    made.guard.close()


@contextmanager
def served(app: WebSubApp, listener: socket.socket) -> Iterator[None]:
    """Serve the callback."""
    server = uvicorn.Server(uvicorn.Config(app, lifespan="off", log_config=None, access_log=False, ws="none"))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
    thread.start()
    try:
        assert eventually(lambda: server.started)
        yield
    finally:
        server.should_exit = True
        thread.join()


@pytest.fixture
def hub() -> Iterator[Hub]:
    """A hub."""
    with open_hub() as found:
        yield found


@pytest.fixture
def polls(web: Web, hub: Hub, parsers: FeedParsers, tmp_path: Path) -> Iterator[Polling]:
    """A desk with one feed that names the hub, polled once at noon, and the callback served."""
    web.on("/rss", xml(rss(f"{BEACON}/1", head=HEAD, published=NOON - timedelta(hours=9))))
    with (
        socket.create_server(("127.0.0.1", 0)) as listener,
        polling(web, tmp_path, hosts={"hub.example": f"127.0.0.1:{hub.port}"}) as found,
    ):
        callback = f"http://127.0.0.1:{listener.getsockname()[1]}/websub"
        desk = found.desk
        push = PushDesk(
            store=desk.store, client=found.client, callback_url=callback, policy=PollPolicy(), clock=found.clock
        )
        found.use(push=push)
        app = WebSubApp(desk.store, parsers.feed, MAX_BYTES, found.clock)
        with served(app, listener):
            found.add(FEED)
            found.poll(FEED)
            yield found


def push_of(polls: Polling) -> Push:
    """The feed's subscription."""
    push = polls.state(FEED).push
    assert push is not None
    return push


def test_a_poll_subscribes_and_the_hub_confirms(polls: Polling, hub: Hub) -> None:
    """With a secret and a callback of its own; the challenge comes back byte for byte as plain text."""
    assert (hub.last["hub.mode"], hub.last["hub.topic"]) == ("subscribe", FEED)
    assert len(hub.last["hub.secret"]) >= 32
    assert push_of(polls).status == "asked"
    assert hub.verify(lease=86_400) == (200, b"prove <b>it</b>")
    push = push_of(polls)
    assert (push.status, push.lease_until) == ("active", NOON + timedelta(days=1))
    assert "active since 2026-05-04 12:00, lease ends in 1 d" in "\n".join(explain(polls.state(FEED), NOON))


def test_a_confirmation_in_the_middle_of_a_poll_is_kept(polls: Polling, web: Web, hub: Hub) -> None:
    """The poll began before it, and saves its state after it."""
    web.on("/rss", xml(rss(f"{BEACON}/2", head=HEAD)))
    polls.clock.pass_(minutes=40)
    read = polls.desk.parse

    def confirmed_meanwhile(page: Page) -> ParsedFeed:
        hub.verify()
        return read(page)

    polls.use(parse=confirmed_meanwhile)
    polls.poll(FEED)
    assert push_of(polls).status == "active"
    assert len(hub.forms) == 1


def test_what_comes_in_just_before_a_poll_is_saved_is_kept(polls: Polling, hub: Hub) -> None:
    """The poll has seen the subscription as it was, and asks the clock once more for what it saves."""
    polls.clock.pass_(minutes=40)
    asked: list[int] = []

    def last_moment() -> datetime:
        asked.append(len(asked))
        if len(asked) == 3:
            hub.verify()
            hub.deliver(rss(f"{BEACON}/2").encode())
            polls.set(FEED, muted="paused by the operator")
        return polls.clock()

    polls.use(clock=last_moment)
    assert polls.poll(FEED).result == "unchanged"
    state = polls.state(FEED)
    assert (len(asked), state.muted, state.last_poll_at) == (3, "paused by the operator", polls.clock())
    assert (push_of(polls).status, push_of(polls).deliveries, state.last_new_at) == ("active", 1, polls.clock())
    assert polls.accepted() == [f"{BEACON}/1", f"{BEACON}/2"]


def test_nobody_else_can_confirm(polls: Polling, hub: Hub) -> None:
    """Not for another topic, without a challenge, with another mode, or at a path that was not given out."""
    assert hub.verify({"hub.topic": f"{BEACON}/other"})[0] == 404
    assert hub.verify({"hub.challenge": ""})[0] == 404
    assert hub.verify({"hub.mode": "unsubscribe"})[0] == 404
    assert hub.verify({"hub.challenge": "x" * 5_000})[0] == 400
    right = hub.last["hub.callback"]
    for wrong in (f"{right}0", right.rsplit("/", 1)[0] + "/", f"{right[:-4]}0000"):
        hub.last["hub.callback"] = wrong
        assert hub.verify()[0] == 404
    assert push_of(polls).status == "asked"


@pytest.mark.parametrize("method", ["sha1", "sha512"])
def test_a_delivery_is_accepted_like_a_poll(method: str, polls: Polling, hub: Hub) -> None:
    """Its entries are the feed's; what was there already is not new."""
    hub.verify()
    polls.clock.pass_(minutes=5)
    assert hub.deliver(rss(f"{BEACON}/1", "/2").encode(), method=method) == 202
    assert polls.accepted() == [f"{BEACON}/1", f"{BEACON}/2"]
    assert {url.entry.feed_url for url in polls.desk.store.crawl_batch("all")} == {FEED}
    state = polls.state(FEED)
    assert (state.last_new_at, push_of(polls).deliveries) == (polls.clock(), 1)
    assert len(state.history) == 1


def test_a_wrong_signature_is_ignored_and_counted(polls: Polling, hub: Hub) -> None:
    """The answer is the same, so that nobody learns by trying."""
    hub.verify()
    assert hub.deliver(rss(f"{BEACON}/2").encode(), secret="guess") == 202
    assert polls.accepted() == [f"{BEACON}/1"]
    assert (push_of(polls).bad_signatures, push_of(polls).deliveries) == (1, 0)


def test_a_delivery_that_is_no_feed_makes_the_feed_due(polls: Polling, hub: Hub) -> None:
    """Some hubs send a word instead of the feed."""
    hub.verify()
    polls.clock.pass_(minutes=1)
    assert hub.deliver(b"it has changed", kind="text/plain") == 202
    assert polls.state(FEED).next_poll_at == polls.clock()


def test_what_is_not_wanted_is_turned_away(polls: Polling, hub: Hub) -> None:
    """Unknown paths, bodies beyond the limit, other methods; a paused feed takes nothing."""
    hub.verify()
    assert hub.deliver(b"x" * (MAX_BYTES + 1)) == 413
    callback = urlsplit(hub.last["hub.callback"])
    connection = http.client.HTTPConnection(callback.netloc, timeout=30)
    connection.request("POST", callback.path, iter([b"x" * MAX_BYTES, b"x"]), encode_chunked=True)
    assert connection.getresponse().status == 413
    connection.close()
    connection.request("DELETE", callback.path)
    assert connection.getresponse().status == 405
    connection.close()
    polls.set(FEED, muted="paused by the operator")
    assert hub.deliver(rss(f"{BEACON}/2").encode()) == 202
    polls.desk.store.remove_feed(FEED)
    assert hub.deliver(rss(f"{BEACON}/3").encode()) == 410
    assert polls.accepted() == [f"{BEACON}/1"]


def test_a_pushed_feed_is_polled_daily_and_its_lease_renewed(polls: Polling, hub: Hub) -> None:
    """Each renewal comes before the end of the lease, with the same callback and secret."""
    hub.verify(lease=4 * 86_400)
    first = hub.last
    for _ in range(6):
        polls.clock.now = polls.state(FEED).next_poll_at
        polls.poll(FEED)
        if len(hub.forms) > 1:
            break
        assert polls.state(FEED).next_poll_at - polls.clock() > timedelta(hours=12)
    lease_until = push_of(polls).lease_until
    assert lease_until is not None
    assert NOON + timedelta(days=2) < polls.clock() < lease_until
    assert hub.last == first
    hub.verify(lease=4 * 86_400)
    assert push_of(polls).lease_until == polls.clock() + timedelta(days=4)


def test_a_safety_poll_notices_that_pushes_do_not_come(polls: Polling, web: Web, hub: Hub) -> None:
    """Then the feed is polled as usual; the hub gets another chance days later, with another secret."""
    hub.verify(lease=864_000)
    polls.clock.pass_(hours=1)
    assert polls.poll(FEED).result == "unchanged"
    assert polls.state(FEED).next_poll_at > polls.clock() + timedelta(hours=20)
    web.on("/rss", xml(rss(f"{BEACON}/2", f"{BEACON}/1", head=HEAD, published=NOON + timedelta(hours=2))))
    polls.clock.pass_(days=1)
    note = polls.poll(FEED)
    assert (note.new_entries, note.detail) == (
        1,
        "the hub did not push 1 of the new entries: the feed is polled as usual",
    )
    assert push_of(polls).status == "broken"
    assert polls.state(FEED).next_poll_at < polls.clock() + timedelta(hours=18)
    assert len(hub.forms) == 1
    old = hub.last
    polls.clock.pass_(days=7)
    polls.poll(FEED)
    assert len(hub.forms) == 2
    assert hub.last["hub.secret"] != old["hub.secret"]
    assert push_of(polls).status == "asked"


def test_what_was_pushed_does_not_count_against_the_hub(polls: Polling, web: Web, hub: Hub) -> None:
    """The safety poll finds only what is there already."""
    hub.verify(lease=864_000)
    polls.clock.pass_(hours=1)
    polls.poll(FEED)
    news = rss(f"{BEACON}/2", f"{BEACON}/1", head=HEAD, published=NOON + timedelta(hours=2))
    hub.deliver(news.encode())
    web.on("/rss", xml(news))
    polls.clock.pass_(days=1)
    assert (polls.poll(FEED).new_entries, push_of(polls).status) == (0, "active")


@pytest.mark.parametrize("how", ["answer", "denial"])
def test_a_hub_may_refuse(how: str, polls: Polling, hub: Hub) -> None:
    """At once or later; polls go on, and the reason is kept."""
    if how == "denial":
        assert hub.verify({"hub.mode": "denied", "hub.reason": "too many"}) == (200, b"")
        assert (push_of(polls).status, push_of(polls).detail) == ("refused", "the hub denied it: too many")
        return
    hub.status = 403 + 1
    polls.clock.pass_(days=1)
    polls.poll(FEED)
    assert (push_of(polls).status, push_of(polls).detail) == ("refused", "the hub answered http_404")


def test_a_hub_that_is_away_is_asked_again(polls: Polling, hub: Hub) -> None:
    """By a poll some hours later; a hub that has moved for now is followed."""
    hub.status = 503
    polls.clock.pass_(hours=7)
    polls.poll(FEED)
    assert push_of(polls).status == "asked"
    hub.status, hub.location = 202, "http://hub.example/elsewhere"
    polls.clock.pass_(hours=7)
    polls.poll(FEED)
    assert [form["path"] for form in hub.forms] == ["/", "/", "/", "/elsewhere"]


def test_a_hub_in_a_closed_network_is_not_asked(polls: Polling, web: Web) -> None:
    """A feed cannot make us talk to the inside of our own network."""
    web.on("/rss", xml(rss(f"{BEACON}/2", head=HEAD.replace("hub.example", "10.0.0.7"))))
    polls.clock.pass_(hours=1)
    polls.poll(FEED)
    assert (push_of(polls).status, push_of(polls).detail) == ("refused", "the hub answered private_address")


def test_a_feed_that_names_no_hub_any_more_is_polled_as_usual(polls: Polling, web: Web, hub: Hub) -> None:
    """The subscription is forgotten; what still comes is told that it is over."""
    hub.verify()
    web.on("/rss", xml(rss(f"{BEACON}/2")))
    polls.clock.pass_(hours=1)
    polls.poll(FEED)
    assert polls.state(FEED).push is None
    assert hub.deliver(rss(f"{BEACON}/3").encode()) == 410


def test_without_a_callback_no_hub_is_asked(web: Web, hub: Hub, tmp_path: Path) -> None:
    """The default."""
    web.on("/rss", xml(rss(f"{BEACON}/1", head=HEAD)))
    with polling(web, tmp_path, hosts={"hub.example": f"127.0.0.1:{hub.port}"}) as polls:
        polls.add(FEED)
        polls.poll(FEED)
        assert polls.state(FEED).hub_url == "http://hub.example/"
        assert (polls.state(FEED).push, hub.forms) == (None, [])


def test_the_command_says_what_it_lacks(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """The callback's address, or the extra."""
    environ = {"WIREDESK_STORE_URL": f"sqlite:///{tmp_path / 'desk.db'}"}
    done = CliRunner().invoke(cli, ["websub"], env=environ)
    assert "websub.callback_url is empty" in str(done.exception)
    done = CliRunner().invoke(cli, ["websub"], env={**environ, "WIREDESK_WEBSUB_CALLBACK_URL": "desk"})
    assert "websub.callback_url: " in str(done.exception)
    real = builtins.__import__

    def without_uvicorn(name: str, *rest: object) -> object:
        if name == "uvicorn":
            raise ImportError(name)
        return real(name, *rest)  # type: ignore[arg-type]

    monkeypatch.setattr(builtins, "__import__", without_uvicorn)
    done = CliRunner().invoke(cli, ["websub"], env=environ)
    assert "pip install 'wiredesk[websub]'" in str(done.exception)


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


def test_the_command_serves_and_ends_when_told(web: Web, tmp_path: Path) -> None:
    """As a process; a stranger's request is turned away, and a signal ends it with exit code 0."""
    port = free_port()
    with deployment(web, "", f"sqlite:///{tmp_path / 'desk.db'}", tmp_path) as desk:
        desk.environ["WIREDESK_WEBSUB_CALLBACK_URL"] = "https://desk.example/websub"
        desk.start("websub", "--port", str(port))

        def status() -> int:
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
            try:
                connection.request("POST", "/websub/abc/def", b"x")
                return connection.getresponse().status
            except OSError:
                return 0
            finally:
                connection.close()

        assert eventually(lambda: status() == 410, 60), desk.log.read_text()
        assert desk.stop() == [0], desk.log.read_text()


def test_a_deployment_stores_what_a_hub_pushes(web: Web, hub: Hub, redis_url: str, tmp_path: Path) -> None:
    """A worker's poll subscribes, the hub delivers to the command, a worker fetches the new article."""
    port = free_port()
    for number in (1, 2):
        web.on(f"/{number}", Reply(body=article("beacon.example", number)), host="beacon.example")
    web.on("/rss", xml(rss(f"{BEACON}/1", head=HEAD)))
    store_url = f"sqlite:///{tmp_path / 'desk.db'}"
    with deployment(web, redis_url, store_url, tmp_path) as desk:
        desk.environ["WIREDESK_WEBSUB_CALLBACK_URL"] = f"http://127.0.0.1:{port}/websub"
        desk.environ["WIREDESK_FETCH_HOSTS"] = (
            f'{{"*.example" = "127.0.0.1:{web.port}", "hub.example" = "127.0.0.1:{hub.port}"}}'
        )
        assert desk.run("feeds", "add", "--no-check", FEED).returncode == 0
        for command in (("websub", "--port", str(port)), ("schedule",), ("work", "-n", "1")):
            desk.start(*command)
        assert eventually(lambda: bool(hub.forms), 90), desk.log.read_text()
        assert hub.verify() == (200, b"prove <b>it</b>")
        assert hub.deliver(rss(f"{BEACON}/2").encode()) == 202
        store = open_store(store_url)
        try:
            assert eventually(lambda: all_ended(store, 2), 90), desk.log.read_text()
            assert {"stored": {"ok": 2}} == store.counts().ended
        finally:
            store.close()
        assert desk.stop() == [0, 0, 0]
