"""wiredesk feeds add as a process: feeds, sites, and servers that do not answer."""

from __future__ import annotations

import os
import pty
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from pipeline.storage import open_store
from tests.services.web import Reply, Web
from tests.workers.deployment import ROOT, WIREDESK, Deployment, deployment
from workers.cli.add import read_choice

RSS = b"<rss version='2.0'><channel><title>The Beacon</title><item><link>http://beacon.example/1</link></item></channel></rss>"
HOME = (
    b"<!doctype html><html><head><title>The Beacon</title>"
    b"<link rel=alternate type='application/rss+xml' title='All \x1b[31mnews' href='/all.rss'>"
    b"<link rel=alternate type='application/atom+xml' title='Harbour' href='/harbour.atom'>"
    b"</head><body><p>Ferries, tides and bread.</p></body></html>"
)
ROBOTS = (
    b"User-agent: *\nAllow: /\nSitemap: http://beacon.example/archive.xml\nSitemap: http://beacon.example/news.xml.gz\n"
)
HOME_FEEDS = (
    "http://beacon.example/all.rss",
    "http://beacon.example/harbour.atom",
    "http://beacon.example/news.xml.gz",
)


@pytest.fixture
def desk(web: Web, tmp_path: Path) -> Iterator[Deployment]:
    """A deployment with a store of its own, and nothing started."""
    web.on("/", HOME, host="beacon.example")
    web.on("/robots.txt", Reply(headers=(("Content-Type", "text/plain"),), body=ROBOTS), host="beacon.example")
    web.on("/all.rss", Reply(headers=(("Content-Type", "application/rss+xml"),), body=RSS), host="beacon.example")
    with deployment(web, "", f"sqlite:///{tmp_path / 'desk.db'}", tmp_path) as found:
        yield found


def listed(desk: Deployment) -> list[str]:
    """The feeds that the store holds."""
    store = open_store(desk.environ["WIREDESK_STORE_URL"])
    try:
        return [stored.feed.url for stored in store.feeds()]
    finally:
        store.close()


def test_a_feed_is_added_as_it_is(desk: Deployment) -> None:
    """Several in one call; each is asked once."""
    done = desk.run(
        "feeds", "add", "http://beacon.example/all.rss", "http://BEACON.example/all.rss?x=1", "--title", "B"
    )
    assert (done.returncode, done.stderr) == (
        1,
        "wiredesk: http://BEACON.example/all.rss?x=1: not added: http_404: the server refused; --no-check adds it all the same\n",
    )
    assert "1 of 1 new" in done.stdout
    assert listed(desk) == ["http://beacon.example/all.rss"]


def test_a_site_is_shown_for_choice_and_not_added(desk: Deployment) -> None:
    """Link tags first, then the news sitemaps of robots.txt; no control character of theirs reaches the terminal."""
    done = desk.run("feeds", "add", "http://beacon.example/")
    assert (done.returncode, listed(desk)) == (1, [])
    assert [line.split()[1] for line in done.stdout.splitlines()[1:]] == list(HOME_FEEDS)
    assert "(rss, link tag)" in done.stdout
    assert "\x1b" not in done.stdout
    assert "--all or --first" in done.stderr


@pytest.mark.parametrize(("flag", "added"), [("--all", HOME_FEEDS), ("--first", HOME_FEEDS[:1])])
def test_a_site_is_added_by_its_feeds(flag: str, added: tuple[str, ...], desk: Deployment) -> None:
    """All of them, or the surest."""
    assert desk.run("feeds", "add", flag, "http://beacon.example/").returncode == 0
    assert listed(desk) == sorted(added)


def test_usual_paths_are_tried_when_a_site_names_nothing(desk: Deployment, web: Web) -> None:
    """Up to the first that is a feed; a web page in its place is none."""
    web.on("/", b"<!doctype html><html><body>Bread</body></html>", host="lantern.example")
    web.on("/feed/", b"<!doctype html><html><body>Not found</body></html>", host="lantern.example")
    web.on("/atom.xml", RSS, host="lantern.example")
    assert desk.run("feeds", "add", "--first", "http://lantern.example/").returncode == 0
    assert listed(desk) == ["http://lantern.example/atom.xml"]
    assert "/feed.xml" not in web.log.paths("lantern.example")


def test_a_site_that_has_enough_is_asked_no_more(desk: Deployment, web: Web) -> None:
    """A path that is forbidden is passed over, a 429 ends the search."""
    web.on("/", b"<!doctype html><html><body>Bread</body></html>", host="lantern.example")
    web.on("/feed/", Reply(403), host="lantern.example")
    web.on("/rss.xml", Reply(429), host="lantern.example")
    assert desk.run("feeds", "add", "--first", "http://lantern.example/").returncode == 1
    assert web.log.paths("lantern.example") == ["/", "/feed/", "/rss.xml"]


def test_a_site_without_feeds_is_not_added(desk: Deployment, web: Web) -> None:
    """And it is said."""
    web.on("/", b"<!doctype html><html><body>Bread</body></html>", host="lantern.example")
    done = desk.run("feeds", "add", "--all", "http://lantern.example/")
    assert (done.returncode, listed(desk)) == (1, [])
    assert "no feed, and none was found on the site" in done.stderr


def test_a_server_that_does_not_answer_costs_a_warning(desk: Deployment, web: Web) -> None:
    """The feed is added: its server may be back tomorrow."""
    web.on("/rss", Reply(503), host="lantern.example")
    done = desk.run("feeds", "add", "http://lantern.example/rss")
    assert (done.returncode, "1 of 1 new" in done.stdout) == (0, True)
    assert "http://lantern.example/rss: added unchecked" in done.stderr
    assert "http_503" in done.stderr


def test_without_a_check_nothing_is_asked(desk: Deployment, web: Web) -> None:
    """Not even robots.txt."""
    done = desk.run("feeds", "add", "--no-check", "http://beacon.example/", "http://lantern.example/rss")
    assert (done.returncode, done.stdout) == (0, "2 of 2 new\n")
    assert web.log.hits == []


def test_an_url_that_is_none_adds_nothing(desk: Deployment) -> None:
    """Nor the others of the same call."""
    done = desk.run("feeds", "add", "http://beacon.example/all.rss", "beacon.example")
    assert (done.returncode, listed(desk)) == (2, [])


def on_terminal(desk: Deployment, typed: bytes, *arguments: str) -> tuple[int, str]:
    """Run a command on a terminal and type; returns its exit code and what the terminal showed."""
    ours, theirs = pty.openpty()
    process = subprocess.Popen(
        [*WIREDESK, *arguments], cwd=ROOT, env=desk.environ, stdin=theirs, stdout=theirs, stderr=theirs, close_fds=True
    )
    os.close(theirs)
    os.write(ours, typed)
    shown = b""
    try:
        while piece := os.read(ours, 4_096):
            shown += piece
    except OSError:
        pass  # the terminal's other end is closed
    finally:
        os.close(ours)
    return process.wait(timeout=60), shown.decode()


def test_on_a_terminal_the_operator_chooses(desk: Deployment) -> None:
    """By number; what cannot be read is asked again."""
    code, shown = on_terminal(desk, b"7\n3 2\n", "feeds", "add", "http://beacon.example/")
    assert (code, listed(desk)) == (0, [HOME_FEEDS[1], HOME_FEEDS[2]]), shown
    assert "numbers from 1 to 3, please" in shown


@pytest.mark.parametrize(
    ("answer", "chosen"),
    [("2", (2,)), ("3,1 3", (3, 1)), ("a", (1, 2, 3)), ("N", ()), ("4", None), ("0", None), ("x", None), (" ", None),
     ("9" * 5_000, None), ("²", None)],
)  # fmt: skip
def test_a_choice_is_read(answer: str, chosen: tuple[int, ...] | None) -> None:
    """Numbers in any order, a word for all, a word for none."""
    assert read_choice(answer, 3) == chosen
