"""Polls from the request to the store: sitemap indexes, redirects that meet, web pages in place of feeds."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from pipeline.feeds.explain import explain
from pipeline.fetch import Client
from pipeline.models import Page
from pipeline.policies import PollPolicy
from pipeline.polling.follow import MAX_DOCUMENTS
from pipeline.polling.poll import put_off
from tests.pipeline.polling.polls import NOON, Clock, Polling, index, polling, rss, sitemap, xml
from tests.services.web import Answer, Reply, Request, Web, redirect

BEACON = "http://beacon.example"
INDEX = f"{BEACON}/sitemap.xml"
FEED = f"{BEACON}/rss"


@pytest.fixture
def polls(web: Web, tmp_path: Path) -> Iterator[Polling]:
    """A desk."""
    with polling(web, tmp_path) as found:
        yield found


def tagged(body: str, tag: str) -> Answer:
    """A route that answers 304 to whoever knows the tag."""

    def answer(request: Request) -> Reply:
        if request.headers.get("if-none-match") == tag:
            return Reply(304, (("ETag", tag),))
        return xml(body, ("ETag", tag))

    return answer


def test_the_sitemaps_of_an_index_are_read(polls: Polling, web: Web) -> None:
    """Their entries are accepted as the feed's own, in one poll; indexes below the index are followed once."""
    web.on("/sitemap.xml", xml(index(f"{BEACON}/a.xml", f"{BEACON}/months.xml")))
    web.on("/a.xml", xml(sitemap(f"{BEACON}/1", f"{BEACON}/2")))
    web.on("/months.xml", xml(index(f"{BEACON}/may.xml", f"{BEACON}/deeper.xml")))
    web.on("/may.xml", xml(sitemap(f"{BEACON}/2", f"{BEACON}/3")))
    web.on("/deeper.xml", xml(index(f"{BEACON}/never.xml")))
    polls.add(INDEX)
    note = polls.poll(INDEX)
    assert (note.result, note.entries, note.new_entries) == ("ok", 3, 3)
    assert polls.accepted() == [f"{BEACON}/1", f"{BEACON}/2", f"{BEACON}/3"]
    assert "/never.xml" not in web.log.paths()
    assert {url.entry.feed_url for url in polls.desk.store.crawl_batch("all")} == {INDEX}


def test_an_unchanged_index_does_not_hide_its_sitemaps(polls: Polling, web: Web) -> None:
    """The index says 304, and so does one sitemap; the other has something new."""
    web.on("/sitemap.xml", tagged(index(f"{BEACON}/a.xml", f"{BEACON}/b.xml"), '"i"'))
    web.on("/a.xml", tagged(sitemap(f"{BEACON}/1"), '"a"'))
    web.on("/b.xml", xml(sitemap(f"{BEACON}/2")))
    polls.add(INDEX)
    polls.poll(INDEX)
    polls.clock.pass_(hours=1)
    assert polls.poll(INDEX).result == "unchanged"
    web.on("/b.xml", xml(sitemap(f"{BEACON}/2", f"{BEACON}/3")))
    polls.clock.pass_(hours=1)
    note = polls.poll(INDEX)
    assert (note.result, note.status, note.new_entries, note.detail) == ("ok", 304, 1, "1 sitemap read, 1 unchanged")
    assert polls.accepted() == [f"{BEACON}/1", f"{BEACON}/2", f"{BEACON}/3"]


def test_a_sitemap_that_fails_is_noted(polls: Polling, web: Web) -> None:
    """The others count; when none can be read, the poll has failed."""
    web.on("/sitemap.xml", xml(index(f"{BEACON}/gone.xml", f"{BEACON}/b.xml")))
    web.on("/b.xml", xml(sitemap(f"{BEACON}/2")))
    polls.add(INDEX)
    note = polls.poll(INDEX)
    assert (note.result, note.detail) == ("ok", f"1 sitemap read, 1 failed: {BEACON}/gone.xml (http_404)")
    web.on("/b.xml", Reply(503))
    polls.clock.pass_(hours=1)
    note = polls.poll(INDEX)
    assert (note.result, note.reason) == ("failed", "http_404")
    assert [known.url for known in polls.state(INDEX).sitemaps] == [f"{BEACON}/gone.xml", f"{BEACON}/b.xml"]


def test_of_a_long_index_the_newest_are_read(polls: Polling, web: Web) -> None:
    """News sitemaps first, then by date; no more than the limit."""
    urls = [f"{BEACON}/{number}.xml" for number in range(MAX_DOCUMENTS + 5)]
    web.on("/sitemap.xml", xml(index(*urls, f"{BEACON}/news.xml")))
    web.on("*", xml(sitemap(f"{BEACON}/1")))
    polls.add(INDEX)
    polls.poll(INDEX)
    asked = web.log.paths()[1:]
    assert asked == ["/news.xml", *(f"/{number}.xml" for number in range(MAX_DOCUMENTS - 1))]


def test_the_newest_entries_of_all_sitemaps_are_kept(web: Web, tmp_path: Path) -> None:
    """A first poll does not take in an archive."""
    web.on("/sitemap.xml", xml(index(f"{BEACON}/a.xml", f"{BEACON}/b.xml")))
    web.on("/a.xml", xml(sitemap(f"{BEACON}/1", f"{BEACON}/2", day=2)))
    web.on("/b.xml", xml(sitemap(f"{BEACON}/3", day=3)))
    with polling(web, tmp_path, policy=PollPolicy(max_entries=2)) as polls:
        polls.add(INDEX)
        polls.poll(INDEX)
        assert polls.accepted() == [f"{BEACON}/1", f"{BEACON}/3"]


def test_a_slow_host_is_given_its_time(web: Web, tmp_path: Path) -> None:
    """The sitemaps of an index wait for their host's turn; what does not fit into a poll is left to the next."""
    web.on("/sitemap.xml", xml(index(f"{BEACON}/a.xml", f"{BEACON}/b.xml", f"{BEACON}/c.xml")))
    for name in "abc":
        web.on(f"/{name}.xml", xml(sitemap(f"{BEACON}/{name}")))
    with polling(web, tmp_path) as polls:
        polls.add(INDEX)
        polls.use(client=Hasty(polls.client, polls.clock))
        polls.poll(INDEX)
        assert polls.accepted() == [f"{BEACON}/a", f"{BEACON}/b"]


class Hasty:
    """A client for whom every request takes half a minute of the polls' clock."""

    def __init__(self, client: Client, clock: Clock) -> None:
        self._client = client
        self._clock = clock

    def get(self, url: str, **options: Any) -> Page:
        """Ask, and let the time go by."""
        self._clock.pass_(seconds=40)
        return self._client.get(url, **options)


def test_a_poll_that_hits_a_bug_is_a_failed_poll(polls: Polling, web: Web) -> None:
    """The feed is not asked again at once, and what it brought last stays known."""
    web.on("/rss", xml(rss(f"{BEACON}/1")))
    polls.add(FEED)
    polls.poll(FEED)
    stored = polls.desk.store.feed(FEED)
    assert stored is not None
    note = put_off(polls.desk, stored, RuntimeError("no such tide"), 0.5)
    state = polls.state(FEED)
    assert (note.result, note.reason, note.detail) == ("failed", "bug", "RuntimeError: no such tide")
    assert state.next_poll_at > polls.clock()
    assert state.body_sha256 == stored.state.body_sha256


def moving(polls: Polling, url: str, days: int = 5) -> None:
    """Poll a feed once a day."""
    for _ in range(days):
        polls.poll(url)
        polls.clock.pass_(days=1)


def test_a_redirect_to_a_feed_that_is_there_is_told_and_not_adopted(polls: Polling, web: Web) -> None:
    """Whatever the form of its address; when that feed is removed, it is adopted."""
    web.on("/old", redirect("http://www.beacon.example/rss/", 301))
    web.on("/rss/", xml(rss(f"{BEACON}/1")))
    polls.add(f"{BEACON}/old", FEED)
    moving(polls, f"{BEACON}/old", 7)
    state = polls.state(f"{BEACON}/old")
    assert (state.poll_url, state.collides_with) == (None, FEED)
    assert "remove one of the two" in (state.history[0].detail or "")
    polls.desk.store.remove_feed(FEED)
    polls.poll(f"{BEACON}/old")
    state = polls.state(f"{BEACON}/old")
    assert (state.poll_url, state.collides_with) == ("http://www.beacon.example/rss/", None)


def test_two_feeds_that_move_to_one_address_are_told(polls: Polling, web: Web) -> None:
    """The first adopts it, the second does not."""
    for path in ("/one", "/two"):
        web.on(path, redirect(FEED, 308))
    web.on("/rss", xml(rss(f"{BEACON}/1")))
    polls.add(f"{BEACON}/one", f"{BEACON}/two")
    moving(polls, f"{BEACON}/one")
    moving(polls, f"{BEACON}/two")
    assert polls.state(f"{BEACON}/one").poll_url == FEED
    state = polls.state(f"{BEACON}/two")
    assert (state.poll_url, state.collides_with) == (None, f"{BEACON}/one")


def test_another_form_of_its_own_address_is_no_collision(polls: Polling, web: Web) -> None:
    """A feed may move to another form of its own address."""
    web.on("/rss", redirect(f"{BEACON}/rss/", 301))
    web.on("/rss/", xml(rss(f"{BEACON}/1")))
    polls.add(FEED)
    moving(polls, FEED)
    assert polls.state(FEED).poll_url == f"{BEACON}/rss/"


def test_a_web_page_in_place_of_a_feed_is_told_with_what_it_names(polls: Polling, web: Web) -> None:
    """The failed poll's note offers the feeds that the page links to."""
    web.on(
        "/rss",
        b"<!doctype html><html><head><link rel=alternate type='application/rss+xml' href='/new.rss'></head></html>",
    )
    polls.add(FEED)
    note = polls.poll(FEED)
    assert (note.result, note.reason, note.detail) == ("failed", "feed_is_html", f"the page names {BEACON}/new.rss")
    assert f"{BEACON}/new.rss" in "\n".join(explain(polls.state(FEED), NOON + timedelta(hours=1)))
