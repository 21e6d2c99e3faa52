"""Feeds of every format come out as entries; what is no feed is named."""

from __future__ import annotations

import gzip
from datetime import UTC, datetime

import pytest
from msgspec.structs import replace

from pipeline.errors import FeedUnreadable
from pipeline.feeds import parse_feed
from pipeline.policies import PollPolicy
from tests.pipeline.feeds.feed_texts import atom, item, page, parse, rss

RSS = rss(
    """<item><title>Ferry &amp;amp; quay reopen</title><link>https://news.example/ferry</link><guid>g-1</guid>
    <dc:creator>Ada Quill</dc:creator><pubDate>Sun, 22 Nov 2026 09:00:00 +0100</pubDate>
    <description>&lt;p&gt;After &lt;b&gt;six&lt;/b&gt; weeks.&lt;/p&gt;</description>
    <content:encoded><![CDATA[<p>Full text</p>]]></content:encoded><category>Harbour</category></item>""",
    head="""<language>en-gb</language><ttl>60</ttl><atom:link rel="hub" href="https://hub.example/"/>
    <atom:link rel="self" href="https://news.example/feeds/all.xml"/><sy:updatePeriod>hourly</sy:updatePeriod>
    <sy:updateFrequency>2</sy:updateFrequency><skipHours><hour>1</hour><hour>2</hour><hour>24</hour></skipHours>
    <skipDays><day>Sunday</day></skipDays>""",
)


def test_rss_comes_out_with_its_fields() -> None:
    """An RSS 2.0 item gives URL, id, plain title and summary, content, author, date and category."""
    feed = parse(RSS)
    assert (feed.version, feed.title, feed.language, feed.site_url) == (
        "rss20", "The Harbour Gazette", "en-gb", "https://news.example/",
    )  # fmt: skip
    assert (feed.hub_url, feed.self_url) == ("https://hub.example/", "https://news.example/feeds/all.xml")
    assert (feed.ttl_s, feed.update_period_s, feed.skip_hours, feed.skip_days) == (
        3600.0,
        1800.0,
        (0, 1, 2),
        ("Sunday",),
    )
    (entry,) = feed.entries
    assert entry.url == "https://news.example/ferry"
    assert entry.entry_id == "g-1"
    assert entry.title == "Ferry & quay reopen"
    assert entry.summary == "After six weeks."
    assert entry.content_html == "<p>Full text</p>"
    assert entry.authors == ("Ada Quill",)
    assert entry.published == datetime(2026, 11, 22, 8, tzinfo=UTC)
    assert entry.categories == ("Harbour",)
    assert entry.language == "en-gb"


def test_a_hub_in_the_header_counts() -> None:
    """A WebSub hub may stand in the Link header instead of the feed."""
    link = '<https://news.example/feed>; rel="self", <https://hub.example/>; rel="hub"'
    answer = replace(page(rss(item("https://a.example/1"))), headers={"link": link})
    assert parse_feed(answer, PollPolicy()).hub_url == "https://hub.example/"


ATOM_ENTRY = """<entry xml:lang="de"><title>Fähre fährt</title><id>urn:1</id><link href="https://news.example/1"/>
<link rel="enclosure" href="https://news.example/1.mp3"/><published>2026-11-22T09:00:00Z</published>
<updated>2026-11-22T10:00:00Z</updated><author><name>Ada Quill</name><email>a@news.example</email></author>
<category term="Hafen"/><summary>Kurz</summary>
<content type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml"><p>Lang</p></div></content></entry>"""


@pytest.mark.parametrize(
    ("body", "version"),
    [
        (atom(ATOM_ENTRY), "atom10"),
        (atom(ATOM_ENTRY).replace("</feed>", ""), "atom10"),
        (atom(ATOM_ENTRY).replace("http://www.w3.org/2005/Atom", "http://purl.org/atom/ns#").replace(
            "<feed ", '<feed version="0.3" ', 1), "atom03"),
    ],
    ids=["atom", "ill-formed", "atom-0.3"],
)  # fmt: skip
def test_atom_comes_out_with_its_fields(body: str, version: str) -> None:
    """An Atom entry gives both dates, the author's name, its language and its XHTML content."""
    feed = parse(body)
    (entry,) = feed.entries
    assert (feed.version, entry.url, entry.entry_id) == (version, "https://news.example/1", "urn:1")
    assert (entry.title, entry.summary, entry.authors) == ("Fähre fährt", "Kurz", ("Ada Quill",))
    assert entry.published == datetime(2026, 11, 22, 9, tzinfo=UTC)
    assert entry.updated == datetime(2026, 11, 22, 10, tzinfo=UTC)
    assert "<p" in (entry.content_html or "")
    assert entry.categories == ("Hafen",)


RDF = """<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="{namespace}"
 xmlns:dc="http://purl.org/dc/elements/1.1/"><channel rdf:about="https://news.example/"><title>Gazette</title>
<link>https://news.example/</link></channel><item rdf:about="https://news.example/1"><title>Ferry</title>
<link>https://news.example/1</link><dc:date>2026-11-22T09:00:00Z</dc:date></item></rdf:RDF>"""


@pytest.mark.parametrize(
    ("namespace", "version"),
    [("http://purl.org/rss/1.0/", "rss10"), ("http://my.netscape.com/rdf/simple/0.9/", "rss090")],
)
def test_rdf_comes_out(namespace: str, version: str) -> None:
    """In RDF the items stand beside the channel, and dc:date is the publication's date."""
    feed = parse(RDF.format(namespace=namespace))
    (entry,) = feed.entries
    assert (feed.version, entry.url, entry.published) == (
        version, "https://news.example/1", datetime(2026, 11, 22, 9, tzinfo=UTC),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("number", "version"), [("0.91", "rss091u"), ("0.92", "rss092"), ("0.93", "rss093"), ("2.0", "rss20"), ("", "rss")]
)
def test_rss_versions_are_told_apart(number: str, version: str) -> None:
    """The version is feedparser's string."""
    assert parse(rss(item("https://a.example/1")).replace('"2.0"', f'"{number}"', 1)).version == version


JSON_FEED = """{"version": "https://jsonfeed.org/version/1.1", "title": "Gazette", "home_page_url": "https://news.example/",
"feed_url": "https://news.example/feed.json", "hubs": [{"type": "rssCloud", "url": "https://cloud.example/"}, {"type": "WebSub", "url": "https://hub.example/"}], "language": "en",
"items": [
 {"id": "1", "url": "https://news.example/1", "title": "Ferry & quay", "content_html": "<p>Full</p>", "summary": "Short",
  "date_published": "2026-11-22T09:00:00Z", "authors": [{"name": "Ada Quill"}], "tags": ["Harbour"]},
 {"id": 2, "external_url": "https://other.example/2", "content_text": "A link"},
 {"id": "https://news.example/3"}, {"id": "4"}, {"url": 5}, "six", {"url": "javascript:7"}]}"""


def test_json_feed_comes_out() -> None:
    """url, else external_url, else an id that is a link; wrong types read as absent; the rest is counted."""
    feed = parse(JSON_FEED)
    assert (feed.version, feed.title, feed.hub_url) == ("json11", "Gazette", "https://hub.example/")
    assert [entry.url for entry in feed.entries] == [
        "https://news.example/1", "https://other.example/2", "https://news.example/3",
    ]  # fmt: skip
    first, second, _ = feed.entries
    assert (first.title, first.summary, first.authors) == ("Ferry & quay", "Short", ("Ada Quill",))
    assert (second.entry_id, second.summary) == ("2", "A link")
    assert feed.dropped == {"entry_without_link": 2, "scheme_not_allowed": 1}


NEWS_SITEMAP = """<?xml version="1.0" encoding="UTF-8"?><urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"
 xmlns:news="http://www.google.com/schemas/sitemap-news/0.9" xmlns:image="http://www.google.com/schemas/sitemap-image/1.1">
<url><loc>https://news.example/1</loc><news:news><news:publication><news:name>Gazette</news:name>
<news:language>en</news:language></news:publication><news:publication_date>2026-11-22T09:00:00Z</news:publication_date>
<news:title>Ferry &amp; quay</news:title><news:keywords>Harbour, Ferry</news:keywords></news:news>
<image:image><image:loc>https://news.example/1.jpg</image:loc><image:title>Quay</image:title></image:image></url>
<url><loc>/2</loc><lastmod>2026-11-21</lastmod></url></urlset>"""


@pytest.mark.parametrize("packed", [False, True])
def test_news_sitemaps_come_out(packed: bool) -> None:
    """A Google News sitemap, gz or not, gives entries with title, date and language; pictures are not mixed in."""
    body = NEWS_SITEMAP.encode()
    feed = parse(gzip.compress(body) if packed else body)
    assert feed.version == "newssitemap"
    first, second = feed.entries
    assert (first.url, first.title, first.language) == ("https://news.example/1", "Ferry & quay", "en")
    assert first.published == datetime(2026, 11, 22, 9, tzinfo=UTC)
    assert first.categories == ("Harbour", "Ferry")
    assert second.url == "https://news.example/2"


def test_a_sitemap_index_names_its_sitemaps() -> None:
    """An index has no articles; its sitemaps come newest first."""
    rows = "".join(
        f"<sitemap><loc>https://news.example/{day}.xml.gz</loc><lastmod>2026-11-{day}</lastmod></sitemap>"
        for day in (20, 22, 21)
    )
    feed = parse(f'<sitemapindex xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{rows}</sitemapindex>')
    assert (feed.version, feed.entries) == ("sitemapindex", ())
    assert [url[-9:-7] for url in feed.sitemaps] == ["22", "21", "20"]


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        ("", "feed_empty_body"),
        (" \n ", "feed_empty_body"),
        ("<!DOCTYPE html><html><body>Log in</body></html>", "feed_is_html"),
        ('<?xml version="1.0"?><html xmlns="http://www.w3.org/1999/xhtml"><body/></html>', "feed_is_html"),
        ("<!-- x --><html><p>Gone", "feed_is_html"),
        ("null", "feed_not_a_feed"),
        ('{"items": 1}', "feed_not_a_feed"),
        ('{"error": "not found"}', "feed_not_a_feed"),
        ("{", "feed_parse_error"),
        ("[" * 100_000, "feed_parse_error"),
        ("plain words", "feed_not_a_feed"),
        ("<a><b/></a>", "feed_not_a_feed"),
        ("/etc/passwd", "feed_not_a_feed"),
        ("file:///etc/passwd", "feed_not_a_feed"),
        ("http://127.0.0.1/", "feed_not_a_feed"),
        (gzip.compress(b"x" * 100, mtime=0)[:20], "feed_bad_gzip"),
        (gzip.compress(b" " * 60_000_000), "feed_too_large"),
    ],
)
def test_what_is_no_feed_is_named(body: str | bytes, reason: str) -> None:
    """A body that is no feed raises FeedUnreadable with its reason, and is never opened as a file or an address."""
    with pytest.raises(FeedUnreadable) as caught:
        parse(body)
    assert caught.value.reason == reason


def test_a_feed_without_entries_is_a_feed() -> None:
    """A feed may be empty for a while."""
    assert parse(rss("")).entries == ()


TITLE = "Grüße aus Łódź – naïve café"


@pytest.mark.parametrize(
    ("codec", "declared", "charset"),
    [
        ("utf-8", "utf-8", None), ("utf-8", None, None), ("utf-8-sig", "utf-8", None), ("utf-8", "utf-16", None),
        ("utf-16", "utf-16", None), ("utf-16-le", "utf-16", None), ("utf-16-be", "utf-16", None), ("utf-16-le", None, None),
        ("utf-32", "utf-32", None), ("utf-8", "klingon", None), ("utf-8", "punycode", None), ("utf-8", "unicode_escape", None),
        ("utf-8", "windows-1252", None), ("utf-8", "utf-8", "iso-8859-1"), ("cp1250", "windows-1250", None),
        ("cp1250", None, "windows-1250"), ("iso8859-2", "iso-8859-2", "utf-8"), ("cp1250", "windows-1250", "nonsense"),
    ],
)  # fmt: skip
def test_text_comes_out_of_every_encoding(codec: str, declared: str | None, charset: str | None) -> None:
    """The byte order mark, then the bytes themselves, then the declaration, then the header say what the text is."""
    title = TITLE if codec != "iso8859-2" else TITLE.replace("–", "-").replace("ï", "i")
    head = f'<?xml version="1.0" encoding="{declared}"?>' if declared else ""
    body = (
        (head + rss(item("https://a.example/1")).replace("The Harbour Gazette", title)).replace("ï", "i").encode(codec)
    )
    assert parse(body, charset=charset).title == title.replace("ï", "i")


@pytest.mark.parametrize(
    ("codec", "declared", "title"),
    [
        ("cp1252", "iso-8859-1", "Café “Quay” – naïve"), ("cp1252", "utf-8", "Café “Quay” – naïve"),
        ("koi8-r", "koi8-r", "Паром снова ходит"), ("cp1251", "windows-1251", "Паром снова ходит"),
        ("shift_jis", "Shift_JIS", "フェリー再開"), ("euc_jp", "euc-jp", "フェリー再開"), ("iso2022_jp", "iso-2022-jp", "フェリー再開"),
        ("gb18030", "gb2312", "渡轮恢复运行"), ("big5", "big5", "渡輪恢復"), ("euc_kr", "euc-kr", "여객선 재개"),
        ("cp874", "tis-620", "เรือข้ามฟาก"),
    ],
)  # fmt: skip
def test_declared_legacy_encodings_are_read(codec: str, declared: str, title: str) -> None:
    """Old encodings are read as browsers read them; windows-1252 that calls itself UTF-8 too."""
    body = f'<?xml version="1.0" encoding="{declared}"?>' + rss("").replace("The Harbour Gazette", title)
    assert parse(body.encode(codec)).title == title


def test_one_broken_byte_costs_one_character() -> None:
    """A UTF-8 feed with a bad byte keeps all its other characters."""
    body = rss(item("https://a.example/1", "<description>Grüße, naïve café – ümlaut äöü ß é è à ç ñ</description>"))
    broken = body.encode().replace(b"Gazette", b"Ga\xffette")
    feed = parse(broken)
    assert feed.title == "The Harbour Ga\ufffdette"
    assert feed.entries[0].summary == "Grüße, naïve café – ümlaut äöü ß é è à ç ñ"


def test_a_feed_that_is_cut_off_gives_what_came() -> None:
    """Cut anywhere, the entries before the cut come through and nothing but FeedUnreadable is raised."""
    whole = '<?xml version="1.0" encoding="UTF-8"?>' + rss("".join(item(f"https://a.example/{n}") for n in range(20)))
    for end in range(0, len(whole), 7):
        complete = whole[:end].count("</item>")
        try:
            feed = parse(whole[:end])
        except FeedUnreadable:
            assert complete == 0
        else:
            assert len(feed.entries) >= complete


def test_bare_ampersands_and_html_entities_are_read() -> None:
    """What feeds most often do wrong costs nothing: the text is as its author meant it, in CDATA too."""
    head = "<description>Fish & chips&nbsp;&eacute; &unknown; &#233;</description>"
    items = (
        "<item><title>A & B</title><link>https://a.example/1?a=1&b=2</link></item>"
        "<item><title><![CDATA[C & D &amp; E]]></title><link>https://a.example/2</link></item>"
    )
    feed = parse(rss(items, head=head))
    assert [(entry.title, entry.url) for entry in feed.entries] == [
        ("A & B", "https://a.example/1?a=1&b=2"),
        ("C & D & E", "https://a.example/2"),
    ]


def test_entry_order_does_not_matter() -> None:
    """Reversed, the same entries come out."""
    urls = [f"https://a.example/{n}" for n in range(50)]
    forth = parse(rss("".join(map(item, urls))))
    back = parse(rss("".join(map(item, reversed(urls)))))
    assert {entry.url for entry in forth.entries} == {entry.url for entry in back.entries} == set(urls)


def test_more_entries_than_allowed_are_counted() -> None:
    """The cap holds in the reader of well-formed feeds, in feedparser's and in JSON Feed's."""
    policy = PollPolicy(max_entries=10)
    items = "".join(item(f"https://a.example/{n}") for n in range(25))
    rows = ",".join(f'{{"id": "{n}", "url": "https://a.example/{n}"}}' for n in range(25))
    bodies = [rss(items), rss(items)[:-6], f'{{"version": "https://jsonfeed.org/version/1", "items": [{rows}]}}']
    for body in bodies:
        feed = parse(body, policy)
        assert (len(feed.entries), feed.dropped) == (10, {"capped": 15})
