"""Links of redirectors: what they carry is taken out, and nothing else."""

from __future__ import annotations

import time
from base64 import urlsafe_b64encode
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.feeds import parse_feed
from pipeline.models import Page
from pipeline.policies import PollPolicy
from pipeline.unwrap import unwrap_url
from pipeline.urls import normalize_url
from tests.pipeline.newsroom import NOON

PAPER = "https://www.paper.example/2026/11/ferry-reopens?id=5&page=2"
CODED = quote(PAPER, safe="")


def news_id(
    address: str, *, head: bytes = b"\x08\x13\x22", size: int | None = None, rest: bytes = b"\xd2\x01\x00"
) -> str:
    """An id of Google News in its old form."""
    length = len(address) if size is None else size
    varint = bytes([length]) if length < 128 else bytes([length & 0x7F | 0x80, length >> 7])
    return urlsafe_b64encode(head + varint + address.encode() + rest).decode().rstrip("=")


#: (link, the address in it)
WRAPPED = [
    (f"https://www.google.com/url?rct=j&sa=t&url={CODED}&ct=ga&usg=AOv", PAPER),
    (f"https://www.google.co.uk/url?q={CODED}", PAPER),
    (f"https://google.de/url?esrc=s&amp;q=&amp;url={CODED}", PAPER),
    (f"https://www.google.com/url?q={CODED}#top", PAPER),
    (f"HTTP://WWW.Google.COM/url?q={CODED}", PAPER),
    (f"https://news.google.com/news/url?sa=t&fd=R&cid=1&url={CODED}", PAPER),
    (f"http://www.bing.com/news/apiclick.aspx?ref=FexRss&aid=&tid=1&url={CODED}&c=2&mkt=en-us", PAPER),
    (f"https://l.facebook.com/l.php?u={CODED}&h=AT0", PAPER),
    (f"https://lm.facebook.com/l.php?u={CODED}", PAPER),
    (f"https://l.instagram.com/?u={CODED}&e=AT1", PAPER),
    (f"https://out.reddit.com/t3_abc?url={CODED}&token=AQ", PAPER),
    (f"https://t.umblr.com/redirect?z={CODED}&t=Yz", PAPER),
    (f"https://www.youtube.com/redirect?event=video&redir_token=Q&q={CODED}", PAPER),
    (f"https://steamcommunity.com/linkfilter/?url={CODED}", PAPER),
    (f"https://steamcommunity.com/linkfilter/?u={CODED}", PAPER),
    (f"https://vk.com/away.php?to={CODED}", PAPER),
    (f"https://duckduckgo.com/l/?uddg={CODED}&rut=1", PAPER),
    (f"https://outgoing.prod.webservices.mozgcp.net/v1/{'0a' * 32}/{CODED}", PAPER),
    (f"https://r.search.yahoo.com/_ylt=A0;_ylu=Y29/RV=2/RE=1/RO=10/RU={CODED}/RK=2/RS=x-", PAPER),
    (f"https://href.li/?{PAPER}", PAPER),
    ("https://www.google.com/amp/s/www.paper.example/ferry?id=5", "https://www.paper.example/ferry?id=5"),
    ("https://www.google.com/amp/www.paper.example/ferry", "http://www.paper.example/ferry"),
    ("https://paper-example.cdn.ampproject.org/c/s/paper.example/ferry", "https://paper.example/ferry"),
    ("https://cdn.ampproject.org/v/s/paper.example/ferry?amp_js_v=0.1", "https://paper.example/ferry?amp_js_v=0.1"),
    ("https://www.bing.com/amp/s/paper.example/ferry", "https://paper.example/ferry"),
    (f"https://news.google.com/rss/articles/{news_id(PAPER)}?oc=5", PAPER),
    (f"https://news.google.com/__i/rss/rd/articles/{news_id(PAPER)}?oc=5", PAPER),
    (f"https://news.google.com/articles/{news_id(PAPER + '&x=' + 'y' * 200)}", f"{PAPER}&x={'y' * 200}"),
    # twice encoded, in blanks, of another case
    (f"https://l.facebook.com/l.php?u={quote(CODED, safe='')}", PAPER),
    ("https://www.google.com/url?q=%20HTTPS://paper.example/a%20b", "https://paper.example/a%20b"),
    ("https://www.google.com/url?q=https://paper.example/f%C3%A9rry", "https://paper.example/férry"),
    # in layers
    (f"https://l.facebook.com/l.php?u={quote(f'https://www.google.com/url?q={CODED}', safe='')}", PAPER),
]

#: Links that stay as they are.
KEPT = [
    PAPER,
    # content by a parameter
    f"https://www.paper.example/url?url={CODED}",
    f"https://paper.example/redirect?q={CODED}",
    f"https://www.google.com/search?q={CODED}",
    f"https://translate.google.com/translate?u={CODED}",
    f"https://www.youtube.com/watch?v=dQw4&q={CODED}",
    f"https://www.facebook.com/story.php?u={CODED}",
    f"https://news.google.com/topics?url={CODED}",
    # hosts that only look like one of them
    f"https://www.google.com.paper.example/url?q={CODED}",
    f"https://google.paper.example/url?q={CODED}",
    f"https://notgoogle.com/url?q={CODED}",
    f"https://google.xyz/url?q={CODED}",
    f"https://www.google.com:8443/url?q={CODED}",
    f"https://www.google.com@paper.example/url?q={CODED}",
    f"https://paper.example/https://www.google.com/url?q={CODED}",
    f"https://www.google.com\\@paper.example/url?q={CODED}",
    "https://cdn.ampproject.org.paper.example/c/s/paper.example/a",
    # what is no address, or none in public
    "https://www.google.com/url?q=",
    "https://www.google.com/url",
    "https://www.google.com/url?q=/search",
    "https://www.google.com/url?q=//paper.example/a",
    "https://www.google.com/url?q=javascript:alert(1)",
    "https://www.google.com/url?q=ftp://paper.example/a",
    "https://www.google.com/url?q=file:///etc/passwd",
    "https://www.google.com/url?q=http://127.0.0.1/a",
    "https://www.google.com/url?q=http://2130706433/a",
    "https://www.google.com/url?q=http://127.0.0.0x1/a",
    "https://www.google.com/url?q=http://[::1]/a",
    "https://www.google.com/url?q=http://localhost/a",
    "https://www.google.com/url?q=http://printer.local/a",
    "https://www.google.com/url?q=http://db.internal./a",
    "https://www.google.com/url?q=http://router/a",
    "https://www.google.com/url?q=http://reader:secret@paper.example/a",
    "https://www.google.com/url?q=http://paper.example%0a/a",
    "https://www.google.com/url?q=https://paper.example/a%0d%0ab",
    "https://www.google.com/url?q=https://paper.example/%ff",
    "https://www.google.com/url?q=https://paper.example%5c@127.0.0.1/",
    "https://www.google.com/amp/s/127.0.0.1/a",
    "https://www.google.com/amp/prices",
    # ids of Google News that hold none
    f"https://news.google.com/rss/articles/{news_id('AU_yqLMabcdefghijklmnopq')}?oc=5",
    f"https://news.google.com/rss/articles/{news_id(PAPER, size=100)}",
    f"https://news.google.com/rss/articles/{news_id(PAPER, size=16_000)}",
    f"https://news.google.com/rss/articles/{news_id('http://127.0.0.1/a-long-enough')}",
    "https://news.google.com/rss/articles/CBMi",
    "https://news.google.com/rss/articles/CBMiiiiiiiiiiiiiiiii",
]  # fmt: skip


@pytest.mark.parametrize(("link", "address"), WRAPPED)
def test_the_address_is_taken_out(link: str, address: str) -> None:
    """As it stands in the link, and the two are one article."""
    assert unwrap_url(link) == address
    assert normalize_url(link) == normalize_url(address)


@pytest.mark.parametrize("link", KEPT)
def test_other_links_stay(link: str) -> None:
    """A parameter selects content on any other site; what leads nowhere public is not taken out."""
    assert unwrap_url(link) == link


def wrapped(times: int) -> str:
    """The address in so many layers."""
    link = PAPER
    for _ in range(times):
        link = f"https://www.google.com/url?q={quote(link, safe='')}"
    return link


def test_a_few_layers_are_taken_off() -> None:
    """Three at most; a link that is wrapped more often is left alone."""
    assert [unwrap_url(wrapped(times)) for times in (1, 2, 3)] == [PAPER] * 3
    assert [unwrap_url(wrapped(times)) for times in (4, 5)] == [wrapped(4), wrapped(5)]


def test_a_feeds_links_are_unwrapped() -> None:
    """So that the publisher is asked, and an entry that stands there twice is one."""
    items = "".join(
        f"<item><title>Ferry</title><link>{link}</link></item>"
        for link in (f"https://www.google.com/url?q={CODED}&amp;sa=t", PAPER.replace("&", "&amp;"))
    )
    body = f"<rss version='2.0'><channel><title>Alerts</title>{items}</channel></rss>".encode()
    page = Page(
        requested_url="https://alerts.example/", url="https://alerts.example/", status=200, body=body, fetched_at=NOON
    )
    feed = parse_feed(page, PollPolicy())
    assert ([entry.url for entry in feed.entries], feed.dropped) == ([PAPER], {"duplicate_link": 1})


@given(
    st.sampled_from(sorted(link.partition("?")[0] for link, _ in WRAPPED)), st.text(max_size=60), st.binary(max_size=60)
)
def test_any_text_gives_an_url(link: str, text: str, raw: bytes) -> None:
    """Nothing is raised, and what comes out is the link or an http(s) address."""
    coded = urlsafe_b64encode(b"\x08\x13\x22" + raw).decode()
    for made in (link + text, f"{link}?q={text}&url={text}", f"https://news.google.com/articles/{coded}"):
        found = unwrap_url(made)
        assert found == made or found.startswith(("http://", "https://"))


@pytest.mark.parametrize("piece", ["a.", "a.-", "q=&", "%", "%25", "/RU=", "s/", "https://", "é", "&amp;", " "])
def test_hostile_repetition_takes_linear_time(piece: str) -> None:
    """Twice the length takes less than four times as long, up to the longest URL that is read."""

    def cost(count: int) -> float:
        links = [f"{head}{piece * count}"[:8_190] for head in (
            "https://www.google.com/url?q=https://", "https://www.google.com/amp/s/", "https://r.search.yahoo.com/_",
            "https://news.google.com/articles/CBMi",
        )]  # fmt: skip
        best = 1.0
        for _ in range(3):
            started = time.process_time()
            for link in links:
                unwrap_url(link)
            best = min(best, time.process_time() - started)
        return best

    whole = 8_100 // len(piece)
    assert cost(whole) < 4 * cost(whole // 2) + 0.01
