"""What an answer's status means for the URL, in one table, and when a server wants to be asked again.

Reasons of the fetch stage, all of them:

| reason | ends as | seen |
|---|---|---|
| http_<status> | see the table below | the server answered with that status |
| host_busy | TryLater, uncounted | the host's turn did not come within the wait that was allowed |
| http_timeout_total | TryLater | the deadline over all hops passed |
| connect_failed, connection_lost | TryLater | no connection to any address; the connection broke |
| dns_not_found, dns_failed | TryLater | no such name; the resolver is in trouble |
| tls_error | TryLater | certificate or handshake; never retried without verification |
| protocol_error | TryLater | not HTTP as it is written |
| body_truncated, bad_encoding, encoding_unknown | TryLater | the body is not whole, or cannot be decoded |
| empty_body | TryLater | status 200 and nothing in it |
| robots_unreachable | TryLater | robots.txt cannot be had (RFC 9309: then everything is disallowed) |
| robots_disallowed | NeverAgain | robots.txt says no |
| bad_url, url_too_long, scheme_not_allowed, port_not_allowed | NeverAgain | the URL, or that of a redirect |
| private_address | NeverAgain | the host's addresses are not public, and not allowed by the operator |
| too_many_redirects, redirect_loop, bad_redirect | NeverAgain | redirects lead nowhere |
| body_too_large | NeverAgain | more than the limit, on the wire or decoded |
| not_html | NeverAgain | a page that is no HTML (kind "page" only) |
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

from pipeline.errors import NeverAgain, TryLater

OK = frozenset({200, 203})
REDIRECTS = frozenset({301, 302, 303, 307, 308})
PERMANENT_REDIRECTS = frozenset({301, 308})

#: 4xx that may pass: what firewalls answer to whom they do not know yet (403), timeouts, conflicts, rate limits.
_PASSING = frozenset({403, 408, 409, 418, 420, 421, 423, 424, 425, 429, 440, 444, 449, 460, 499})
#: Statuses with which a host says that it is asked too often or is in trouble: the whole scope slows down.
TROUBLE = frozenset({429, 420, 509, 529}) | frozenset(range(500, 600))


def judge(status: int, wait_until: datetime | None) -> None:
    """Return for a status whose body counts (200, 203).

    Raises TryLater for statuses that may pass: 1xx, 2xx without a page, 3xx that lead nowhere, some 4xx, all 5xx and
    what is no HTTP status; with `wait_until`, what Retry-After said, it uses up no attempt on 429 and 503. Raises
    NeverAgain for the other 4xx (400, 401, 404, 410, 451, …). The reason is "http_<status>".
    """
    if status in OK:
        return
    if 400 <= status < 500 and status not in _PASSING:
        raise NeverAgain(f"http_{status}", "the server refused")
    asked = status in (429, 503) and wait_until is not None
    raise TryLater(f"http_{status}", "the server answered so", not_before=wait_until, counts=not asked)


def retry_after(values: Iterable[str], now: datetime, cap_s: float) -> datetime | None:
    """Return the time before which the server does not want to be asked again, at most `cap_s` from now.

    Seconds or an HTTP date (RFC 9110, 10.2.3); of several the latest. None when there is none that can be read, or
    only times gone by.
    """
    cap = now + timedelta(seconds=cap_s)
    times = [time for value in values if (time := _retry_time(value.strip(), now, cap)) is not None]
    return max(times, default=None)


def _retry_time(value: str, now: datetime, cap: datetime) -> datetime | None:
    if value.isascii() and value.isdigit():
        seconds = int(value[:12]) if len(value) <= 12 else 10**9
        return min(cap, now + timedelta(seconds=min(seconds, 10**9))) if seconds else None
    try:
        when = parsedate_to_datetime(value)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    when = when.replace(tzinfo=UTC) if when.tzinfo is None else when.astimezone(UTC)
    return min(cap, when) if when > now else None
