"""A simulated week costs publishers a fraction of a naive poller's requests, and nothing is seen late."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta

from pipeline.policies import PollPolicy
from tests.pipeline.feeds.simulation import NAIVE_REQUESTS, WEEK, History, poll_for_a_week, too_late

START = datetime(2026, 11, 9, tzinfo=UTC)
#: Mean hours between entries, how they bunch (1 = evenly random, 8 = in bursts of eight), entries shown, ttl, sy period.
SHAPES = [
    (0.3, 1, 60, None, None), (0.7, 3, 25, None, None), (1.4, 2, 50, None, None), (1.4, 2, 30, 3600.0, None),
    (1.8, 8, 30, None, None), (2.2, 3, 10, 18_000.0, None), (4.4, 4, 25, None, 3600.0), (4.9, 3, 140, None, 3600.0),
    (5.4, 8, 50, None, None), (35.0, 1, 100, None, 3600.0), (37.0, 2, 10, None, 3600.0), (53.0, 1, 25, None, None),
    (127.0, 2, 50, None, None), (128.0, 1, 10, 3600.0, None), (300.0, 1, 20, None, None), (650.0, 1, 25, None, None),
    (1_100.0, 2, 10, None, 3600.0), (2_000.0, 1, 10, None, None), (4_000.0, 1, 5, None, None), (9_000.0, 1, 3, None, None),
]  # fmt: skip


def history(number: int) -> History:
    """Return a feed that publishes at random by one of the shapes, bursts being minutes apart."""
    mean, burst, shown, ttl, period = SHAPES[number]
    dice = random.Random(number)
    time, times = START + WEEK, []
    while sum(1 for past in times if past < START) < 60:
        for _ in range(burst):
            times.append(time)
            time -= timedelta(minutes=min(dice.expovariate(1 / 5), 6 * mean))
        time -= timedelta(hours=dice.expovariate(1 / (mean * burst)))
    return History(name=str(number), times=times, shown=max(shown, 3), ttl_s=ttl, update_period_s=period)


def test_a_week_costs_a_quarter_of_the_naive_poller_at_most() -> None:
    """Over a mix of slow and busy feeds; the naive poller asks each every 15 minutes."""
    weeks = [poll_for_a_week(history(number), START, PollPolicy()) for number in range(len(SHAPES))]
    assert sum(week.requests for week in weeks) <= NAIVE_REQUESTS * len(weeks) / 4


def test_nothing_is_seen_later_than_the_publishers_own_pace() -> None:
    """Every entry is seen within the feed's mean gap, or what it asks for, and the least interval."""
    policy = PollPolicy()
    for number in range(len(SHAPES)):
        feed = history(number)
        week = poll_for_a_week(feed, START, policy)
        assert too_late(feed, week, policy) == [], feed.name
        assert week.missed == 0, feed.name


def test_unchanged_answers_are_304() -> None:
    """Full answers come for new entries, once a day, and once in a hundred polls: not more."""
    feed = history(8)
    week = poll_for_a_week(feed, START, PollPolicy())
    assert week.full_answers <= len(week.lateness) + 8 + week.requests // 20
