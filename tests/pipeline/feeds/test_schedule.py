"""The next poll: within its limits, never earlier than asked, slower with every failure, never given up."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from pipeline.errors import FeedUnreadable, NeverAgain, TryLater, WiredeskError
from pipeline.feeds import describe, explain, is_unchanged, next_poll, request_validators
from pipeline.models import FeedEntry, FeedState, Page, ParsedFeed
from pipeline.policies import PollPolicy

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
POLICY = PollPolicy()
NEW = FeedState(next_poll_at=NOW)
URL = "https://news.example/feed.xml"


def page(body: bytes = b"x", *, status: int = 200, now: datetime = NOW, headers: dict[str, str] | None = None,
         etag: str | None = None, last_modified: str | None = None, moved_to: str | None = None) -> Page:  # fmt: skip
    """Return an answer to a poll."""
    return Page(requested_url=URL, url=moved_to or URL, moved_to=moved_to, status=status, body=body, headers=headers or {},
                etag=etag, last_modified=last_modified, fetched_at=now)  # fmt: skip


def parsed(*hours_ago: float, **hints: object) -> ParsedFeed:
    """Return a feed with entries published so many hours ago."""
    entries = tuple(
        FeedEntry(url=f"https://news.example/{hours}", published=NOW - timedelta(hours=hours)) for hours in hours_ago
    )
    return replace(ParsedFeed(version="rss20", entries=entries), **hints)


def poll(state: FeedState = NEW, *, feed: ParsedFeed | None = None, answer: Page | None = None, new: int = 0,
         error: WiredeskError | None = None, now: datetime = NOW, dice: float = 0.5) -> FeedState:  # fmt: skip
    """Return the state after a poll."""
    if error is None and answer is None:
        answer = page(now=now)
    return next_poll(state, page=answer, parsed=feed, error=error, new_entries=new, now=now, dice=dice, policy=POLICY)


def wait(state: FeedState, now: datetime = NOW) -> float:
    """Return the seconds until the next poll."""
    return (state.next_poll_at - now).total_seconds()


# --- healthy feeds -------------------------------------------------------------------------------------------------

ages = st.lists(st.floats(min_value=-1e5, max_value=1e5), max_size=60)
hints = st.one_of(st.none(), st.floats(min_value=1, max_value=1e12))
any_header = st.one_of(st.none(), st.text(max_size=20), st.integers(-10, 10**12).map(lambda n: f"max-age={n}"))


@given(ages, hints, hints, any_header, st.floats(0, 0.999), st.integers(0, 50))
def test_the_interval_keeps_its_limits(
    hours: list[float], ttl: float | None, period: float | None, cache: str | None, dice: float, new: int
) -> None:
    """Whatever a feed says, the next poll is within [min, max], or at once after the jitter."""
    headers = {"cache-control": cache, "expires": cache} if cache is not None else {}
    feed = parsed(*hours, ttl_s=ttl, update_period_s=period)
    after = poll(feed=feed, answer=page(headers=headers), new=new, dice=dice)
    assert POLICY.min_interval_s <= wait(after) <= POLICY.max_interval_s
    assert after.interval_why


@pytest.mark.parametrize(
    ("feed", "headers", "seconds", "winner"),
    [
        (parsed(), {}, 1_800, "not known yet"),
        (parsed(1, 2, 3, 4), {}, 1_800, "its own pace"),
        (parsed(1, 9, 17, 25), {}, 14_400, "its own pace"),
        (parsed(0.0, 0.01, 0.02), {}, 300, "at most every 5 min"),
        (parsed(1, 500, 900), {}, 86_400, "at least every 1 d"),
        (parsed(1, 2, 3, 4, ttl_s=3_600.0), {}, 3_600, "<ttl>"),
        (parsed(1, 2, 3, 4, update_period_s=2_400.0), {}, 2_400, "sy:updatePeriod"),
        (parsed(1, 2, 3, 4), {"cache-control": "public, max-age=2700"}, 2_700, "Cache-Control"),
        (parsed(1, 2, 3, 4), {"cache-control": "max-age=3000", "age": "600"}, 2_400, "Cache-Control"),
        (parsed(1, 2, 3, 4), {"expires": "Sun, 22 Nov 2026 12:45:00 GMT"}, 2_700, "Expires"),
        (parsed(1, 2, 3, 4), {"expires": "0"}, 1_800, "its own pace"),
        (parsed(1, 2, 3, 4), {"cache-control": "max-age=1000000000"}, 3_600, "Cache-Control"),
        (parsed(1, 2, 3, 4, ttl_s=1e11), {}, 3_600, "<ttl>"),
        (parsed(1, 9, 17, 25, ttl_s=1e11), {}, 14_400, "its own pace"),
    ],
)
def test_the_winner_is_named_first(feed: ParsedFeed, headers: dict[str, str], seconds: float, winner: str) -> None:
    """Pace, hints and limits each win where they should, and the first line says so. Hints count up to an hour, longer
    ones as far as the pace bears them out."""
    after = poll(feed=feed, answer=page(headers=headers), new=1, dice=0.0)
    assert wait(after) == pytest.approx(seconds, rel=0.01)
    assert winner in after.interval_why[0]


def test_a_304_keeps_the_hints() -> None:
    """A 304 repeats no hints; those of the last full answer stand."""
    first = poll(feed=parsed(1, 2, 3, 4, ttl_s=3_600.0, skip_hours=(13,)))
    again = poll(first, answer=page(status=304, now=NOW), now=NOW)
    assert (again.ttl_s, again.skip_hours, again.interval_s) == (3_600.0, (13,), 3_600.0)
    assert again.history[0].result == "unchanged"


def test_skipped_hours_and_days_are_left_out() -> None:
    """The next poll waits for the first hour that the publisher does not exclude; excluding all excludes none."""
    assert poll(feed=parsed(1, 2, 3, skip_hours=(12, 13)), dice=0.0).next_poll_at == NOW.replace(hour=14)
    assert poll(feed=parsed(1, 2, 3, skip_days=("Sunday",)), dice=0.0).next_poll_at == datetime(
        2026, 11, 23, tzinfo=UTC
    )
    assert wait(poll(feed=parsed(1, 2, 3, skip_hours=tuple(range(24))), dice=0.0)) == 1_800


def test_a_feed_without_dates_is_asked_less_while_nothing_comes() -> None:
    """Without a known pace the interval grows to the longest, and falls back with the first new entry."""
    state, now = NEW, NOW
    for _ in range(20):
        state = poll(state, feed=ParsedFeed(version="rss20"), now=now)
        now = state.next_poll_at
    assert state.interval_s == POLICY.max_interval_s
    assert poll(state, feed=ParsedFeed(version="rss20"), new=1, now=now).interval_s == POLICY.start_interval_s


def test_a_silent_feed_slows_down_and_is_reported() -> None:
    """After far more than its usual gap the polls get fewer, and the list says that the feed is quiet."""
    busy = poll(feed=parsed(*range(40)), new=40)
    later = NOW + timedelta(days=10)
    quiet = poll(busy, answer=page(status=304, now=later), now=later)
    assert (quiet.interval_s or 0) > 5 * (busy.interval_s or 0)
    assert "quiet for 10 d" in describe(quiet, later)
    assert "quiet" not in describe(busy, NOW)


@given(st.lists(st.one_of(st.none(), st.datetimes(timezones=st.just(UTC))), max_size=20))
def test_dates_decide_nothing_but_the_pace(dates: list[datetime | None]) -> None:
    """There is no date watermark: a state holds no date below which entries are dropped; any dates give a state."""
    entries = tuple(FeedEntry(url=f"https://a.example/{n}", published=date) for n, date in enumerate(dates))
    after = poll(feed=ParsedFeed(version="rss20", entries=entries), new=len(entries))
    assert after.history[0].new_entries == len(entries)
    assert all(time <= NOW for time in after.recent_times)
    assert len(after.recent_times) <= 50


# --- conditional requests ------------------------------------------------------------------------------------------


def test_validators_go_back_as_they_came() -> None:
    """Both validators are sent unchanged at the next poll, not the first, and a failed poll does not touch them."""
    assert request_validators(NEW, NOW, 0.5, POLICY) == (None, None)
    after = poll(answer=page(etag='W/"a, b"', last_modified="Tue, 01 Jan 2041 00:00:00 GMT"), feed=parsed())
    assert request_validators(after, NOW, 0.5, POLICY) == ('W/"a, b"', "Tue, 01 Jan 2041 00:00:00 GMT")
    html = poll(after, answer=page(b"<html>", etag='"bad"'), error=FeedUnreadable("feed_is_html", ""))
    assert request_validators(html, NOW, 0.5, POLICY) == ('W/"a, b"', "Tue, 01 Jan 2041 00:00:00 GMT")


@pytest.mark.parametrize("etag", ['"a\r\nX: y"', '"' + "a" * 65_536 + '"', '"é"', '"a\x00"', ""])
def test_validators_that_cannot_be_sent_are_not_kept(etag: str) -> None:
    """A validator is at most 1 KB of printable ASCII: nothing that could break a request."""
    assert poll(answer=page(etag=etag), feed=parsed()).etag is None


def test_a_full_answer_is_asked_for_daily_and_by_dice() -> None:
    """One poll in a hundred and the first after a day come without validators, so a 304 for ever hides nothing."""
    state = poll(answer=page(etag='"a"'), feed=parsed())
    assert request_validators(state, NOW + timedelta(hours=1), 0.5, POLICY) == ('"a"', None)
    assert request_validators(state, NOW + timedelta(hours=1), 0.005, POLICY) == (None, None)
    dice = [number / 10_000 for number in range(10_000)]
    asked = [request_validators(state, NOW + timedelta(hours=1), each, POLICY) for each in dice]
    assert asked.count((None, None)) == 100
    for hour in range(1, 24):
        state = poll(state, answer=page(status=304, now=NOW), now=NOW + timedelta(hours=hour))
    assert request_validators(state, NOW + timedelta(hours=24), 0.5, POLICY) == (None, None)


@pytest.mark.parametrize(
    ("etag", "modified", "new", "lie"),
    [
        ('"a"', None, 0, True),
        ('W/"a"', None, 0, False),
        ('W/"a"', None, 1, True),
        (None, "x", 0, False),
        (None, "x", 1, True),
    ],
)
def test_a_validator_that_lies_is_used_no_more(etag: str | None, modified: str | None, new: int, lie: bool) -> None:
    """A changed body under an unchanged strong ETag, or new entries under any unchanged validator, switch them off."""
    first = poll(answer=page(b"1", etag=etag, last_modified=modified), feed=parsed())
    second = poll(first, answer=page(b"2", etag=etag, last_modified=modified), feed=parsed(), new=new)
    assert (second.validators_lied_at == NOW) is lie
    assert (request_validators(second, NOW, 0.5, POLICY) == (None, None)) is lie
    assert any("conditional requests: off" in line for line in explain(second, NOW)) is lie


def liar() -> FeedState:
    """A feed whose ETag has lied at NOW."""
    first = poll(answer=page(b"1", etag='"a"'), feed=parsed())
    return poll(first, answer=page(b"2", etag='"a"'), feed=parsed(), new=1)


def test_a_validator_that_lied_is_tried_again_after_thirty_days() -> None:
    """No sooner, with what the last answer brought; until then the operator is told when."""
    state, sooner, later = liar(), NOW + timedelta(days=29), NOW + timedelta(days=30)
    state = poll(state, answer=page(b"3", etag='"b"', now=sooner), feed=parsed(), now=sooner)
    assert request_validators(state, sooner, 0.5, POLICY) == (None, None)
    assert "asked without validators, which have lied" in describe(state, sooner)
    assert any("tried again in 1 d, or after wiredesk feeds resume" in line for line in explain(state, sooner))
    assert request_validators(state, later - timedelta(seconds=1), 0.5, POLICY) == (None, None)
    state = poll(state, answer=page(b"4", etag='"c"', now=later), feed=parsed(), now=later)
    assert request_validators(state, later, 0.5, POLICY) == ('"c"', None)
    assert "validators" not in describe(state, later)
    assert any("conditional requests: by ETag" in line for line in explain(state, later))


def test_a_validator_that_goes_on_lying_stays_off() -> None:
    """Each lie that a full answer shows begins the thirty days anew; it is noted once in that time."""
    state, later = liar(), NOW + timedelta(days=20)
    state = poll(state, answer=page(b"3", etag='"a"', now=later), feed=parsed(), now=later)
    assert [note.detail is not None for note in state.history] == [False, True, False]
    assert request_validators(state, NOW + timedelta(days=31), 0.5, POLICY) == (None, None)
    assert state.validators_lied_at == later


def test_the_same_body_is_unchanged() -> None:
    """A 304 and a body with the hash of the last one need no parsing."""
    state = poll(answer=page(b"1"), feed=parsed())
    assert is_unchanged(state, page(b"1"))
    assert is_unchanged(state, page(b"", status=304))
    assert not is_unchanged(state, page(b"2"))
    assert not is_unchanged(NEW, page(b"1"))


# --- failures ------------------------------------------------------------------------------------------------------

ERRORS: list[WiredeskError] = [
    NeverAgain("http_404", ""), NeverAgain("http_403", ""), FeedUnreadable("feed_is_html", "a web page"),
    FeedUnreadable("feed_parse_error", "KeyError"), TryLater("http_503", ""), TryLater("http_timeout_total", ""),
    TryLater("http_500", ""), NeverAgain("private_address", ""), TryLater("dns_not_found", ""),
]  # fmt: skip


@given(st.sampled_from(ERRORS), st.floats(0, 0.999), st.floats(300, 86_400))
def test_back_off_grows_and_never_ends(error: WiredeskError, dice: float, interval: float) -> None:
    """Each failure waits at least as long as the one before, up to thirty days; there is always a next poll."""
    state, now, waits = replace(NEW, interval_s=interval), NOW, []
    for _ in range(120):
        state = poll(state, error=error, now=now, dice=dice)
        waits.append(wait(state, now))
        now = state.next_poll_at
    assert waits == sorted(waits)
    assert waits[0] >= POLICY.min_interval_s
    assert waits[-1] <= POLICY.max_backoff_s
    assert state.muted is None


def test_a_dead_feed_is_probed_daily_for_weeks_then_monthly() -> None:
    """404 for two weeks is asked daily at least; for half a year, every thirty days."""
    state, now = NEW, NOW
    while now < NOW + timedelta(days=14):
        state = poll(state, error=NeverAgain("http_404", ""), now=now)
        assert wait(state, now) <= POLICY.max_interval_s * 1.1
        now = state.next_poll_at
    while now < NOW + timedelta(days=200):
        state = poll(state, error=NeverAgain("http_404", ""), now=now)
        now = state.next_poll_at
    assert POLICY.max_backoff_s * 0.9 <= wait(state, state.last_poll_at or now) <= POLICY.max_backoff_s


def test_hard_failures_weigh_more_than_temporary_ones() -> None:
    """After three failures a 404 waits longest, then a broken feed, then a timeout."""

    def third(error: WiredeskError) -> float:
        state = NEW
        for _ in range(3):
            state = poll(state, error=error)
        return wait(state)

    assert (
        third(NeverAgain("http_404", ""))
        > third(FeedUnreadable("feed_parse_error", ""))
        > third(TryLater("http_503", ""))
    )


def test_a_good_poll_forgets_the_failures() -> None:
    """The first good answer puts the feed back to its own pace."""
    state = poll(feed=parsed(1, 2, 3, 4))
    for _ in range(5):
        state = poll(state, error=NeverAgain("http_404", ""))
    back = poll(state, feed=parsed(1, 2, 3, 4))
    assert (back.failures, back.failing_since, back.interval_s) == (0.0, None, 1_800.0)


@given(st.integers(0, 10**9), st.sampled_from([429, 503]), st.floats(0, 0.999), st.integers(0, 40), st.booleans())
def test_retry_after_is_never_undercut(seconds: int, status: int, dice: float, failures: int, as_date: bool) -> None:
    """The next poll is never before what Retry-After asks, up to a day; a longer back-off stands."""
    moment = NOW + timedelta(seconds=min(seconds, 10**8))
    value = moment.strftime("%a, %d %b %Y %H:%M:%S GMT") if as_date else str(seconds)
    state = replace(NEW, failures=failures / 4, failing_since=NOW)
    error = TryLater(f"http_{status}", "")
    after = poll(state, error=error, answer=page(status=status, headers={"retry-after": value}), dice=dice)
    plain = poll(state, error=error, dice=dice)
    assert wait(after) >= min(seconds, POLICY.max_interval_s)
    assert wait(after) >= wait(plain)
    assert wait(after) <= max(wait(plain), POLICY.max_interval_s * 1.1)


def test_what_the_client_was_told_counts_too() -> None:
    """A client that raises with not_before is not undercut either."""
    after = poll(error=TryLater("http_429", "", not_before=NOW + timedelta(hours=5)), dice=0.0)
    assert wait(after) == 5 * 3_600
    assert "Retry-After" in after.interval_why[0]


def test_retry_after_on_a_good_answer_is_explained() -> None:
    """As the winner when it is the longest, else beside the others."""
    after = poll(answer=page(headers={"retry-after": "7200"}), feed=parsed(), new=1)
    assert wait(after) == 7_200
    assert after.interval_why[0] == "in 2 h: the server asked for it (Retry-After)"
    assert after.interval_why[1] == "not decisive: every 30 min: its own pace is not known yet"
    after = poll(answer=page(headers={"retry-after": "60"}), feed=parsed(), new=1)
    assert after.interval_why[:2] == (
        "every 30 min: its own pace is not known yet",
        "1 min 30 s later by dice: feeds drift apart",
    )
    assert after.interval_why[-1] == "not decisive: the server asked for 1 min (Retry-After)"


@pytest.mark.parametrize("value", ["soon", "-5", "Sun, 22 Nov 2020 12:00:00 GMT", "", "1e9", "٣"])
def test_nonsense_in_retry_after_is_ignored(value: str) -> None:
    """A past date, a negative number or words ask for nothing."""
    answer = page(status=503, headers={"retry-after": value})
    assert wait(poll(error=TryLater("http_503", ""), answer=answer)) == wait(poll(error=TryLater("http_503", "")))


def test_gone_twice_mutes() -> None:
    """410 is confirmed once and then ends the polling, and says so; a 404 between does not."""
    gone = NeverAgain("http_410", "")
    once = poll(error=gone)
    assert once.muted is None
    assert poll(poll(once, error=NeverAgain("http_404", "")), error=gone).muted is None
    twice = poll(once, error=gone)
    assert "410" in (twice.muted or "")
    assert describe(twice, NOW).startswith("not polled: the server said 410")


# --- redirects -----------------------------------------------------------------------------------------------------


def test_a_permanent_redirect_is_adopted_after_days() -> None:
    """Five equal answers over three days; another target or none in between starts anew."""
    state, target = NEW, "https://new.example/feed"
    for day in range(3):
        state = poll(state, answer=page(moved_to=target), now=NOW + timedelta(days=day))
    assert (state.redirect_to, state.redirect_seen, state.poll_url) == (target, 3, None)
    assert "moved to https://new.example/feed" in describe(state, NOW)
    assert poll(state, answer=page()).redirect_seen == 0
    assert poll(state, answer=page(moved_to="https://other.example/")).redirect_seen == 1
    for day in (3, 4):
        state = poll(state, answer=page(moved_to=target), now=NOW + timedelta(days=day))
    assert (state.poll_url, state.redirect_to) == (target, None)


def test_many_redirects_in_a_day_are_not_enough() -> None:
    """A server that is misconfigured for an afternoon moves no feed."""
    state = NEW
    for minutes in range(0, 600, 10):
        state = poll(state, answer=page(moved_to="https://new.example/"), now=NOW + timedelta(minutes=minutes))
    assert state.poll_url is None


def test_an_adopted_address_that_dies_is_given_up() -> None:
    """The feed's own address is asked again when the new one fails hard."""
    state = replace(NEW, poll_url="https://new.example/feed")
    for _ in range(4):
        state = poll(state, error=NeverAgain("http_404", ""))
    assert state.poll_url is None


# --- words ---------------------------------------------------------------------------------------------------------


def test_the_history_tells_the_last_twenty_polls() -> None:
    """Newest first, in words that an operator understands."""
    state, now = NEW, NOW
    for number in range(30):
        error = FeedUnreadable("feed_is_html", "a web page came") if number % 2 else None
        state = poll(state, feed=None if error else parsed(1, 2), new=2, error=error, now=now)
        now += timedelta(minutes=30)
    assert len(state.history) == 20
    lines = explain(state, now)
    assert (
        "failed: a web page came where the feed was [feed_is_html] a web page came"
        in lines[lines.index("last polls:") + 1]
    )
    assert "ok: 2 entries, 2 new" in lines[lines.index("last polls:") + 2]
    assert any(line.startswith("next poll: ") for line in lines)


def test_a_line_says_how_a_feed_does() -> None:
    """Not polled yet, ok, failing and paused read differently."""
    assert describe(NEW, NOW) == "not polled yet"
    well = poll(feed=parsed(1, 2, 3, 4), new=4, dice=0.0)
    assert describe(well, NOW + timedelta(minutes=3)) == "ok, polled 3 min ago, next in 27 min"
    ill = poll(well, error=NeverAgain("http_404", ""), now=NOW + timedelta(hours=1))
    assert describe(ill, NOW + timedelta(hours=2)).startswith(
        "failing for 1 h: the server does not know the address (404)"
    )
    assert describe(replace(well, muted="paused by the operator"), NOW) == "not polled: paused by the operator"
