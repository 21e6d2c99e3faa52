"""What an entry costs, in calls of functions, which no busy machine changes. bench/feeds.py measures time."""

from __future__ import annotations

import sys
from types import FrameType

import pytest

from pipeline.feeds import parse_feed
from tests.pipeline.feeds.feed_texts import POLICY, item, page, rss

#: 150 were counted with CPython 3.11; other versions count a little differently.
MOST_CALLS = 190
PARAGRAPH = "&lt;p&gt;The ferry runs &lt;b&gt;again&lt;/b&gt; – at last.&lt;/p&gt; "


def feed(entries: int, *, paragraphs: int = 40, head: str = "") -> bytes:
    """Return an RSS feed of entries with the fields that most have."""
    more = (
        "<guid>{n}</guid><pubDate>Sun, 22 Nov 2026 09:00:00 GMT</pubDate><dc:creator>Ada Quill</dc:creator>"
        f"<category>Harbour</category><description>{PARAGRAPH * paragraphs}</description>"
    )
    return (head + rss("".join(item(f"https://a.example/{n}", more.format(n=n)) for n in range(entries)))).encode()


def calls(body: bytes) -> int:
    """Return how many functions are called while the feed is parsed, those in C included."""
    answer, count = page(body), 0

    def note(_frame: FrameType, event: str, _argument: object) -> None:
        nonlocal count
        count += event in ("call", "c_call")

    parse_feed(answer, POLICY)  # what is made at first use is made
    before = sys.getprofile()
    sys.setprofile(note)
    try:
        parse_feed(answer, POLICY)
    finally:
        sys.setprofile(before)
    return count


def test_an_entry_costs_few_calls() -> None:
    """A hundred entries more cost a hundred times the calls of one, and these are few."""
    assert calls(feed(200)) - calls(feed(100)) <= 100 * MOST_CALLS


def test_a_longer_text_costs_no_more_calls() -> None:
    """Of a text only as much is looked at as a summary needs."""
    assert calls(feed(20, paragraphs=400)) == calls(feed(20))


@pytest.mark.parametrize("declared", ["utf-8", "utf-16", "klingon"])
def test_a_wrong_encoding_costs_no_repair(declared: str) -> None:
    """What is well-formed is not searched for flaws, whatever its declaration says."""
    head = f'<?xml version="1.0" encoding="{declared}"?>'
    assert calls(feed(20, head=head)) <= calls(feed(20)) + 300
