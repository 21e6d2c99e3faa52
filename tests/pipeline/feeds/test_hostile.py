"""Hostile feeds are read or refused, in bounded time: what hangs or breaks feedparser does neither here."""

from __future__ import annotations

import random
import time
from collections.abc import Callable

import pytest

from pipeline.errors import FeedUnreadable
from pipeline.feeds import parse_feed
from pipeline.feeds.defuse import defuse
from pipeline.feeds.links import header_link
from pipeline.feeds.persons import read_person
from pipeline.feeds.plain import strip_markup
from pipeline.feeds.repair import escape_ampersands
from pipeline.models import ParsedFeed
from pipeline.urls import url_key
from tests.pipeline.feeds.feed_texts import POLICY, atom, item, page, parse, rss

#: CPU seconds on a slow, shared machine; feedparser alone takes from 26 s to minutes for the slow ones.
BOUND_S = 10.0
K = 1_000
ENTRY = "https://a.example/1"


def broken(text: str) -> str:
    """Return the feed without its end, so that feedparser reads it."""
    return text[:-6]


def described(text: str) -> str:
    """Return a feed with an entry of that description."""
    return rss(item(ENTRY, f"<description>{text}</description>"))


MANY_ATTRIBUTES = " ".join(f'a{n}="1"' for n in range(50 * K))
MANY_NAMESPACES = " ".join(f'xmlns:a{n}="http://a.example/{n}"' for n in range(50 * K))
AUTHOR = rss(item(ENTRY, f"<author>{'a' * 100 * K}</author>"))
SPLIT_AUTHOR = rss(item(ENTRY, f"<author>{('a' * 900 + '<b/>') * 100}</author>"))
LAUGHS = "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 10))

SLOW = {
    "blank lines before": "\n" * 1_000 * K + rss(item(ENTRY)),
    "blank lines before, ill-formed": "\n" * 1_000 * K + broken(rss(item(ENTRY))),
    "blank lines in the head": "<?xml version='1.0'?>" + "\n" * 300 * K + broken(rss(item(ENTRY))),
    "attributes": rss(item(ENTRY)).replace("<rss ", f"<rss {MANY_ATTRIBUTES} "),
    "attributes, ill-formed": broken(rss(item(ENTRY)).replace("<rss ", f"<rss {MANY_ATTRIBUTES} ")),
    "namespaces": rss(item(ENTRY)).replace("<rss ", f"<rss {MANY_NAMESPACES} "),
    "url( in style": described(f'&lt;p style="{"url(" * 20 * K}"&gt;'),
    "url( in style, ill-formed": broken(described(f'&lt;p style="{"url(" * 20 * K}"&gt;')),
    "comments": described("&lt;!---- " * 70 * K),
    "comments, ill-formed": broken(described("&lt;!---- " * 70 * K)),
    "raw comments, ill-formed": broken(described("<!---- " * 70 * K)),
    "author": AUTHOR,
    "author, ill-formed": broken(AUTHOR),
    "author in pieces, ill-formed": broken(SPLIT_AUTHOR),
    "deep": f"<rss version='2.0'><channel>{'<a>' * 20 * K}{'</a>' * 20 * K}{item(ENTRY)}</channel></rss>",
    "entity bomb": f'<!DOCTYPE r [<!ENTITY a0 "x">{LAUGHS}]>' + rss(item(ENTRY)).replace("Harbour", "&a9;"),
    "quadratic entity": f'<!DOCTYPE r [<!ENTITY a "{"x" * 100 * K}">]>'
    + rss(item(ENTRY)).replace("Harbour", "&a;" * 2 * K),
    "double declaration": '<?xml version="1.0"?><?xml version="1.0"?>' + rss(item(ENTRY)),
    "undeclared prefix": rss(item(ENTRY, "<nowhere:x>1</nowhere:x>")),
}


@pytest.mark.parametrize("name", SLOW)
def test_what_hangs_feedparser_is_read_in_time(name: str) -> None:
    """Each is read within the bound, without expanding an entity."""
    began = time.process_time()
    feed = parse(SLOW[name])
    assert time.process_time() - began < BOUND_S
    assert sum(len(text or "") for text in (feed.title, *(entry.title for entry in feed.entries))) < 10 * K
    if "deep" not in name:
        assert [entry.url for entry in feed.entries] == [ENTRY]


@pytest.mark.parametrize("closing", ["</rss>", ""], ids=["well-formed", "ill-formed"])
@pytest.mark.parametrize(
    "flaw",
    [
        "&#xD800;", "&#99999999999;", "&#0;", "&#x1F;", "<a>\x00</a>", "<dc:creator>\x01</dc:creator>", "<pubDate>\x00</pubDate>",
        '<gml:pos xmlns:gml="http://www.opengis.net/gml">a b</gml:pos>',
        '<georss:point xmlns:georss="http://www.georss.org/georss">x</georss:point>',
    ],
)  # fmt: skip
def test_what_breaks_feedparser_costs_no_entry(flaw: str, closing: str) -> None:
    """A flaw inside one entry leaves all entries."""
    body = rss(item(ENTRY, flaw) + item("https://a.example/2")).removesuffix("</rss>") + closing
    assert [entry.url for entry in parse(body).entries] == [ENTRY, "https://a.example/2"]


HOSTILE_PIECES = [
    "<",
    "</",
    "<!--",
    "<p ",
    "&",
    "&#",
    "&#x1;",
    "<script",
    "a@",
    "<author>",
    "</author>",
    "<item ",
    "\n",
    " ",
    "ab-",
    "<a b='",
]


@pytest.mark.parametrize("piece", HOSTILE_PIECES)
@pytest.mark.parametrize(
    "function",
    [
        defuse,
        escape_ampersands,
        lambda text: strip_markup(text, len(text)),
        read_person,
        lambda text: header_link(text, "hub"),
    ],
)
def test_our_own_patterns_take_linear_time(function: Callable[[str], object], piece: str) -> None:
    """Twice the text takes less than three times as long."""

    def cost(size: int) -> float:
        text = piece * (size // len(piece))
        times = []
        for _ in range(3):
            began = time.process_time()
            function(text)
            times.append(time.process_time() - began)
        return min(times)

    assert cost(200 * K) < 3 * cost(100 * K) + 0.05


def test_control_characters_leave_texts_and_spoil_links() -> None:
    """NUL and other controls are no part of titles and ids; a link with an escaped one is refused."""
    items = "<item><title>a\x00b</title><link>https://a.example/1</link><guid>g\x01</guid></item>"
    (entry,) = parse(rss(items)).entries
    assert (entry.title, entry.entry_id) == ("ab", "g")
    feed = parse(
        '{"version": "https://jsonfeed.org/version/1", "items": [{"url": "https://a.example/\\u0001", "title": "x"}]}'
    )
    assert feed.dropped == {"scheme_not_allowed": 1}


def test_an_external_entity_is_neither_read_nor_fetched() -> None:
    """Nothing of a file comes out, and no address is opened."""
    for system in ("file:///etc/passwd", "http://127.0.0.1:9/x"):
        body = f'<!DOCTYPE r [<!ENTITY e SYSTEM "{system}">]>' + rss(item(ENTRY)).replace("The Harbour", "&e;")
        assert "root:" not in repr(parse(body))


@pytest.mark.parametrize(("well_formed", "count"), [(True, 20 * K), (False, 20 * K)])
def test_very_many_entries_are_capped(well_formed: bool, count: int) -> None:
    """Beyond the cap entries are counted and left out, in bounded time."""
    body = rss("".join(item(f"https://a.example/{n}") for n in range(count)))
    began = time.process_time()
    feed = parse(body if well_formed else broken(body))
    assert time.process_time() - began < BOUND_S
    assert (len(feed.entries), feed.dropped) == (POLICY.max_entries, {"capped": count - POLICY.max_entries})


# --- fuzz ----------------------------------------------------------------------------------------------------------

MUTANTS = 2_000
SEEDS = [
    rss("".join(item(f"https://a.example/{n}", f"<guid>{n}</guid><pubDate>Sun, 22 Nov 2026 09:0{n}:00 GMT</pubDate>"
                     "<description>&lt;p&gt;Caf&#233; &amp;amp; more&lt;/p&gt;</description><dc:creator>Ada</dc:creator>")
                for n in range(3))).encode(),
    ('<?xml version="1.0" encoding="UTF-8"?>' + atom(
        '<entry><title type="html">a</title><id>urn:1</id><link href="/1"/><updated>2026-11-22T09:00:00Z</updated>'
        '<content type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml"><p>x</p></div></content></entry>')).encode(),
    b'{"version": "https://jsonfeed.org/version/1.1", "items": [{"id": "1", "url": "https://a.example/1", "tags": ["x"]}]}',
    b'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"><url><loc>https://a.example/1</loc></url></urlset>',
]  # fmt: skip
PIECES = [
    b"<", b">", b"&", b"&#xD800;", b"&#99999999999;", b"]]>", b"<![CDATA[", b"<!--", b"<!DOCTYPE x [", b"<!ENTITY a 'b'>",
    b"\x00", b"\xff\xfe", b"\xed\xa0\x80", b"\xc3", b'encoding="punycode"', b'encoding="utf-16"', b"xml:base='http://['",
    b"<gml:pos>a b</gml:pos>", b"<item>", b"</item>", b"<link>http://[", b"http://a\\@b/", b"9999-99-99T99:99:99Z", b"null",
    b"\\u0000", b"1e999", b"{", b"[", b'"', b"</channel>", b"<source>", b"<image><title>x</title></image>", b"<svg>", b"\x1f\x8b",
]  # fmt: skip


def mutant(number: int) -> bytes:
    """Return a feed with one to six changes: bytes flipped, cut, doubled, pieces put in."""
    dice = random.Random(number)
    body = bytearray(dice.choice(SEEDS))
    for _ in range(dice.randint(1, 6)):
        at, kind = dice.randrange(len(body) + 1), dice.randrange(5)
        if kind == 0 and body:
            body[at % len(body)] = dice.randrange(256)
        elif kind == 1:
            del body[at : at + dice.randint(1, 40)]
        elif kind == 2:
            body[at:at] = body[at : at + dice.randint(1, 200)] * dice.randint(1, 3)
        else:
            body[at:at] = dice.choice(PIECES)
    return bytes(body)


def test_mutants_are_read_or_refused() -> None:
    """Of 2,000 mutated feeds none raises anything but FeedUnreadable, and what comes out is clean."""
    for number in range(MUTANTS):
        try:
            feed = parse_feed(
                page(mutant(number), charset=random.Random(number).choice([None, "utf-8", "zlib"])), POLICY
            )
        except FeedUnreadable:
            continue
        check(feed, number)


def check(feed: ParsedFeed, number: int) -> None:
    """Assert that a feed can be stored: http(s) links, no control characters, believable dates."""
    texts = [feed.title, feed.site_url]
    for entry in feed.entries:
        assert entry.url.startswith(("http://", "https://")), number
        assert len(url_key(entry.url)) == 64
        texts += [
            entry.url,
            entry.entry_id,
            entry.title,
            entry.summary,
            entry.published_raw,
            entry.source_name,
            *entry.authors,
        ]
        assert entry.published is None or 1800 <= entry.published.year <= 2026, number
    for text in texts:
        assert text is None or not any(ord(char) < 32 or 0xD800 <= ord(char) < 0xE000 for char in text), number
