"""Tests of pages that only lead on, as shorteners send them: followed once, as carefully as any redirect."""

from __future__ import annotations

import pytest

from pipeline.errors import NeverAgain
from tests.pipeline.fetch.clients import PAGE, client, failure
from tests.services.web import Reply, Web, redirect

STORY = "http://paper.example/ferry"
SHORT = "http://short.example/x7"


def meta(content: str, *, more: str = "") -> bytes:
    """A page that leads on."""
    return f'<html><head><meta http-equiv="refresh" content="{content}"><title>{STORY}</title></head>{more}</html>'.encode()


@pytest.fixture
def paper(web: Web) -> Web:
    """A server with one story, and other pages for who is led astray."""
    web.on("*", b"<!doctype html><html><p>Elsewhere.</p></html>")
    web.on("/ferry", PAGE, host="paper.example")
    return web


@pytest.mark.parametrize(
    "page",
    [
        meta(f"0;url={STORY}"),
        meta(f"5; URL={STORY}"),
        meta(f"0, url = '{STORY}'"),
        meta(f"0.5;url={STORY}", more="<body><p>You are being redirected.</p></body>"),
        meta("0;url=//paper.example/ferry?a=1&amp;b=2").replace(b"?a=1&amp;b=2", b""),
        f"<html><META content='0;url={STORY}' HTTP-EQUIV=Refresh></html>".encode(),
        f'<html><head><noscript><META http-equiv="refresh" content="0;URL={STORY}"></noscript><title>{STORY}</title></head>'
        f'<script>window.opener = null; location.replace("{STORY}")</script></html>'.encode(),
        meta(
            f"0;url={STORY}",
            more=f"<script>{'go(); ' * 500}</script><style>{'p {{}} ' * 100}</style><!--{'x' * 500}-->",
        ),
    ],
)
def test_a_page_that_only_leads_on_is_followed(paper: Web, page: bytes) -> None:
    """However it is written; the page that comes is the one it leads to, found by a redirect that is not permanent."""
    paper.on("/x7", page, host="short.example")
    found = client(paper).get(SHORT)
    assert (found.body, found.url, found.redirects, found.moved_to) == (PAGE, STORY, (SHORT,), None)


@pytest.mark.parametrize(
    "page",
    [
        meta(f"6;url={STORY}"),
        meta(f"600;url={STORY}"),
        meta(f"-1;url={STORY}"),
        meta("5"),
        meta("0;url="),
        meta(f"url={STORY}"),
        meta("0;url=javascript:location='/ferry'"),
        meta("0;url=data:text/html,ferry"),
        meta("0;url=mailto:desk@paper.example"),
        meta("0;url=ftp://paper.example/ferry"),
        meta("0;url=http://paper.example\\@other.example/"),
        meta("0;url=http://127.1/"),
        meta("0;url=/x7"),
        meta("0;url=#top"),
        meta(f"0;url={STORY}", more=f"<p>{'The gates at Hallam opened. ' * 10}</p>"),
        meta(f"0;url={STORY}", more=f"<script>{'x' * 9_000}</script>"),
        b"<html><!--" + meta(f"0;url={STORY}") + b"--></html>",
        b"<html><script>'" + meta(f"0;url={STORY}") + b"'</script></html>",
        b"<html><noscript>" + meta("0;url=/no-scripts") + b"</noscript></html>",
        b"<html>" + b"<meta " * 1_300 + b"</html>",
        b"<html>" + b"<script" * 1_100 + b"</html>",
    ],
)
def test_any_other_page_is_a_page(paper: Web, page: bytes) -> None:
    """One that waits, has a text of its own, is large, or leads nowhere that can be asked."""
    paper.on("/x7", page, host="short.example")
    found = client(paper).get(SHORT)
    assert (found.body, found.url, found.redirects) == (page, SHORT, ())
    assert paper.log.paths() == ["/x7"]


def test_only_one_is_followed(paper: Web) -> None:
    """The second is the page, whatever it leads to; redirects may come before and after."""
    paper.on("/x7", redirect("/a"), host="short.example")
    paper.on("/a", meta("0;url=/b"))
    paper.on("/b", redirect("/c"))
    paper.on("/c", meta("0;url=/a"))
    found = client(paper).get(SHORT)
    assert (found.url, found.body) == ("http://short.example/c", meta("0;url=/a"))
    assert paper.log.paths() == ["/x7", "/a", "/b", "/c"]


def test_a_loop_is_noticed(paper: Web) -> None:
    """A page that leads to a redirect that leads back."""
    paper.on("/x7", meta("0;url=/back"))
    paper.on("/back", redirect("/x7"))
    error = failure(client(paper), SHORT)
    assert (type(error), error.reason) == (NeverAgain, "redirect_loop")
    assert paper.log.paths() == ["/x7", "/back"]


def test_it_counts_as_a_redirect(paper: Web) -> None:
    """Of which there are so many and no more."""
    paper.on("/x7", redirect("/a"))
    paper.on("/a", meta("0;url=/b"))
    assert failure(client(paper, max_redirects=1), SHORT).reason == "too_many_redirects"
    assert client(paper, max_redirects=2).get(SHORT).url == "http://short.example/b"


@pytest.mark.parametrize("place", ["http://10.0.0.7/", "http://[::1]/", "http://169.254.169.254/latest/meta-data/"])
def test_it_leads_to_no_closed_network(paper: Web, place: str) -> None:
    """The address guard stands before every hop."""
    paper.on("/x7", meta(f"0;url={place}"))
    error = failure(client(paper), SHORT)
    assert (type(error), error.reason) == (NeverAgain, "private_address")


def test_the_next_server_is_watched_like_the_first(paper: Web) -> None:
    """What comes after it fails for its own reasons."""
    paper.on("/x7", meta(f"0;url={STORY}"))
    paper.on("/ferry", Reply(404), host="paper.example")
    assert failure(client(paper), SHORT).reason == "http_404"


def test_feeds_and_robots_are_not_read_so(paper: Web) -> None:
    """Only pages have readers."""
    paper.on("/x7", meta(f"0;url={STORY}"))
    assert client(paper).get(SHORT, kind="feed").url == SHORT
