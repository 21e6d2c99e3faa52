"""Lists of feeds come in with their groups and go out again; what is wrong in them is named by line."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.errors import ConfigError
from pipeline.feeds import read_feed_list, read_lines, read_opml, write_opml
from pipeline.models import Feed

OPML = b"""\xef\xbb\xbf<?xml version="1.0" encoding="UTF-8"?>
<opml version="2.0"><head><title>My feeds</title></head><body>
<outline text="Politics"><outline text="Europe">
<outline type="rss" text="The Harbour Gazette" xmlUrl="https://gazette.example/feed" htmlUrl="https://gazette.example/"/>
</outline></outline>
<outline type="rss" title="The Quay" text="Quay" xmlurl="https://quay.example/rss" category="/News/Local, Boats"/>
<outline text="empty group"/>
<outline type="rss" text="bad" xmlUrl="javascript:alert(1)"/>
<outline text="Boats"><outline type="rss" text="again" xmlUrl="https://gazette.example/feed"/></outline>
</body></opml>"""


def test_opml_comes_in_with_its_groups() -> None:
    """Outer outlines and categories are groups; a feed that stands twice is one feed in both; bad lines are named."""
    feeds, wrong = read_opml(OPML, "feeds.opml")
    assert feeds == (
        Feed(url="https://gazette.example/feed", title="The Harbour Gazette", groups=("Politics/Europe", "Boats")),
        Feed(url="https://quay.example/rss", title="The Quay", groups=("News/Local", "Boats")),
    )
    assert wrong == (
        "feeds.opml, line 7: outline without xmlUrl",
        "feeds.opml, line 8: not an http(s) address: 'javascript:alert(1)'",
    )


def test_what_goes_out_comes_in_again() -> None:
    """Export and import keep URL, title and groups."""
    feeds, _ = read_opml(OPML)
    back, wrong = read_opml(write_opml(feeds))
    assert wrong == ()
    assert [(feed.url, feed.title, set(feed.groups)) for feed in back] == [
        (feed.url, feed.title, set(feed.groups)) for feed in feeds
    ]


titles = st.text(st.characters(codec="utf-8", exclude_categories=["Cs"]), max_size=30)


@given(st.lists(st.tuples(st.integers(0, 10**6), titles, st.lists(titles, max_size=3)), max_size=10))
def test_any_title_survives(rows: list[tuple[int, str, list[str]]]) -> None:
    """Whatever the operator calls feeds and groups, the export is well-formed and holds every feed."""
    feeds = tuple(
        Feed(url=f"https://a.example/{number}", title=title, groups=tuple(groups)) for number, title, groups in rows
    )
    back, wrong = read_opml(write_opml(feeds))
    assert {feed.url for feed in back} == {feed.url for feed in feeds}
    assert wrong == ()


def test_a_broken_opml_file_is_refused_with_its_line() -> None:
    """A file that is not well-formed raises ConfigError; no entity in it is expanded or fetched."""
    with pytest.raises(ConfigError, match=r"feeds\.opml is not well-formed XML: .*line 2"):
        read_opml(b"<opml>\n<body></opml>", "feeds.opml")
    feeds, _ = read_opml(
        b'<!DOCTYPE opml [<!ENTITY x SYSTEM "file:///etc/passwd">]><opml><body>'
        b'<outline text="a" xmlUrl="https://a.example/"/><outline>&x;</outline></body></opml>'
    )
    assert [feed.url for feed in feeds] == ["https://a.example/"]


def test_a_plain_list_comes_in() -> None:
    """One URL a line, comments and blanks left out, feed: addresses too; bad lines are named, each URL comes once."""
    text = "# mine\n\n https://a.example/feed \nfeed:https://b.example/rss\nnonsense\nhttps://a.example/feed  # twice\nfeed://c.example/x\n"
    feeds, wrong = read_lines(text, "feeds.txt")
    assert [feed.url for feed in feeds] == ["https://a.example/feed", "https://b.example/rss", "https://c.example/x"]
    assert wrong == ("feeds.txt, line 5: not an http(s) address: 'nonsense'",)


def test_ten_thousand_lines_with_one_bad() -> None:
    """The good ones load, the bad one is named; a byte order mark does not matter."""
    lines = [f"https://a.example/{number}" for number in range(10_000)]
    lines[4_711] = "ftp://a.example/"
    feeds, wrong = read_feed_list("\n".join(lines).encode("utf-8-sig"), "feeds.txt")
    assert len(feeds) == 9_999
    assert wrong == ("feeds.txt, line 4712: not an http(s) address: 'ftp://a.example/'",)


def test_the_kind_of_list_is_seen() -> None:
    """OPML is told from a plain list by its beginning."""
    assert len(read_feed_list(OPML)[0]) == 2
    assert len(read_feed_list(b"https://a.example/")[0]) == 1
