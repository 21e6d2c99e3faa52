"""The chain of redirects of one fetch: each hop is a new URL, judged like the first."""

from __future__ import annotations

import re
from http.client import HTTPMessage
from http.cookiejar import CookieJar
from urllib.parse import quote_from_bytes, urljoin
from urllib.request import Request

from pipeline.errors import NeverAgain
from pipeline.fetch.status import PERMANENT_REDIRECTS
from pipeline.fetch.target import Target, parse_target
from pipeline.unwrap import unwrap_url

#: What browsers take of cookies (RFC 6265, 6.1), so that reading them cannot take long.
_MAX_COOKIES = 50
_MAX_COOKIE_CHARS = 4_096


class Chain:
    """Where a fetch has been, with the cookies that were set on the way; they live no longer than the chain."""

    def __init__(self, target: Target, max_redirects: int) -> None:
        self.target = target
        #: The URLs that answered with a redirect, in order.
        self.passed: list[str] = []
        #: Where the permanent redirects at the head of the chain led.
        self.moved_to: str | None = None
        #: Whether a page may still send us on.
        self.may_follow_page = True
        self._max = max_redirects
        self._permanent = True
        self._cookies: CookieJar | None = None
        self._seen = {(target.url, "")}

    def follow(self, status: int, locations: tuple[str, ...], message: HTTPMessage) -> None:
        """Go on to where the answer points.

        Raises NeverAgain: bad_redirect, redirect_loop, too_many_redirects, and what parse_target raises.
        """
        if len(set(locations)) != 1 or not locations[0].strip():
            raise NeverAgain("bad_redirect", f"status {status} with {len(set(locations))} different Location headers")
        self._leave(message)
        # Never a redirector's own page: its URL would pass for the article to which it leads.
        self._arrive(parse_target(unwrap_url(urljoin(self.target.url, _readable(locations[0])))))
        self._permanent = self._permanent and status in PERMANENT_REDIRECTS
        if self._permanent:
            self.moved_to = self.target.url

    def follow_page(self, target: Target, message: HTTPMessage) -> None:
        """Go on to where a page sends its reader (see refresh.py); that is no permanent redirect. Once in a chain.

        Raises NeverAgain: redirect_loop, too_many_redirects.
        """
        self.may_follow_page = self._permanent = False
        self._leave(message)
        self._arrive(target)

    def _leave(self, message: HTTPMessage) -> None:
        if len(self.passed) >= self._max:
            raise NeverAgain("too_many_redirects", f"more than {self._max}")
        self._keep_cookies(message)
        self.passed.append(self.target.url)

    def _arrive(self, target: Target) -> None:
        self.target = target
        # A page that redirects to itself after setting a cookie is no loop: the second request differs.
        step = (self.target.url, self.cookies() or "")
        if step in self._seen:
            raise NeverAgain("redirect_loop", self.target.url)
        self._seen.add(step)

    def cookies(self) -> str | None:
        """Return the Cookie header for the present hop, None when there is nothing to send."""
        if self._cookies is None:
            return None
        request = Request(self.target.url)  # noqa: S310 - a carrier for the jar, never opened
        self._cookies.add_cookie_header(request)
        return request.get_header("Cookie")

    def _keep_cookies(self, message: HTTPMessage) -> None:
        kept = HTTPMessage()
        for value in message.get_all("set-cookie", [])[:_MAX_COOKIES]:
            if len(value) <= _MAX_COOKIE_CHARS:
                kept["Set-Cookie"] = value
        if not kept:
            return
        if self._cookies is None:
            self._cookies = CookieJar()
        self._cookies.extract_cookies(_Response(kept), Request(self.target.url))  # type: ignore[arg-type]  # noqa: S310


class _Response:
    """What the cookie jar wants of a response."""

    def __init__(self, message: HTTPMessage) -> None:
        self._message = message

    def info(self) -> HTTPMessage:
        return self._message


def _readable(location: str) -> str:
    """Return the Location header, which http.client reads as Latin-1, as the UTF-8 that servers mean.

    Bytes that are no UTF-8 are percent-encoded as they are. Raises NeverAgain("bad_redirect") for control characters.
    """
    location = location.strip()
    if re.search(r"[\x00-\x1f\x7f]", location):
        raise NeverAgain("bad_redirect", "control character in Location")
    raw = location.encode("latin-1", errors="replace")
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        return quote_from_bytes(raw, safe="!#$%&'()*+,/:;=?@[]~|^`{}-._ \\")
