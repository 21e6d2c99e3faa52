"""Tests of redirects: followed by us, hop by hop, with cookies that live no longer than the chain."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from pipeline.errors import NeverAgain
from tests.pipeline.fetch.clients import PAGE, client, failure
from tests.services.web import Reply, Request, Web, exactly, redirect


@pytest.mark.parametrize(
    ("statuses", "moved_to"),
    [
        ((301,), "http://paper.example/1"),
        ((308, 301), "http://paper.example/2"),
        ((301, 302), "http://paper.example/1"),
        ((301, 302, 301), "http://paper.example/1"),
        ((302,), None),
        ((307, 301), None),
        ((303,), None),
        ((), None),
    ],
)
def test_permanent_redirects(web: Web, statuses: tuple[int, ...], moved_to: str | None) -> None:
    """A page tells where the permanent redirects at the head of the chain led."""
    for number, status in enumerate(statuses):
        web.on(f"/{number}", redirect(f"/{number + 1}", status))
    web.on(f"/{len(statuses)}", PAGE)
    page = client(web).get("http://paper.example/0")
    expected = tuple(f"http://paper.example/{number}" for number in range(len(statuses)))
    assert (page.moved_to, page.redirects, page.body) == (moved_to, expected, PAGE)


@pytest.mark.parametrize(
    ("location", "path"),
    [
        ("next", "/deep/next"),
        ("/next", "/next"),
        ("../next", "/next"),
        ("?page=2", "/deep/start?page=2"),
        ("//other.example/next", "/next"),
        ("http://paper.example/a b", "/a%20b"),
        ("/caf\u00c3\u00a9", "/caf%C3%A9"),
        ("/caf\u00e9", "/caf%E9"),
        ("/next#part", "/next"),
        ("HTTP://PAPER.EXAMPLE/Next", "/Next"),
        (" /next ", "/next"),
    ],
)
def test_places(web: Web, location: str, path: str) -> None:
    """Relative and odd Location headers are read as browsers read them."""
    web.on("/deep/start", redirect(location))
    web.on("*", PAGE)
    assert client(web).get("http://paper.example/deep/start").body == PAGE
    assert web.log.paths()[1:] == [path]


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (redirect("/start"), "redirect_loop"),
        (redirect("http://PAPER.example:80/start#again"), "redirect_loop"),
        (redirect("/" + "a" * 9_000), "url_too_long"),
        (redirect("http://paper.example:99999/"), "bad_url"),
        (redirect("/a\x01b"), "bad_redirect"),
        (redirect(""), "bad_redirect"),
        (Reply(302), "bad_redirect"),
        (redirect("/a", 302, ("Location", "/b")), "bad_redirect"),
        (redirect("mailto:desk@paper.example"), "bad_url"),
        (redirect("http://paper.example\\@other.example/"), "bad_url"),
    ],
)
def test_places_that_are_none(web: Web, answer: Reply, reason: str) -> None:
    """A redirect that leads nowhere ends the fetch for good."""
    web.on("/start", answer)
    error = failure(client(web), "http://paper.example/start")
    assert (type(error), error.reason) == (NeverAgain, reason)


@pytest.mark.parametrize(
    "lead", [redirect, lambda link: Reply(body=f"<meta http-equiv=refresh content='0;url={link}'>".encode())]
)
def test_a_redirectors_own_page_is_never_asked(web: Web, lead: Callable[[str], Reply]) -> None:
    """What its link carries is, at once: its own words must not pass for the article's."""
    wrapped = "https://steamcommunity.com/linkfilter/?url=http%3A%2F%2Fpaper.example%2Fferry"
    web.on("/start", lead(wrapped))
    web.on("/ferry", PAGE, host="paper.example")
    found = client(web).get("http://other.example/start")
    assert (found.url, found.body, found.redirects) == (
        "http://paper.example/ferry",
        PAGE,
        ("http://other.example/start",),
    )
    found = client(web).get(wrapped)
    assert (found.requested_url, found.url, found.redirects) == (wrapped, "http://paper.example/ferry", ())


def test_a_loop_through_a_redirector(web: Web) -> None:
    """Is one."""
    web.on("/start", redirect("https://www.google.com/url?q=http://paper.example/start"))
    assert failure(client(web), "http://paper.example/start").reason == "redirect_loop"


def test_too_many(web: Web) -> None:
    """The number of hops is limited."""
    for number in range(30):
        web.on(f"/{number}", redirect(f"/{number + 1}"))
    web.on("/3", PAGE, host="short.example")
    assert client(web, max_redirects=3).get("http://short.example/0").body == PAGE
    assert failure(client(web, max_redirects=3), "http://paper.example/0").reason == "too_many_redirects"
    assert web.log.paths("paper.example") == ["/0", "/1", "/2", "/3"]


def test_ping_pong(web: Web) -> None:
    """Two pages that point at each other are a loop."""
    web.on("/a", redirect("http://two.example/b"))
    web.on("/b", redirect("http://one.example/a"))
    assert failure(client(web), "http://one.example/a").reason == "redirect_loop"
    assert web.log.paths() == ["/a", "/b"]


def test_a_cookie_wall(web: Web) -> None:
    """A page that sets a cookie and redirects to itself is read; the cookie is forgotten with the chain."""

    def wall(request: Request) -> Reply:
        seen = request.headers.get("cookie") == "seen=yes"
        return Reply(body=PAGE) if seen else redirect("/", 302, ("Set-Cookie", "seen=yes; Path=/"))

    web.on("/", wall)
    fetcher = client(web)
    assert [fetcher.get("http://paper.example/").body for _ in range(2)] == [PAGE, PAGE]
    assert [hit.headers.get("cookie") for hit in web.log.hits] == [None, "seen=yes", None, "seen=yes"]


def test_a_wall_that_never_opens(web: Web) -> None:
    """A page that keeps redirecting to itself is a loop, cookie or not."""
    web.on("/", redirect("/", 302, ("Set-Cookie", "seen=yes; Path=/")))
    assert failure(client(web), "http://paper.example/").reason == "redirect_loop"


def test_cookies_stay_with_their_host(web: Web) -> None:
    """A cookie does not go to another host, nor from TLS to a plain connection."""
    web.on(
        "/",
        redirect("http://other.example/", 302, ("Set-Cookie", "a=b"), ("Set-Cookie", "c=d; Secure")),
        "paper.example",
    )
    web.on("/", redirect("http://paper.example/end"), "other.example")
    web.on("/end", PAGE)
    client(web).get("http://paper.example/")
    assert [hit.headers.get("cookie") for hit in web.log.hits] == [None, None, "a=b"]


def test_nothing_of_ours_travels(web: Web) -> None:
    """User information in the URL is sent to nobody; validators and our name go to every hop."""
    web.on("/", redirect("http://other.example/"), "paper.example")
    web.on("/", exactly(b"HTTP/1.1 304 Not Modified\r\n\r\n"), "other.example")
    page = client(web).get("http://reader:secret@paper.example/", kind="feed", etag='W/"a, b"')
    assert (page.status, page.body) == (304, b"")
    for hit in web.log.hits:
        assert "authorization" not in hit.headers
        assert hit.headers["if-none-match"] == 'W/"a, b"'
    assert "secret" not in repr(page)
