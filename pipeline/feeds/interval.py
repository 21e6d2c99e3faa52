"""The next interval of a healthy feed: its own pace, what its publisher asks for, the operator's limits."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import NamedTuple

from pipeline.feeds.hints import read_freshness
from pipeline.feeds.pace import pace
from pipeline.feeds.words import span
from pipeline.models import FeedState
from pipeline.policies import PollPolicy

#: Polls per entry at the feed's own pace.
_POLLS_PER_ENTRY = 2.0
#: A hint is believed up to here; a longer one only as far as the feed's own pace bears it out, for many feeds carry
#: hints that their software set years ago.
TRUSTED_HINT_S = 3_600.0
#: A feed without a known pace is asked less often as long as nothing comes.
_SLOWER = 1.5


class Wish(NamedTuple):
    """An interval, in seconds, and whose wish it is."""

    seconds: float
    why: str


def choose_interval(
    state: FeedState, headers: Mapping[str, str], new_entries: int, now: datetime, policy: PollPolicy
) -> tuple[float, tuple[str, ...]]:
    """Return the interval in seconds, within the policy's limits, and why: one line an input, the winner first."""
    own = _own_wish(state, new_entries, now, policy)
    hints = _hints(state, headers, now)
    trusted = max(TRUSTED_HINT_S, own.seconds)
    wishes = [own, *(Wish(min(hint.seconds, trusted), hint.why) for hint in hints)]
    winner = max(wishes, key=lambda wish: wish.seconds)
    seconds = min(max(winner.seconds, policy.min_interval_s), policy.max_interval_s)
    lines = [f"every {span(seconds)}: {winner.why}{_limit(winner.seconds, seconds, policy)}"]
    lines += [f"not decisive: {wish.why}" for wish in wishes if wish is not winner]
    return seconds, tuple(lines)


def _own_wish(state: FeedState, new_entries: int, now: datetime, policy: PollPolicy) -> Wish:
    own = pace(state.recent_times, now)
    if own is not None:
        seconds = own.total_seconds() / _POLLS_PER_ENTRY
        count = len(state.recent_times)
        return Wish(seconds, f"its own pace, an entry every {span(own.total_seconds())} (last {count} entries)")
    if state.interval_s is None or new_entries:
        return Wish(policy.start_interval_s, "its own pace is not known yet")
    return Wish(state.interval_s * _SLOWER, "its own pace is not known and nothing new came")


def _hints(state: FeedState, headers: Mapping[str, str], now: datetime) -> list[Wish]:
    wishes = []
    if state.ttl_s:
        wishes.append(Wish(state.ttl_s, f"its <ttl> asks for {span(state.ttl_s)}"))
    if state.update_period_s:
        wishes.append(Wish(state.update_period_s, f"its sy:updatePeriod asks for {span(state.update_period_s)}"))
    fresh = read_freshness(headers, now)
    if fresh:
        wishes.append(Wish(fresh[0], f"the server's {fresh[1]} asks for {span(fresh[0])}"))
    return wishes


def _limit(wanted: float, given: float, policy: PollPolicy) -> str:
    if wanted < given:
        return f", but at most every {span(policy.min_interval_s)}"
    return f", but at least every {span(policy.max_interval_s)}" if wanted > given else ""
