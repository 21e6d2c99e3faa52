"""The feeds of a site are found."""

from __future__ import annotations

import time

import pytest
from msgspec.structs import replace

from pipeline.feeds import discover, sitemaps, well_known
from tests.pipeline.feeds.feed_texts import item, page, rss

SITE = "https://news.example/local/"
HTML = """<!doctype html><html><head>
<link rel="stylesheet" href="/x.css" type="text/css">
<link rel="alternate" type="application/rss+xml" title="Gazette &amp; more" href="/feed/">
<LINK REL='alternate' TYPE='application/atom+xml' HREF='//news.example/atom.xml'>
<link rel=alternate type=application/feed+json href=feed.json>
<link rel="alternate" hreflang="de" type="text/html" href="/de/">
<link rel="alternate" type="application/json" href="/wp-json/posts/1">
<link rel="alternate" type="application/rss+xml" href="javascript:alert(1)">
<link rel="alternate" type="application/rss+xml" title="again" href="/feed/"></head>
<body><a href="/sport/rss.xml" title="Sport">RSS</a> <a href="/about">About</a></body></html>"""


def test_link_tags_come_first_then_links_in_the_page() -> None:
    """Each feed once, with its title and kind; other alternates are no feeds."""
    found = discover(page(HTML, url=SITE))
    assert [(feed.url, feed.kind, feed.how) for feed in found] == [
        ("https://news.example/feed/", "rss", "link tag"),
        ("https://news.example/atom.xml", "atom", "link tag"),
        ("https://news.example/local/feed.json", "json", "link tag"),
        ("https://news.example/sport/rss.xml", "unknown", "link in the page"),
    ]
    assert found[0].title == "Gazette & more"


def test_a_base_element_counts() -> None:
    """Relative links are taken from <base href>."""
    body = '<html><base href="https://b.example/x/"><link rel="alternate" type="application/rss+xml" href="f.xml">'
    assert [feed.url for feed in discover(page(body, url=SITE))] == ["https://b.example/x/f.xml"]


def test_a_page_that_is_a_feed_is_found_itself() -> None:
    """An address that answers with a feed needs no search."""
    (found,) = discover(page(rss(item("https://a.example/1")), url=SITE))
    assert (found.url, found.title, found.kind, found.how) == (SITE, "The Harbour Gazette", "rss", "the page itself")


def test_robots_names_sitemaps() -> None:
    """Sitemap lines count wherever they stand; those for news come first."""
    robots = "User-agent: *\nDisallow: /x\nSitemap: /sitemap.xml\n sitemap : https://news.example/news-sitemap.xml\n"
    found = sitemaps(robots, "https://news.example/robots.txt")
    assert [feed.url for feed in found] == ["https://news.example/news-sitemap.xml", "https://news.example/sitemap.xml"]
    assert {feed.kind for feed in found} == {"sitemap"}


def test_well_known_paths_are_on_the_site() -> None:
    """Where publishing software puts feeds."""
    urls = [feed.url for feed in well_known(SITE)]
    assert "https://news.example/feed/" in urls
    assert "https://news.example/rss.xml" in urls
    assert all(url.startswith("https://news.example/") for url in urls)


@pytest.mark.parametrize("piece", ["<link ", "<a href=x ", "<", "<link rel='", '<a b="', "<base "])
def test_hostile_pages_take_linear_time(piece: str) -> None:
    """Twice the page takes less than four times as long."""

    def cost(size: int) -> float:
        answer = replace(page("", url=SITE), body=("<html>" + piece * (size // len(piece))).encode())
        began = time.process_time()
        discover(answer)
        return time.process_time() - began

    assert cost(200_000) < 4 * cost(100_000) + 0.05
