"""A feed's state in words: one line for a list, and all that decided the next poll."""

from __future__ import annotations

from datetime import datetime, timedelta

from pipeline.feeds.moved import CONFIRMATIONS
from pipeline.feeds.pace import usual_gap
from pipeline.feeds.validators import distrusted_until
from pipeline.feeds.words import ago, plural, span
from pipeline.models import FeedState, PollNote

#: A silence is worth a word when it is so much longer than the usual gap, and at least so long.
_SILENCE_GAPS = 10
_SILENCE_LEAST = timedelta(days=3)

_REASONS = {
    "feed_is_html": "a web page came where the feed was",
    "feed_not_a_feed": "what came is no feed",
    "feed_parse_error": "the feed cannot be parsed",
    "feed_empty_body": "an empty answer came",
    "feed_too_large": "the feed is too large",
    "feed_bad_gzip": "the compressed feed is damaged",
    "http_timeout_total": "the answer did not come in time",
    "connect_failed": "no connection to the server",
    "connection_lost": "the connection broke",
    "dns_not_found": "the name of the server does not exist",
    "tls_error": "the server's certificate or encryption is bad",
    "private_address": "the name leads to a private address",
    "robots_disallowed": "the site's robots.txt does not allow it",
    "robots_unreachable": "the site's robots.txt cannot be read",
    "body_too_large": "the answer is too large",
    "body_truncated": "the answer broke off in the middle",
    "empty_body": "an empty answer came",
    "parse_timeout": "parsing took too long and was stopped",
    "parse_memory": "parsing took too much memory and was stopped",
    "http_401": "the server asks for a password (401)",
    "http_403": "the server forbids it (403)",
    "http_404": "the server does not know the address (404)",
    "http_410": "the server says that the feed is gone for good (410)",
    "http_429": "the server says that we ask too often (429)",
    "worker_lost": "each process that read it was lost",
    "http_451": "the server may not show it for legal reasons (451)",
    "http_503": "the server is overloaded or under repair (503)",
}


def describe(state: FeedState, now: datetime) -> str:
    """Return the state in one line: "ok, polled 3 min ago, 40 new of 60 entries lately, next in 27 min"."""
    if state.muted:
        return f"not polled: {state.muted}"
    if state.last_poll_at is None:
        return "not polled yet"
    parts = [_health(state, now), f"polled {ago(state.last_poll_at, now)}", _next(state, now)]
    if quiet := silence(state, now):
        parts.append(quiet)
    if distrusted_until(state, now) is not None:
        parts.append("asked without validators, which have lied")
    if state.collides_with:
        parts.append(f"moved onto the feed {state.collides_with}: remove one of the two")
    elif state.redirect_to or state.poll_url:
        parts.append(f"moved to {state.poll_url or state.redirect_to}")
    return ", ".join(parts)


def explain(state: FeedState, now: datetime) -> tuple[str, ...]:
    """Return lines: the next poll and why, what is known of the feed, and its last polls, newest first."""
    lines = [describe(state, now)]
    if not state.muted:
        lines.append(f"next poll: {state.next_poll_at:%Y-%m-%d %H:%M:%S} UTC ({ago(state.next_poll_at, now)})")
    lines += [f"  {why}" for why in state.interval_why]
    lines += _skips(state)
    lines.append(_conditional(state, now))
    lines += _moves(state, now)
    gap = usual_gap(state.recent_times)
    if gap is not None:
        lines.append(f"publishes: an entry every {span(gap.total_seconds())} on average, "
                     f"the newest {ago(state.recent_times[0], now)}")  # fmt: skip
    lines.append(f"last new entry seen: {ago(state.last_new_at, now)}")
    if state.hub_url:
        lines.append(f"its hub: {state.hub_url}{_push(state, now)}")
    if state.history:
        lines.append("last polls:")
        lines += [f"  {note.at:%Y-%m-%d %H:%M:%S}  {tell(note)}" for note in state.history]
    return tuple(lines)


def tell(note: PollNote) -> str:
    """Return one poll in words."""
    if note.result == "failed":
        reason = note.reason or "failed"
        words = f"failed: {_REASONS.get(reason, reason.replace('_', ' '))}"
        return f"{words} [{reason}] {note.detail or ''}".rstrip()
    if note.result == "unchanged":
        words = "unchanged (304)" if note.status == 304 else "unchanged (same body)"
    else:
        words = f"ok: {plural(note.entries, 'entry')}, {note.new_entries} new"
    return f"{words}; {note.detail}" if note.detail else words


def silence(state: FeedState, now: datetime) -> str | None:
    """Return a word on a feed that has been quiet for far longer than its history, None for any other."""
    gap = usual_gap(state.recent_times)
    if gap is None:
        return None
    quiet = now - state.recent_times[0]
    if quiet < max(_SILENCE_LEAST, _SILENCE_GAPS * gap):
        return None
    return f"quiet for {span(quiet.total_seconds())} (usually an entry every {span(gap.total_seconds())})"


def _health(state: FeedState, now: datetime) -> str:
    if state.failing_since is None:
        return "ok"
    last = state.history[0] if state.history else None
    failing = span((now - state.failing_since).total_seconds())
    words = tell(last).removeprefix("failed: ") if last is not None else "unknown reason"
    return f"failing for {failing}: {words}"


def _next(state: FeedState, now: datetime) -> str:
    return "due now" if state.next_poll_at <= now else f"next {ago(state.next_poll_at, now)}"


def _skips(state: FeedState) -> list[str]:
    lines = []
    if state.skip_hours:
        lines.append(f"  not in the hours {', '.join(map(str, state.skip_hours))} UTC (its <skipHours>)")
    if state.skip_days:
        lines.append(f"  not on {', '.join(state.skip_days)} (its <skipDays>)")
    return lines


def _conditional(state: FeedState, now: datetime) -> str:
    if (until := distrusted_until(state, now)) is not None:
        return (
            "conditional requests: off, for a changed body came under an unchanged validator; "
            f"tried again {ago(until, now)}, or after wiredesk feeds resume"
        )
    named = [name for name, value in (("ETag", state.etag), ("Last-Modified", state.last_modified)) if value]
    last = f"last full answer {ago(state.last_unconditional_at, now)}"
    return f"conditional requests: by {' and '.join(named)}; {last}" if named else f"conditional requests: none; {last}"


def _push(state: FeedState, now: datetime) -> str:
    """Return what is known of the subscription, "" without one."""
    push = state.push
    if push is None:
        return ""
    words = f"; {push.status} since {push.since:%Y-%m-%d %H:%M}"
    if push.status == "active":
        words += f", lease ends {ago(push.lease_until, now)}"
    elif push.detail:
        words += f" ({push.detail})"
    words += f"; {push.deliveries} pushes, last {ago(push.last_delivery_at, now)}"
    return f"{words}; {push.bad_signatures} with a wrong signature were ignored" if push.bad_signatures else words


def _moves(state: FeedState, now: datetime) -> list[str]:
    lines = []
    if state.poll_url:
        lines.append(f"asked at {state.poll_url}, where it has moved for good")
    if state.redirect_to:
        lines.append(
            f"moving: permanent redirect to {state.redirect_to}, seen {state.redirect_seen} of {CONFIRMATIONS} times "
            f"since {ago(state.redirect_since, now)}"
        )
    if state.collides_with:
        lines.append(f"not adopted: the feed {state.collides_with} is asked there already; remove one of the two")
    if state.sitemaps:
        lines.append(f"an index: the last poll read {plural(len(state.sitemaps), 'sitemap')} of it")
    return lines
