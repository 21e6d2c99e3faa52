"""A week of polls is welcome to publishers: 84 real feeds on servers that count, the whole composition asking them.

Skipped where the corpus is not there (WIREDESK_CORPUS). bench/week.py prints the same week.
"""

from __future__ import annotations

import gzip
import os
from datetime import timedelta
from functools import cache
from pathlib import Path

import pytest

from tests.eval.archives import END, WEEK, Archive, move, move_dates, read_archives
from tests.eval.publishers import MANNERS
from tests.eval.reckoning import POLICY, Week
from tests.eval.week import poll_naively, run_week
from tests.pipeline.feeds.simulation import NAIVE_REQUESTS

CORPUS = Path(os.environ.get("WIREDESK_CORPUS", ""), "feeds/pages")
pytestmark = [
    pytest.mark.skipif(
        not os.environ.get("WIREDESK_CORPUS") or not CORPUS.is_dir(),
        reason="WIREDESK_CORPUS names no folder with feeds/pages",
    ),
    pytest.mark.timeout(1_800),  # half a minute of CPU time, but minutes on a machine that has other work
]
#: In one week each publisher has one manner; in the soak campaign each publisher has had each.
ROTATIONS = [0, *(pytest.param(number, marks=pytest.mark.soak) for number in range(1, len(MANNERS)))]


@cache
def cuts() -> list[Archive]:
    """Return the feeds as they are in the corpus, cut up."""
    return read_archives(CORPUS)


@cache
def archives() -> list[Archive]:
    """Return the feeds, moved into the week."""
    return [move(cut) for cut in cuts()]


@pytest.fixture(scope="module", params=ROTATIONS)
def week(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Week:
    """The week, polled once for all tests."""
    done = run_week(archives(), tmp_path_factory.mktemp("week"), seed=request.param + 1, rotation=request.param)
    print("", *done.lines(), sep="\n")  # noqa: T201
    return done


def test_a_feed_cut_up_is_still_the_feed() -> None:
    """Put together again, the pieces are the corpus' bytes, but for one entry that has no link."""
    bodies = {path.name[:16]: gzip.decompress(path.read_bytes()) for path in CORPUS.iterdir()}
    again = {cut.name: cut.document(piece.body for piece in cut.pieces) for cut in cuts()}
    assert [name for name, body in bodies.items() if again[name] != body] == ["2b2c3f5ac3d2e836"]


def test_at_the_end_each_publisher_shows_the_feed_of_the_corpus() -> None:
    """The same entries in the same order, all of them under dates that were moved alike."""
    for cut, moved in zip(cuts(), archives(), strict=True):
        shown = moved.shown_at(END + WEEK)
        steps = {
            after.at - before.at for before, after in zip(cut.pieces, shown, strict=True) if before.at and after.at
        }
        assert len(steps) == 1, cut.name
        assert [move_dates(piece.body, timedelta(0)) for piece in cut.pieces if piece.at] == [
            move_dates(piece.body, -next(iter(steps))) for piece in shown if piece.at
        ], cut.name


def test_publishers_get_a_quarter_of_the_naive_pollers_requests_at_most(week: Week) -> None:
    """Counted on their servers, the first poll and all requests for robots.txt included; and none gets more than that."""
    assert len(week.feeds) == 84
    assert week.requests + week.robots <= week.naive_requests / 4
    assert [feed.line() for feed in week.feeds if len(feed.hits) + feed.robots > NAIVE_REQUESTS] == []


def test_a_naive_poller_asks_as_often_as_it_is_reckoned(week: Week, tmp_path: Path) -> None:
    """Really run against the busiest feed, on the same server: the same requests and bytes."""
    busiest = next(feed for feed in week.feeds if not feed.publisher.manner.stamps)
    publisher = poll_naively(busiest.publisher.archive, tmp_path, busiest.publisher.manner)
    feeds = [hit for hit in publisher.hits if hit.path != "/robots.txt"]
    assert len(feeds) == NAIVE_REQUESTS == 672
    assert sum(hit.sent for hit in feeds) == busiest.naive_sent


def test_no_entry_is_seen_later_than_the_publishers_own_pace(week: Week) -> None:
    """Or what it asks for, up to an hour, and the least interval; every feed had news but one, none was missed."""
    without_news = [feed.publisher.archive.name for feed in week.feeds if not feed.sightings]
    assert without_news == ["2c95f93d868f5c01"]  # its newest entry is another anchor on the page of an older one
    assert [late for feed in week.feeds for late in feed.too_late] == []


def test_every_publisher_is_asked_at_least_once_a_day(week: Week) -> None:
    """However slow its feed is."""
    day = timedelta(seconds=POLICY.max_interval_s)
    assert [feed.line() for feed in week.feeds if feed.longest_pause > day] == []


def test_each_served_url_is_accepted_exactly_once(week: Week) -> None:
    """What stood in any document that was sent is in the store, and the polls called it new once."""
    served = set[str]().union(*(feed.served for feed in week.feeds))
    assert set(week.feeds[0].accepted) == served
    assert week.new == len(week.accepted) == len(served)


def test_unchanged_feeds_are_sent_for_news_and_once_a_day(week: Week) -> None:
    """Where a publisher honours validators: a document for news, once a day, once in a hundred polls; else 304."""
    able = [feed for feed in week.feeds if feed.publisher.manner.has_validators]
    assert len(able) >= 60
    assert [feed.line() for feed in able if feed.fetched > feed.had_news + 7 + len(feed.hits) // 20] == []


def test_validators_that_nobody_honours_do_no_harm(week: Week) -> None:
    """Publishers without 304 send their document each time, and are asked no more often than the others."""
    others = [feed for feed in week.feeds if not feed.publisher.manner.has_validators]
    assert [feed.unchanged for feed in others] == [0] * len(others)
    assert sum(len(feed.hits) for feed in others) <= NAIVE_REQUESTS * len(others) / 4
