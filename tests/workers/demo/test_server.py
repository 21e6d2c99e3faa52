"""The newsroom's web servers, asked over real connections."""

from __future__ import annotations

import http.client
import json
import time
from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest

from workers.demo import Newsroom, demo_feeds, demo_hosts, serve


@pytest.fixture(scope="module")
def newsroom() -> Iterator[Newsroom]:
    """The running newsroom."""
    with serve() as server:
        yield server


def get(newsroom: Newsroom, url: str, **headers: str) -> tuple[http.client.HTTPResponse, bytes]:
    """The answer to a GET, with its body."""
    parts = urlsplit(url)
    connection = http.client.HTTPConnection(demo_hosts(newsroom)[parts.netloc], timeout=10)
    try:
        names = {name.replace("_", "-"): value for name, value in headers.items()}
        connection.request("GET", parts.path, headers={"Host": parts.netloc, **names})
        response = connection.getresponse()
        return response, response.read()
    finally:
        connection.close()


def test_every_feed_is_served_with_its_media_type(newsroom: Newsroom) -> None:
    """Seven feeds of five kinds."""
    kinds = {}
    for feed in demo_feeds():
        response, body = get(newsroom, feed.url)
        kinds[urlsplit(feed.url).netloc] = response.headers["Content-Type"]
        assert 200 == response.status
        assert body
    assert 7 == len(kinds)
    assert {"application/rss+xml", "application/atom+xml", "application/rdf+xml", "application/feed+json"} == set(
        kinds.values()
    )


def test_a_page_has_its_publisher_s_markup(newsroom: Newsroom) -> None:
    """JSON-LD that can be read, microdata, OpenGraph, or nothing of the kind."""
    _, page = get(newsroom, "http://harbour-courier.example/news/2025/03/channel-dredging")
    data = page.partition(b'<script type="application/ld+json">')[2].partition(b"</script>")[0]
    assert "Dredgers return to Port Ellan after eleven quiet years" == json.loads(data)["headline"]
    assert b'itemprop="articleBody"' in get(newsroom, "http://northmoor-post.example/2025/03/02/turbine-choir")[1]
    assert b'property="og:title"' in get(newsroom, "http://vale-gazette.example/articles/goats-against-fire")[1]
    assert b"<meta property" not in get(newsroom, "http://saltmarsh-weekly.example/items/eel-pass.html")[1]


def test_a_notice_may_have_no_name(newsroom: Newsroom) -> None:
    """The partner is a logo there, as such notices often are."""
    _, page = get(newsroom, "http://tidewater-review.example/archive/2025/03/burrow-hill-tunnel/40213")
    assert b'This article is from the archive of our partner <a href="http://vale-gazette.example/"><img' in page
    assert b">The Vale Gazette</a>.</em>" in page


def test_a_moved_page_redirects(newsroom: Newsroom) -> None:
    """301, with a path."""
    response, _ = get(newsroom, "http://northmoor-post.example/news/clock-repaired.html")
    assert (301, "/2025/03/13/town-hall-clock-repaired") == (response.status, response.headers["Location"])
    assert 200 == get(newsroom, "http://northmoor-post.example/2025/03/13/town-hall-clock-repaired")[0].status


def test_a_withdrawn_page_is_gone_and_another_was_never_there(newsroom: Newsroom) -> None:
    """410 and 404."""
    assert 410 == get(newsroom, "http://vale-gazette.example/articles/market-square-statue")[0].status
    assert 404 == get(newsroom, "http://vale-gazette.example/articles/nothing")[0].status


def test_an_unchanged_feed_is_not_sent_again(newsroom: Newsroom) -> None:
    """304 for its own ETag, 200 for another."""
    url = "http://harbour-courier.example/rss.xml"
    tag = get(newsroom, url)[0].headers["ETag"]
    response, body = get(newsroom, url, If_None_Match=tag)
    assert (304, b"") == (response.status, body)
    assert 200 == get(newsroom, url, If_None_Match='"other"')[0].status


def test_drafts_are_closed_to_robots(newsroom: Newsroom) -> None:
    """One publisher's robots.txt says so."""
    assert b"Disallow: /drafts/" in get(newsroom, "http://saltmarsh-weekly.example/robots.txt")[1]
    assert b"Disallow:\n" in get(newsroom, "http://harbour-courier.example/robots.txt")[1]


def test_one_host_is_slow(newsroom: Newsroom) -> None:
    """It takes more than a second, and less than two, while the others answer at once."""
    begun = time.monotonic()
    get(newsroom, "http://uplands-radio.example/robots.txt")
    assert 1.0 < time.monotonic() - begun < 2.5


def test_it_ends_with_its_block() -> None:
    """Nothing listens afterwards."""
    with serve() as server:
        place = demo_hosts(server)["harbour-courier.example"]
    with pytest.raises(ConnectionRefusedError):
        http.client.HTTPConnection(place, timeout=2).request("GET", "/")
