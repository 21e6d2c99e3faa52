"""The next poll: one pure function from what was known and what happened to what is known now."""

from __future__ import annotations

from datetime import datetime, timedelta

from msgspec.structs import replace

from pipeline.errors import WiredeskError
from pipeline.feeds.failure import WEIGHT_NAMES, asked_wait, back_off, is_gone_for_good, reason_of, status_of, weigh
from pipeline.feeds.hints import skip_to_allowed
from pipeline.feeds.interval import choose_interval
from pipeline.feeds.moved import give_up_address, note_redirect
from pipeline.feeds.pace import merge_times
from pipeline.feeds.validators import DISTRUST, body_hash, distrusted_until, has_lied, usable_validator
from pipeline.feeds.words import span
from pipeline.models import FeedState, Page, ParsedFeed, PollNote
from pipeline.policies import PollPolicy

KEPT_NOTES = 20
_MAX_DETAIL_CHARS = 300
_ASKED = "the server asked for it (Retry-After)"
_BESIDE = "not decisive: "
_LIE = f"the body changed under an unchanged validator: conditional requests are off for {DISTRUST.days} days"


def next_poll(
    state: FeedState,
    *,
    page: Page | None = None,
    parsed: ParsedFeed | None = None,
    error: WiredeskError | None = None,
    new_entries: int = 0,
    now: datetime,
    dice: float,
    policy: PollPolicy,
) -> FeedState:
    """Return the feed's state after a poll, with the time of the next one.

    `error`: the poll failed, with or without a page. `parsed`: a feed came. Neither: nothing changed (304, or the body
    of last time). `new_entries`: how many of the feed's URLs had never been accepted. `dice` is uniform in [0, 1).
    """
    if error is not None:
        return _failed(state, error, page, now=now, dice=dice, policy=policy)
    assert page is not None, "a poll without an error has an answer"
    after = _read(state, page, parsed, new_entries, now)
    seconds, why = choose_interval(after, page.headers, new_entries, now, policy)
    own, asked = _jittered(seconds, dice, policy), asked_wait(None, page, now, policy)
    at = skip_to_allowed(now + timedelta(seconds=max(own, asked)), after.skip_hours, after.skip_days)
    return replace(after, next_poll_at=at, interval_s=seconds, interval_why=_why(why, seconds, own, asked))


def _why(lines: tuple[str, ...], seconds: float, own: float, asked: float) -> tuple[str, ...]:
    """Return why the next poll comes when it does, the winner first, with the jitter and what Retry-After asks."""
    if asked > own:
        return f"in {span(asked)}: {_ASKED}", *(_BESIDE + line.removeprefix(_BESIDE) for line in lines)
    drift = round(own - seconds)
    if drift:
        lines = (*lines, f"{span(abs(drift))} {'later' if drift > 0 else 'sooner'} by dice: feeds drift apart")
    return (*lines, f"{_BESIDE}the server asked for {span(asked)} (Retry-After)") if asked else lines


def _jittered(seconds: float, dice: float, policy: PollPolicy) -> float:
    """Return the interval, a little longer, or at its upper limit a little shorter: feeds added at once drift apart."""
    longer = seconds * (1 + policy.jitter * dice)
    return (
        longer if longer <= policy.max_interval_s else max(seconds * (1 - policy.jitter * dice), policy.min_interval_s)
    )


def _read(state: FeedState, page: Page, parsed: ParsedFeed | None, new_entries: int, now: datetime) -> FeedState:
    """Return the state with all that a good answer says, but for the next poll."""
    lie = has_lied(state, page, new_entries)
    note = PollNote(
        at=now,
        result="ok" if parsed is not None else "unchanged",
        status=page.status,
        entries=len(parsed.entries) if parsed is not None else 0,
        new_entries=new_entries,
        detail=_LIE if lie and distrusted_until(state, now) is None else None,
    )
    after = replace(
        note_redirect(state, page, now),
        last_poll_at=now,
        last_success_at=now,
        last_new_at=now if new_entries else state.last_new_at,
        validators_lied_at=now if lie else state.validators_lied_at,
        failures=0.0,
        failing_since=None,
        losses=0,
        history=(note, *state.history)[:KEPT_NOTES],
    )
    if page.status != 304:
        after = _keep_validators(after, page, now)
    return after if parsed is None else _keep_facts(after, parsed, new_entries, now)


def _keep_validators(state: FeedState, page: Page, now: datetime) -> FeedState:
    return replace(
        state,
        etag=usable_validator(page.etag),
        last_modified=usable_validator(page.last_modified),
        body_sha256=body_hash(page),
        last_unconditional_at=now,
    )


def _keep_facts(state: FeedState, parsed: ParsedFeed, new_entries: int, now: datetime) -> FeedState:
    return replace(
        state,
        recent_times=merge_times(state.recent_times, parsed, new_entries, now),
        ttl_s=parsed.ttl_s,
        update_period_s=parsed.update_period_s,
        skip_hours=parsed.skip_hours,
        skip_days=parsed.skip_days,
        title=parsed.title or state.title,
        site_url=parsed.site_url or state.site_url,
        hub_url=parsed.hub_url,
    )


def _failed(
    state: FeedState, error: WiredeskError, page: Page | None, *, now: datetime, dice: float, policy: PollPolicy
) -> FeedState:
    weight = weigh(error)
    note = PollNote(
        at=now,
        result="failed",
        status=status_of(error, page),
        reason=reason_of(error),
        detail=(str(getattr(error, "detail", "")) or str(error))[:_MAX_DETAIL_CHARS],
    )
    after = replace(
        state,
        last_poll_at=now,
        failures=state.failures + weight,
        failing_since=state.failing_since or now,
        losses=0,
        muted=state.muted or ("the server said 410 Gone twice" if is_gone_for_good(state, error) else None),
        history=(note, *state.history)[:KEPT_NOTES],
    )
    wait = back_off(after, after.failures, now, policy)
    asked = asked_wait(error, page, now, policy)
    seconds = min(max(wait, asked) * (1 + policy.jitter * dice), max(asked, policy.max_backoff_s))
    return replace(
        give_up_address(after),
        next_poll_at=now + timedelta(seconds=seconds),
        interval_why=_failure_why(after, WEIGHT_NAMES[weight], note, wait, asked),
    )


def _failure_why(state: FeedState, weight: str, note: PollNote, wait: float, asked: float) -> tuple[str, ...]:
    back = f"back-off of {span(wait)} after failures that weigh {state.failures:g} (last: {note.reason}, {weight})"
    if asked > wait:
        return f"in {span(asked)}: {_ASKED}", f"{_BESIDE}{back}"
    lines = [f"in {span(wait)}: {back}"]
    if asked:
        lines.append(f"{_BESIDE}the server asked for {span(asked)} (Retry-After)")
    return tuple(lines)
