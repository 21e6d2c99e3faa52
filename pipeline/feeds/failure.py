"""Failed polls: how much each counts, how long to wait, and when to stop."""

from __future__ import annotations

import math
import re
from datetime import datetime, timedelta

from pipeline.errors import NeverAgain, TryLater, WiredeskError
from pipeline.feeds.hints import read_retry_after
from pipeline.models import FeedState, Page
from pipeline.policies import PollPolicy

#: The weight of a failure is added to FeedState.failures; each whole one doubles the wait.
HARD, SOFT, TEMPORARY = 1.0, 0.5, 0.25
WEIGHT_NAMES = {HARD: "hard", SOFT: "soft", TEMPORARY: "temporary"}

_TEMPORARY = frozenset(("http_408", "http_425", "http_429", "http_502", "http_503", "http_504"))
_SOFT = frozenset(
    ("feed_parse_error", "feed_empty_body", "feed_bad_gzip", "feed_too_large", "body_too_large", "body_truncated",
     "empty_body", "bad_encoding", "encoding_unknown", "parse_timeout", "parse_memory", "parse_crash", "tls_error",
     "protocol_error", "robots_unreachable")
)  # fmt: skip
_HARD = frozenset(("feed_is_html", "feed_not_a_feed"))
_STATUS = re.compile(r"http_(\d{3})")

#: The first wait is the feed's interval, but no longer than this: a failure may well be over in an hour.
_FIRST_WAIT_S = 3_600.0
#: The wait stays under the longest interval for as long; a feed that fails for longer is asked less and less often.
_PATIENCE = timedelta(days=14)
#: More doublings reach every cap.
_MOST_DOUBLINGS = 40.0


def weigh(error: WiredeskError) -> float:
    """Return the weight of a failure: by its reason code, else by what its class says to do next."""
    reason = reason_of(error)
    if reason in _TEMPORARY:
        return TEMPORARY
    if reason in _SOFT or reason.startswith("http_5"):
        return SOFT
    if reason in _HARD or reason.startswith("http_4"):
        return HARD
    if isinstance(error, TryLater):
        return TEMPORARY
    return HARD if isinstance(error, NeverAgain) else SOFT


def reason_of(error: WiredeskError) -> str:
    """Return the reason code of an error."""
    return str(getattr(error, "reason", "") or type(error).__name__)


def status_of(error: WiredeskError, page: Page | None) -> int | None:
    """Return the HTTP status that came with a failure, None when no answer came."""
    if page is not None:
        return page.status
    found = _STATUS.fullmatch(reason_of(error))
    return int(found.group(1)) if found else None


def back_off(state: FeedState, failures: float, now: datetime, policy: PollPolicy) -> float:
    """Return the wait in seconds after `failures` weighted failures; it never falls while they go on."""
    first = min(max(state.interval_s or policy.start_interval_s, policy.min_interval_s), _FIRST_WAIT_S)
    first = max(first, policy.min_interval_s)
    wait = first * math.exp2(min(failures, _MOST_DOUBLINGS))
    cap = policy.max_interval_s
    failing = now - (state.failing_since or now)
    if failing > _PATIENCE:
        cap = max(cap, (failing - _PATIENCE).total_seconds() / 2)
    return max(policy.min_interval_s, min(wait, cap, policy.max_backoff_s))


def asked_wait(error: WiredeskError | None, page: Page | None, now: datetime, policy: PollPolicy) -> float:
    """Return the seconds that the server asked to be left alone (Retry-After), 0 when it did not; capped."""
    waits = [0.0]
    not_before = getattr(error, "not_before", None)
    if isinstance(not_before, datetime):
        waits.append((not_before - now).total_seconds())
    if page is not None:
        waits.append(read_retry_after(page.headers.get("retry-after"), now) or 0.0)
    return min(max(waits), policy.max_interval_s)


def is_gone_for_good(state: FeedState, error: WiredeskError) -> bool:
    """Return whether the server has said 410 Gone twice in a row."""
    return reason_of(error) == "http_410" and bool(state.history) and state.history[0].reason == "http_410"
