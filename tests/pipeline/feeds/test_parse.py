"""Feeds of every format come out as entries."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from pipeline.errors import FeedUnreadable
from pipeline.feeds import parse_feed
from pipeline.models import Page, ParsedFeed
from pipeline.policies import PollPolicy

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
POLICY = PollPolicy()
FEED_URL = "https://news.example/feed.xml"


def parse(body: str | bytes, policy: PollPolicy = POLICY) -> ParsedFeed:
    data = body.encode() if isinstance(body, str) else body
    return parse_feed(Page(requested_url=FEED_URL, url=FEED_URL, status=200, body=data, fetched_at=NOW), policy)


RSS = """<?xml version="1.0" encoding="UTF-8"?>
<rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:atom="http://www.w3.org/2005/Atom"
     xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:sy="http://purl.org/rss/1.0/modules/syndication/">
<channel><title>The Harbour Gazette</title><link>https://news.example/</link><language>en-gb</language><ttl>60</ttl>
<atom:link rel="hub" href="https://hub.example/"/><sy:updatePeriod>hourly</sy:updatePeriod>
<sy:updateFrequency>2</sy:updateFrequency>
<item><title>Ferry &amp;amp; quay reopen</title><link>https://news.example/ferry</link><guid>g-1</guid>
<dc:creator>Ada Quill</dc:creator><pubDate>Sun, 22 Nov 2026 09:00:00 +0100</pubDate>
<description>&lt;p&gt;After &lt;b&gt;six&lt;/b&gt; weeks.&lt;/p&gt;</description>
<content:encoded><![CDATA[<p>Full text</p>]]></content:encoded><category>Harbour</category></item>
</channel></rss>"""


def test_rss_comes_out_with_its_fields() -> None:
    """An RSS 2.0 item gives URL, id, plain title and summary, content, author, date and category."""
    feed = parse(RSS)
    assert (feed.version, feed.title, feed.language, feed.ttl_s) == ("rss20", "The Harbour Gazette", "en-gb", 3600.0)
    assert (feed.hub_url, feed.update_period_s) == ("https://hub.example/", 1800.0)
    (entry,) = feed.entries
    assert entry.url == "https://news.example/ferry"
    assert entry.entry_id == "g-1"
    assert entry.title == "Ferry & quay reopen"
    assert entry.summary == "After six weeks."
    assert entry.content_html == "<p>Full text</p>"
    assert entry.authors == ("Ada Quill",)
    assert entry.published == datetime(2026, 11, 22, 8, tzinfo=UTC)
    assert entry.categories == ("Harbour",)


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        ("", "feed_empty_body"),
        (" \n ", "feed_empty_body"),
        ("<!DOCTYPE html><html><body>Log in</body></html>", "feed_is_html"),
        ("null", "feed_not_a_feed"),
        ('{"items": 1}', "feed_not_a_feed"),
        ("{", "feed_parse_error"),
        ("plain words", "feed_not_a_feed"),
    ],
)
def test_what_is_no_feed_is_named(body: str, reason: str) -> None:
    """A body that is no feed raises FeedUnreadable with its reason."""
    with pytest.raises(FeedUnreadable) as caught:
        parse(body)
    assert caught.value.reason == reason
