"""A week of polls on a virtual clock: which requests a feed gets, and how late its entries are seen."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from pipeline.feeds import is_unchanged, next_poll, request_validators
from pipeline.models import FeedEntry, FeedState, Page, ParsedFeed
from pipeline.policies import PollPolicy

WEEK = timedelta(days=7)
NAIVE_REQUESTS = int(WEEK / timedelta(minutes=15))


@dataclass(frozen=True, kw_only=True)
class History:
    """A feed: when its entries were published, how many it shows at once, what it asks for."""

    name: str
    times: Sequence[datetime]
    shown: int = 50
    ttl_s: float | None = None
    update_period_s: float | None = None
    #: For how long the server's headers call an answer fresh.
    fresh_s: float | None = None

    def pace_before(self, moment: datetime) -> timedelta | None:
        """The mean gap between the entries before the moment: those it showed, or the last fifty; None for fewer than 3."""
        before = sorted(time for time in self.times if time < moment)
        looks = [before[-count:] for count in {min(self.shown, 50), 50}]
        return max(((look[-1] - look[0]) / (len(look) - 1) for look in looks if len(look) > 2), default=None)


@dataclass(frozen=True, kw_only=True)
class Week:
    """What a week of polls came to."""

    requests: int
    full_answers: int
    #: For each new entry, the poll before it came, and how much later than its publication it was seen.
    lateness: Sequence[tuple[datetime, timedelta]]
    missed: int


def poll_for_a_week(history: History, start: datetime, policy: PollPolicy, seed: int = 1) -> Week:
    """Return the week after `start`. What was published before is known to the first poll, which does not count."""
    dice = random.Random(f"{history.name}{seed}")
    state = FeedState(next_poll_at=start)
    seen: set[datetime] = set()
    late: list[tuple[datetime, timedelta]] = []
    requests = full = 0
    now = last = start
    while now < start + WEEK:
        etag, _ = request_validators(state, now, dice.random(), policy)
        page, parsed = answer(history, now, etag)
        new = {entry.published for entry in parsed.entries if entry.published} - seen
        unchanged = is_unchanged(state, page)
        if now > start:
            requests += 1
            full += page.status == 200
            late += [(last, now - time) for time in new if time > start]
        seen |= new
        state = next_poll(
            state, page=page, parsed=None if unchanged else parsed, new_entries=0 if unchanged else len(new), now=now,
            dice=dice.random(), policy=policy,
        )  # fmt: skip
        last, now = now, state.next_poll_at
    missed = sum(1 for time in history.times if start < time <= start + WEEK - timedelta(days=2) and time not in seen)
    return Week(requests=requests, full_answers=full, lateness=tuple(late), missed=missed)


def answer(history: History, now: datetime, etag: str | None) -> tuple[Page, ParsedFeed]:
    """Return what the feed's server says now: 304 when nothing came since the ETag."""
    shown = sorted(time for time in history.times if time <= now)[-history.shown :]
    current = f'"{len(shown)}-{shown[-1].timestamp() if shown else 0}"'
    parsed = ParsedFeed(
        version="rss20",
        ttl_s=history.ttl_s,
        update_period_s=history.update_period_s,
        entries=tuple(
            FeedEntry(url=f"https://a.example/{time.timestamp()}", published=time) for time in reversed(shown)
        ),
    )
    page = Page(
        requested_url="https://a.example/feed", url="https://a.example/feed", status=304 if etag == current else 200,
        etag=current, body=b"" if etag == current else current.encode(), fetched_at=now,
    )  # fmt: skip
    return page, parsed


def allowed(history: History, planned: datetime, policy: PollPolicy) -> timedelta | None:
    """Return how late an entry may be seen by the poll after the one at `planned`: the publisher's own pace (or what it
    asks for, up to an hour) + the least interval, at most the longest interval; None while no pace can be known.

    The pace is the one that could be known when the poll was planned. After a silence of more than twenty gaps, a
    twentieth of the silence is allowed.
    """
    pace = history.pace_before(planned)
    if pace is None:
        return None
    hints = (history.ttl_s, history.update_period_s, history.fresh_s)
    asked = max((timedelta(seconds=min(hint, 3_600)) for hint in hints if hint), default=timedelta(0))
    silence = planned - max(published for published in history.times if published <= planned)
    longest = max(pace, silence / 20, asked * (1 + policy.jitter)) + timedelta(seconds=policy.min_interval_s)
    return min(longest, timedelta(seconds=policy.max_interval_s))


def too_late(history: History, week: Week, policy: PollPolicy) -> list[tuple[datetime, timedelta]]:
    """Return what was seen later than allowed: the poll before, and the lateness."""
    limits = ((planned, late, allowed(history, planned, policy)) for planned, late in week.lateness)
    return [(planned, late) for planned, late, limit in limits if limit is not None and late > limit]
