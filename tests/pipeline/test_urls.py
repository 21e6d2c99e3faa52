"""URLs as identity: what must be one article and what must stay two."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.urls import host_of, normalize_url, record_uri, registrable_domain, url_key

PAPER = "https://www.paper.example/2026/11/ferry-reopens"

#: (one spelling, another of the same article)
SAME = [
    # scheme, host, port
    ("http://paper.example/a-1", "https://paper.example/a-1"),
    ("https://PAPER.example/a-1", "https://paper.example/a-1"),
    ("https://www.paper.example/a-1", "https://paper.example/a-1"),
    ("https://paper.example:443/a-1", "https://paper.example/a-1"),
    ("http://paper.example:80/a-1", "https://paper.example/a-1"),
    ("https://paper.example./a-1", "https://paper.example/a-1"),
    ("https://reader:secret@paper.example/a-1", "https://paper.example/a-1"),
    ("https://bücher.example/a-1", "https://xn--bcher-kva.example/a-1"),
    ("https://BÜCHER.example/a-1", "https://bücher.example/a-1"),
    ("https://paper。example/a-1", "https://paper.example/a-1"),
    # path
    ("https://paper.example", "https://paper.example/"),
    ("https://paper.example/a-1/", "https://paper.example/a-1"),
    ("https://paper.example/x/./a-1", "https://paper.example/x/a-1"),
    ("https://paper.example/x/../a-1", "https://paper.example/a-1"),
    ("https://paper.example/../../a-1", "https://paper.example/a-1"),
    ("https://paper.example/%7Eada/a-1", "https://paper.example/~ada/a-1"),
    ("https://paper.example/f%c3%a9rry", "https://paper.example/f%C3%A9rry"),
    ("https://paper.example/férry", "https://paper.example/f%C3%A9rry"),
    ("https://paper.example/a%2d1", "https://paper.example/a-1"),
    ("https://paper.example/a 1", "https://paper.example/a%201"),
    ("https://paper.example/news/index.html", "https://paper.example/news/"),
    ("https://paper.example/a-1;jsessionid=0A1B2C3D", "https://paper.example/a-1"),
    ("https://paper.example/(S(abcdefghijklmnopqrstuvwx))/a-1", "https://paper.example/a-1"),
    # fragment
    (f"{PAPER}#comments", PAPER),
    (f"{PAPER}#:~:text=ferry", PAPER),
    # query
    (f"{PAPER}?", PAPER),
    ("https://paper.example/a?b=2&a=1", "https://paper.example/a?a=1&b=2"),
    ("https://paper.example/a?id=5&amp;page=2", "https://paper.example/a?id=5&page=2"),
    ("https://paper.example/a?q=%7Eada", "https://paper.example/a?q=~ada"),
    ("https://paper.example/a?id=5&", "https://paper.example/a?id=5"),
    # how the reader came
    (f"{PAPER}?utm_source=rss&utm_medium=feed", PAPER),
    (f"{PAPER}?UTM_Source=rss", PAPER),
    (f"{PAPER}?fbclid=IwAR0abc", PAPER),
    (f"{PAPER}?gclid=abc&gbraid=x", PAPER),
    (f"{PAPER}?at_medium=RSS&at_campaign=KARANGA", PAPER),
    (f"{PAPER}?CMP=rss", PAPER),
    (f"{PAPER}?mc_cid=1&mc_eid=2", PAPER),
    (f"{PAPER}?xtor=RSS-3208", PAPER),
    (f"{PAPER}?ocid=feed&ncid=txtlnk", PAPER),
    (f"{PAPER}?ref=rss", PAPER),
    (f"{PAPER}?source=rss&from=twitter", PAPER),
    (f"{PAPER}?_ga=2.1.2.3&_gl=1*x", PAPER),
    (f"{PAPER}?wt_mc=rss.red.ho", PAPER),
    (f"{PAPER}?__twitter_impression=true", PAPER),
    ("https://paper.example/a?id=5&utm_campaign=x", "https://paper.example/a?id=5"),
    # session
    (f"{PAPER}?PHPSESSID=abc", PAPER),
    (f"{PAPER}?sid=0123456789abcdef0123456789abcdef", PAPER),
    # another device
    ("https://m.paper.example/a-1", "https://www.paper.example/a-1"),
    ("https://mobile.paper.example/a-1", "https://paper.example/a-1"),
    ("https://amp.paper.example/a-1", "https://paper.example/a-1"),
    ("https://en.m.encyclopedia.example/wiki/Ferry", "https://en.encyclopedia.example/wiki/Ferry"),
    (f"{PAPER}/amp", PAPER),
    (f"{PAPER}/amp/", PAPER),
    (f"{PAPER}.amp", PAPER),
    ("https://paper.example/ferry-reopens.amp.html", "https://paper.example/ferry-reopens.html"),
    ("https://paper.example/amp/news/ferry-reopens", "https://paper.example/news/ferry-reopens"),
    (f"{PAPER}?amp=1", PAPER),
    (f"{PAPER}?amp", PAPER),
    (f"{PAPER}?outputType=amp", PAPER),
    ("https://www.google.com/amp/s/www.paper.example/ferry-reopens", "https://paper.example/ferry-reopens"),
    ("https://paper-example.cdn.ampproject.org/c/s/paper.example/ferry-1", "https://paper.example/ferry-1"),
    ("https://blog.example/2026/11/ferry.html?m=1", "https://blog.example/2026/11/ferry.html"),
]

#: (one article, another)
DIFFERENT = [
    ("https://paper.example/A", "https://paper.example/a"),
    ("https://paper.example/a?ID=5", "https://paper.example/a?id=5"),
    ("https://paper.example/a?id=A", "https://paper.example/a?id=a"),
    ("https://paper.example/a?id=5", "https://paper.example/a?id=6"),
    ("https://paper.example/a?id=5", "https://paper.example/a"),
    ("https://paper.example/a?page=2", "https://paper.example/a"),
    ("https://paper.example/a?p=1&p=2", "https://paper.example/a?p=2&p=1"),
    ("https://paper.example/?12345", "https://paper.example/?12346"),
    ("https://paper.example/a?a=1&b=", "https://paper.example/a?a=1"),
    ("https://paper.example/a%2Fb", "https://paper.example/a/b"),
    ("https://paper.example/a%3Fb", "https://paper.example/a?b"),
    ("https://paper.example/a+b", "https://paper.example/a%20b"),
    ("https://paper.example/a;v=2", "https://paper.example/a"),
    ("https://paper.example/a//b", "https://paper.example/a/b"),
    ("https://paper.example:8080/a", "https://paper.example/a"),
    ("https://news.paper.example/a", "https://sport.paper.example/a"),
    ("https://paper.example/a", "https://paper.test/a"),
    ("https://m.co.uk/a", "https://co.uk/a"),
    ("https://x.m.co.uk/a", "https://x.co.uk/a"),
    ("https://faß.example/a", "https://fass.example/a"),
    ("https://paper.example/topics/amp", "https://paper.example/topics"),
    ("https://paper.example/amp/prices", "https://paper.example/prices"),
    ("https://paper.example/a?ref=main", "https://paper.example/a?ref=develop"),
    ("https://paper.example/a?source=reuters", "https://paper.example/a?source=ap"),
    ("https://paper.example/a?from=2026-01-01", "https://paper.example/a"),
    ("https://paper.example/a?session_id=118", "https://paper.example/a?session_id=119"),
    ("https://paper.example/?s=ferry", "https://paper.example/"),
    ("https://paper.example/?feed=rss2", "https://paper.example/"),
    ("https://paper.example/?m=202611", "https://paper.example/"),
    ("https://paper.example/archive?y=2026&m=1", "https://paper.example/archive?y=2026"),
    ("https://paper.example/#!/ferry", "https://paper.example/#!/quay"),
    ("https://paper.example/index.php?id=1", "https://paper.example/?id=1"),
    ("https://paper.example/print/ferry-1", "https://paper.example/ferry-1"),
    ("https://paper.example/en/ferry-1", "https://paper.example/de/ferry-1"),
    ("https://paper.example/a?lang=en", "https://paper.example/a?lang=de"),
    ("https://paper.example/a?v=dQw4&t=10", "https://paper.example/a?v=dQw5&t=10"),
    ("https://paper.example/ferry-1.html", "https://paper.example/ferry-1"),
]

REFUSED = [
    "", "paper.example/a", "//paper.example/a", "/a", "ftp://paper.example/a", "javascript:alert(1)", "file:///etc/passwd",
    "mailto:a@paper.example", "http://", "http:///a", "http:paper.example", "https://exa mple.example/", "https://a..example/",
    "https://-/", "https://paper.example:0/", "https://paper.example:99999/", "https://paper.example:abc/",
    "https://paper.example\\@127.0.0.1/", "https://paper.example/a\nb", "https://paper.example/a\x00b", "https://[::1/",
    "https://[fe80::1%25eth0]/", "https://%00/", "https://paper.example/" + "a" * 8_200, "https://pa\u202eper.example/\ud800",
]  # fmt: skip


@pytest.mark.parametrize(("one", "other"), SAME)
def test_spellings_of_one_article_are_equal(one: str, other: str) -> None:
    """Channel, session, device and spelling do not make another article."""
    assert normalize_url(one) == normalize_url(other)


@pytest.mark.parametrize(("one", "other"), DIFFERENT)
def test_what_may_select_content_stays(one: str, other: str) -> None:
    """The path's case, and every parameter that is not known to say nothing, make another article."""
    assert normalize_url(one) != normalize_url(other)


@pytest.mark.parametrize("url", REFUSED)
def test_what_is_no_address_is_refused(url: str) -> None:
    """Other schemes, missing or impossible hosts, control characters and endless URLs raise ValueError."""
    with pytest.raises(ValueError):
        normalize_url(url)


def test_the_key_is_made_of_the_identity() -> None:
    """Key and URN are the same for all spellings and of fixed length."""
    assert url_key(PAPER) == url_key(f"{PAPER}/?utm_source=rss")
    assert len(url_key(PAPER)) == 64
    assert record_uri(PAPER) == f"urn:wiredesk:article:{url_key(PAPER)[:32]}"


@pytest.mark.parametrize(
    ("url", "host"),
    [
        ("https://WWW.Paper.example/a", "www.paper.example"),
        ("https://paper.example:443/a", "paper.example"),
        ("http://paper.example:8080/a", "paper.example:8080"),
        ("https://u:p@paper.example./a", "paper.example"),
        ("https://bücher.example/a", "xn--bcher-kva.example"),
        ("http://[2001:db8::1]:81/a", "[2001:db8::1]:81"),
        ("http://[2001:DB8::1]/a", "[2001:db8::1]"),
    ],
)
def test_the_host_is_the_server_that_is_asked(url: str, host: str) -> None:
    """The politeness scope keeps "www." and "m.", for these may be other servers."""
    assert host_of(url) == host


@pytest.mark.parametrize(
    ("place", "domain"),
    [
        ("https://news.bbc.co.uk/a", "bbc.co.uk"),
        ("www.paper.com", "paper.com"),
        ("paper.com:8080", "paper.com"),
        ("https://127.0.0.1:8000/a", "127.0.0.1"),
        ("https://localhost/a", "localhost"),
    ],
)
def test_the_registrable_domain_follows_the_public_suffix_list(place: str, domain: str) -> None:
    """A host that the list does not know is its own domain."""
    assert registrable_domain(place) == domain


@given(st.text(max_size=60))
def test_any_text_gives_a_form_or_a_value_error(text: str) -> None:
    """Nothing but ValueError is raised, whatever stands after the scheme."""
    for url in (text, f"https://{text}", f"https://paper.example/{text}"):
        try:
            form = normalize_url(url)
        except ValueError:
            continue
        assert form.isascii()
        assert normalize_url(form) == form


@pytest.mark.parametrize(
    "piece", ["%", "/.", "/..", "/amp", "a&", ";jsessionid=", "?", "=", "/(s(", "www.", "%41", "-", "é"]
)
def test_hostile_repetition_takes_linear_time(piece: str) -> None:
    """Twice the length takes less than four times as long, up to the longest URL that is read."""

    def cost(count: int) -> float:
        url = f"https://paper.example/a{piece * count}"[:8_190]
        began = time.process_time()
        for _ in range(5):
            normalize_url(url)
        return time.process_time() - began

    assert cost(8_000 // len(piece)) < 4 * cost(4_000 // len(piece)) + 0.05


@pytest.mark.parametrize(
    ("host", "expected"),
    [
        ("www.bbc.co.uk", "bbc.co.uk"),
        ("https://news.paper.example/story", "paper.example"),
        ("localhost", "localhost"),
        ("127.0.0.1:8080", "127.0.0.1"),
        ("https://[::1]/", "::1"),
    ],
)
def test_a_registrable_domain_is_found_below_any_suffix(host: str, expected: str) -> None:
    """Also below a top-level domain that the public suffix list does not name."""
    assert expected == registrable_domain(host)
