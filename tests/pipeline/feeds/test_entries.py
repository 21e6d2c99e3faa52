"""The rules for entries: link, id, dates, texts; what is left out is counted."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from pipeline.policies import PollPolicy
from tests.pipeline.feeds.feed_texts import FEED_URL, atom, item, parse, rss

#: An item's link elements → the URL that is accepted, or the reason why there is none.
LINKS = [
    ("<link>https://a.example/1</link>", "https://a.example/1"),
    ("<link> https://a.example/1\n</link>", "https://a.example/1"),
    ("<link>/1</link>", "https://news.example/1"),
    ("<link>1?a=b</link>", "https://news.example/feeds/1?a=b"),
    ("<link>//a.example/1</link>", "https://a.example/1"),
    ("<link>www.news.example/1</link>", "https://www.news.example/1"),
    ("<link>news.example/1</link>", "https://news.example/1"),
    ("<link>HTTPS://a.example/1</link>", "https://a.example/1"),
    ("<link>http:////a.example/1</link>", "http://a.example/1"),
    ("<link>https://a.example/1?a=1&amp;amp;b=2</link>", "https://a.example/1?a=1&b=2"),
    ("<link>https://a.example/a b</link>", "https://a.example/a%20b"),
    ("<guid>https://a.example/1</guid>", "https://a.example/1"),
    ('<guid isPermaLink="true">https://a.example/1</guid>', "https://a.example/1"),
    ('<guid isPermaLink="false">https://a.example/1</guid>', "https://a.example/1"),
    ("<link></link><guid>https://a.example/1</guid>", "https://a.example/1"),
    ("<link>#top</link><guid>https://a.example/1</guid>", "https://a.example/1"),
    ('<atom:link rel="alternate" href="https://a.example/1"/>', "https://a.example/1"),
    ('<atom:link rel="alternate" type="application/json" href="https://a.example/1.json"/>', "https://a.example/1.json"),
    ('<link>https://p.example/x</link><feedburner:origLink>https://a.example/1</feedburner:origLink>', "https://a.example/1"),
    ('<link xml:base="https://b.example/x/">1</link>', "https://b.example/x/1"),
    ("<link>mailto:desk@a.example</link><guid>https://a.example/1</guid>", "https://a.example/1"),
    ("", "entry_without_link"),
    ("<link></link>", "entry_without_link"),
    ("<link> </link>", "entry_without_link"),
    ("<link>#comments</link>", "entry_without_link"),
    ("<guid isPermaLink='false'>g-1</guid>", "entry_without_link"),
    ('<enclosure url="https://a.example/1.mp3" type="audio/mpeg"/>', "entry_without_link"),
    (f"<link>{FEED_URL}</link>", "entry_without_link"),
    ("<link>javascript:alert(1)</link>", "scheme_not_allowed"),
    ("<link>data:text/html,x</link>", "scheme_not_allowed"),
    ("<link>file:///etc/passwd</link>", "scheme_not_allowed"),
    ("<link>ftp://a.example/1</link>", "scheme_not_allowed"),
    ("<link>gopher://a.example/1</link>", "scheme_not_allowed"),
    ("<link>mailto:desk@a.example</link>", "scheme_not_allowed"),
    ("<link>//host</link>", "scheme_not_allowed"),
    ("<link>http:host</link>", "scheme_not_allowed"),
    ("<link>http://</link>", "scheme_not_allowed"),
    ("<link>http://exa mple.example/1</link>", "scheme_not_allowed"),
    ("<link>http://a.example:99999/1</link>", "scheme_not_allowed"),
    ("<link>http://a..example/1</link>", "scheme_not_allowed"),
    (f"<link>{'a ' * 3_000}</link>", "scheme_not_allowed"),
    ("<link>http://a.example\\@127.0.0.1/</link>", "scheme_not_allowed"),
    (f"<link>https://a.example/{'a' * 9_000}</link>", "scheme_not_allowed"),
]  # fmt: skip


@pytest.mark.parametrize("closing", ["</rss>", ""], ids=["well-formed", "ill-formed"])
@pytest.mark.parametrize(("links", "expected"), LINKS)
def test_an_entrys_link_is_chosen_and_checked(links: str, expected: str, closing: str) -> None:
    """A followable http(s) URL, or the entry is counted by reason; the other entries come through, in both readers."""
    if not closing and ("base" in links or "amp;amp" in links):
        pytest.skip("feedparser reads it otherwise, and it is the judge of ill-formed feeds")
    body = (
        rss(f"<item><title>x</title>{links}</item>" + item("https://a.example/other")).removesuffix("</rss>") + closing
    )
    feed = parse(body)
    urls = [entry.url for entry in feed.entries if entry.url != "https://a.example/other"]
    assert urls + list(feed.dropped) == [expected]
    assert len(feed.entries) + sum(feed.dropped.values()) == 2


#: A date as written → what it means at noon of 22 November 2026, UTC.
DATES = [
    ("Sun, 22 Nov 2026 09:00:00 +0100", datetime(2026, 11, 22, 8, tzinfo=UTC)),
    ("22 Nov 2026 09:00 GMT", datetime(2026, 11, 22, 9, tzinfo=UTC)),
    ("Sunday, 22 November 2026 09:00:00 EST", datetime(2026, 11, 22, 14, tzinfo=UTC)),
    ("Sun, 22 Nov 2026 09:00:00 CET", datetime(2026, 11, 22, 8, tzinfo=UTC)),
    ("2026-11-22T09:00:00Z", datetime(2026, 11, 22, 9, tzinfo=UTC)),
    ("2026-11-22T09:00:00.123+05:30", datetime(2026, 11, 22, 3, 30, tzinfo=UTC)),
    ("2026-11-22 09:00:00", datetime(2026, 11, 22, 9, tzinfo=UTC)),
    ("2026-11-22", datetime(2026, 11, 22, tzinfo=UTC)),
    ("Sun, 22 Nov 26 09:00:00 GMT", datetime(2026, 11, 22, 9, tzinfo=UTC)),
    ("0000-00-00", None),
    ("0001-01-01T00:00:00+23:59", None),
    ("-0001-01-01", None),
    ("9999-12-31T23:59:59-12:00", None),
    ("Thu, 01 Jan 2099 00:00:00 GMT", None),
    ("Thu, 01 Jan 1970 00:00:00 GMT", None),
    ("2024-99-99", None),
    ("2024-W99-9", None),
    ("1700000000000", None),
    ("yesterday", None),
    ("٢٠٢٦-١١-٢٢", None),
    ("Sun, 31 Feb 2026 09:00:00 GMT", None),
]  # fmt: skip


@pytest.mark.parametrize(("raw", "expected"), DATES)
def test_dates_are_read_or_left_open_with_what_was_written(raw: str, expected: datetime | None) -> None:
    """An impossible or unbelievable date is None, and its text is kept."""
    (entry,) = parse(rss(item("https://a.example/1", f"<pubDate>{raw}</pubDate>"))).entries
    assert (entry.published, entry.published_raw) == (expected, raw)


def test_an_endless_date_is_cut() -> None:
    """A date of a megabyte is no date and is not kept."""
    (entry,) = parse(rss(item("https://a.example/1", f"<pubDate>{'1' * 1_000_000}</pubDate>"))).entries
    assert entry.published is None
    assert len(entry.published_raw or "") <= 64


#: A title as it stands in the XML of RSS → plain text.
TITLES = [
    ("Ferry reopens", "Ferry reopens"),
    ("  Ferry\n  reopens ", "Ferry reopens"),
    ("Fish &amp; chips", "Fish & chips"),
    ("Fish &amp;amp; chips", "Fish & chips"),
    ("1 &amp;lt; 2", "1 < 2"),
    ("<![CDATA[<b>Ferry</b> reopens]]>", "Ferry reopens"),
    ("&lt;i&gt;Ferry&lt;/i&gt; reopens", "Ferry reopens"),
    ("Five &lt; six", "Five < six"),
    ("a&lt;script&gt;x()&lt;/script&gt;b", "ab"),
    ("Caf&#233; r&#xE9;opens", "Café réopens"),
    ("Ferry&#160;reopens", "Ferry reopens"),
    ("Ferry\u202e reopens\u200b", "Ferry reopens"),
]


@pytest.mark.parametrize("closing", ["</rss>", ""], ids=["well-formed", "ill-formed"])
@pytest.mark.parametrize(("written", "expected"), TITLES)
def test_titles_are_plain_text(written: str, expected: str, closing: str) -> None:
    """Markup is removed, entities are read once, blanks are single, invisible characters go."""
    body = rss(f"<item><title>{written}</title><link>https://a.example/1</link></item>")
    (entry,) = parse(body.removesuffix("</rss>") + closing).entries
    assert entry.title == expected


def test_atom_text_is_taken_by_its_type() -> None:
    """type=text is text, type=html is HTML, type=xhtml is markup."""
    titles = ['<title>a &amp;amp; b</title>', '<title type="html">a &amp;amp; b</title>',
              '<title type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml">a <b>&amp;</b> b</div></title>']  # fmt: skip
    entries = "".join(
        f'<entry>{title}<id>urn:{number}</id><link href="https://a.example/{number}"/></entry>'
        for number, title in enumerate(titles)
    )
    assert [entry.title for entry in parse(atom(entries)).entries] == ["a &amp; b", "a & b", "a & b"]


def test_a_source_is_kept() -> None:
    """RSS <source> and Atom <source> name the feed that an entry was taken from."""
    source = '<source url="https://wire.example/feed">The Wire</source>'
    (entry,) = parse(rss(item("https://a.example/1", source))).entries
    assert (entry.source_name, entry.source_url) == ("The Wire", "https://wire.example/feed")
    source = '<source><title>The Wire</title><id>urn:w</id><link href="https://wire.example/"/></source>'
    body = atom(f'<entry><title>x</title><id>urn:1</id><link href="https://a.example/1"/>{source}</entry>')
    (entry,) = parse(body).entries
    assert (entry.title, entry.entry_id) == ("x", "urn:1")
    assert (entry.source_name, entry.source_url) == ("The Wire", "https://wire.example/")


def test_an_id_that_many_share_is_dropped() -> None:
    """A guid that stands on entries with different links identifies none of them."""
    items = "".join(item(f"https://a.example/{n}", '<guid isPermaLink="false">home</guid>') for n in range(3))
    assert [entry.entry_id for entry in parse(rss(items)).entries] == [None, None, None]


def test_a_link_comes_once() -> None:
    """200 entries of one link are one entry and 199 duplicates."""
    feed = parse(rss(item("https://a.example/1") * 200))
    assert (len(feed.entries), feed.dropped) == (1, {"duplicate_link": 199})


@pytest.mark.parametrize("closing", ["</rss>", ""], ids=["well-formed", "ill-formed"])
def test_one_bad_entry_costs_one_entry(closing: str) -> None:
    """Of a hundred entries with one that breaks feedparser or has a bad link, ninety-nine come through."""
    bad = ['<gml:pos xmlns:gml="http://www.opengis.net/gml">a b</gml:pos>', "<pubDate>0000-00-00</pubDate>"]
    for flaw in bad:
        items = [item(f"https://a.example/{n}") for n in range(99)]
        items.insert(50, f"<item><title>bad</title><link>javascript:1</link>{flaw}</item>")
        feed = parse(rss("".join(items)).removesuffix("</rss>") + closing)
        assert (len(feed.entries), feed.dropped) == (99, {"scheme_not_allowed": 1})


def test_the_newest_entries_are_kept() -> None:
    """Past the cap the entries with the oldest dates go, and are counted."""
    days = list(range(1, 21))
    items = "".join(item(f"https://a.example/{day}", f"<pubDate>{day} Nov 2026 09:00:00 GMT</pubDate>") for day in days)
    feed = parse(rss(items), PollPolicy(max_entries=5))
    assert [entry.url.rpartition("/")[2] for entry in feed.entries] == ["16", "17", "18", "19", "20"]
    assert feed.dropped == {"capped": 15}


def test_authors_are_names() -> None:
    """E-mail addresses are no names; each person comes once."""
    people = (
        "<author>ada@news.example (Ada Quill)</author><dc:creator>Ben Reed</dc:creator><author>desk@news.example</author>"
        "<dc:creator>Ben Reed</dc:creator><author>Cy Lund &lt;cy@news.example&gt;</author>"
    )
    (entry,) = parse(rss(item("https://a.example/1", people))).entries
    assert entry.authors == ("Ada Quill", "Ben Reed", "Cy Lund")


def test_full_text_is_kept_as_html() -> None:
    """content:encoded, and a description that is a whole article, are the content; the summary stays short."""
    long = "&lt;p&gt;" + "Words of the harbour. " * 200 + "&lt;/p&gt;"
    (entry,) = parse(rss(item("https://a.example/1", f"<description>{long}</description>"))).entries
    assert entry.content_html is not None
    assert entry.content_html.startswith("<p>Words")
    assert len(entry.summary or "") <= 600
