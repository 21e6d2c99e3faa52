"""Tests of what statuses and Retry-After mean."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from pipeline.errors import NeverAgain, TryLater
from pipeline.fetch.status import judge, retry_after
from tests.pipeline.fetch.clients import PAGE, client, failure
from tests.services.web import Reply, Web

NOW = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize("status", [400, 401, 402, 404, 405, 406, 410, 414, 451])
def test_for_good(web: Web, status: int) -> None:
    """A refusal that will not pass ends the URL, with its status as the reason."""
    web.on("/", Reply(status, body=PAGE))
    error = failure(client(web), "http://paper.example/")
    assert (type(error), error.reason) == (NeverAgain, f"http_{status}")


@pytest.mark.parametrize(
    "status", [202, 204, 205, 206, 300, 304, 403, 408, 421, 425, 429, 500, 502, 503, 504, 520, 599, 600, 999]
)
def test_for_now(web: Web, status: int) -> None:
    """A failure that may pass is tried again; an answer without a page is never an empty one."""
    web.on("/", Reply(status, body=b"" if status in (204, 304) else PAGE))
    error = failure(client(web), "http://paper.example/")
    assert isinstance(error, TryLater)
    assert (error.reason, error.counts, error.not_before) == (f"http_{status}", True, None)


@pytest.mark.parametrize("status", [200, 203])
def test_a_page(web: Web, status: int) -> None:
    """These two statuses carry a page."""
    web.on("/", Reply(status, body=PAGE))
    assert client(web).get("http://paper.example/").status == status


def test_not_modified(web: Web) -> None:
    """Validators go out byte for byte, and 304 comes back as a page without a body."""
    etag, modified = 'W/"0-x\u00e9,~"', "Sun, 01 Mar 2026 09:00:00 +0100"
    web.on("/", Reply(304, (("ETag", etag), ("Last-Modified", modified), ("Cache-Control", "max-age=600"))))
    page = client(web).get("http://paper.example/", kind="feed", etag=etag, last_modified=modified)
    assert (page.status, page.body, page.etag, page.last_modified) == (304, b"", etag, modified)
    assert page.headers == {"cache-control": "max-age=600"}
    (hit,) = web.log.hits
    assert (hit.headers["if-none-match"], hit.headers["if-modified-since"]) == (etag, modified)


def test_validators_that_cannot_be_sent(web: Web) -> None:
    """A validator with a line break in it, or of no charset that HTTP has, is not sent."""
    web.on("/", PAGE)
    client(web).get("http://paper.example/", etag='"a"\r\nX-Evil: 1', last_modified="\u6708\u66dc")
    assert {"if-none-match", "if-modified-since", "x-evil"} & web.log.hits[0].headers.keys() == set()


@pytest.mark.parametrize("etag", ['"' + "a" * 2_000 + '"', "a\x01b", ""])
def test_validators_that_are_not_kept(web: Web, etag: str) -> None:
    """A validator of absurd length, or that could not be sent back, is none."""
    web.on("/", Reply(headers=(("ETag", etag),), body=PAGE))
    assert client(web).get("http://paper.example/", kind="feed").etag is None


@pytest.mark.parametrize("status", [429, 503])
def test_asked_to_wait(web: Web, status: int) -> None:
    """An answer that says when to come back uses up no attempt."""
    web.on("/", Reply(status, (("Retry-After", "120"),)))
    error = failure(client(web, clock=lambda: NOW), "http://paper.example/")
    assert isinstance(error, TryLater)
    assert (error.reason, error.counts) == (f"http_{status}", False)
    assert error.not_before == NOW + timedelta(seconds=120)


CAP = NOW + timedelta(hours=6)


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        (["120"], NOW + timedelta(seconds=120)),
        ([" 7 "], NOW + timedelta(seconds=7)),
        (["Mon, 02 Mar 2026 12:30:00 GMT"], NOW + timedelta(minutes=30)),
        (["Mon, 02 Mar 2026 13:30:00 +0100"], NOW + timedelta(minutes=30)),
        (["Monday, 02-Mar-26 12:30:00 GMT"], NOW + timedelta(minutes=30)),
        (["Mon, 02 Mar 2026 11:30:00 GMT"], None),
        (["0"], None),
        (["-5"], None),
        (["1.5"], None),
        (["soon"], None),
        ([""], None),
        ([], None),
        (["100000000"], CAP),
        (["9" * 500], CAP),
        (["Fri, 02 Mar 2096 12:30:00 GMT"], CAP),
        (["Mon, 99 Mar 2026 12:30:00 GMT"], None),
        (["60", "90"], NOW + timedelta(seconds=90)),
        (["soon", "90"], NOW + timedelta(seconds=90)),
        (["\u0661\u0662"], None),
    ],
)
def test_retry_after(values: list[str], expected: datetime | None) -> None:
    """Seconds and dates are read, capped; what is past or unreadable is nothing."""
    assert retry_after(values, NOW, 21_600.0) == expected


def test_the_table_is_total() -> None:
    """Every status has a meaning."""
    for status in range(100, 1_000):
        if status in (200, 203):
            judge(status, None)
        else:
            with pytest.raises((TryLater, NeverAgain)):
                judge(status, None)
