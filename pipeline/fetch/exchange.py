"""One request and its answer, over a connection that is kept for the next only when all went well."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from http.client import HTTPException, HTTPMessage, IncompleteRead, RemoteDisconnected
from ssl import SSLError

from urllib3 import HTTPResponse
from urllib3.exceptions import HTTPError, InvalidChunkLength, ProtocolError, ReadTimeoutError
from urllib3.exceptions import SSLError as WrappedSSLError
from urllib3.util.response import assert_header_parsing

from pipeline.errors import NeverAgain, TryLater
from pipeline.fetch.body import BodyRule, declared_length, read_body
from pipeline.fetch.connection import Connection, Dialer
from pipeline.fetch.deadline import Deadline, DeadlinePassed, Gauge, WireLimit
from pipeline.fetch.pool import Pool
from pipeline.fetch.status import OK
from pipeline.fetch.target import Target

#: On top of the body's limit, for status line and headers.
_HEADER_BYTES = 262_144


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What a server said to one request. The body is read only for statuses that carry a page."""

    status: int
    headers: dict[str, tuple[str, ...]]
    message: HTTPMessage
    body: bytes = b""
    elapsed_s: float

    def header(self, name: str) -> str | None:
        """Return a header's values joined by commas, None when it was not sent."""
        return ", ".join(self.headers[name]) if name in self.headers else None

    def first(self, name: str) -> str | None:
        """Return a header as it was first sent, None when it was not."""
        return self.headers[name][0] if name in self.headers else None


class Exchange:
    """Sends requests. Many threads use one."""

    def __init__(self, dialer: Dialer, pool: Pool) -> None:
        self._dialer = dialer
        self._pool = pool

    def ask(
        self, target: Target, headers: dict[str, str], rule: BodyRule, deadline: Deadline, *, form: bytes | None = None
    ) -> Answer:
        """Return the answer to a GET, or to a POST of the form; that goes over a connection of its own.

        Raises TryLater and NeverAgain as status.py lists them; DeadlinePassed never gets out.
        """
        gauge = Gauge(deadline, rule.max_bytes + _HEADER_BYTES)
        kept = self._pool.take(target.origin, gauge) if form is None else None
        try:
            if kept is not None:
                try:
                    return self._on(kept, target, headers, rule, gauge)
                except (RemoteDisconnected, ConnectionResetError, BrokenPipeError):
                    pass  # the server closed the idle connection as we wrote: that request was never read
            return self._on(self._dialer.connection(target, gauge), target, headers, rule, gauge, form=form)
        except (DeadlinePassed, TimeoutError, ReadTimeoutError) as error:
            raise TryLater("http_timeout_total", f"{target.host}: after {deadline.spent():.1f} s") from error
        except WireLimit as error:
            if rule.cut:
                raise TryLater("protocol_error", f"{target.host}: too much around the body") from error
            raise NeverAgain("body_too_large", f"more than {rule.max_bytes} bytes on the wire") from error
        except (SSLError, WrappedSSLError) as error:
            raise TryLater("tls_error", f"{target.host}: {error}") from error
        except OSError as error:
            raise TryLater("connection_lost", f"{target.host}: {error}") from error
        except (HTTPException, HTTPError, ValueError) as error:  # ValueError: a chunk of negative size
            raise _broken(error, target) from error

    def _on(
        self,
        connection: Connection,
        target: Target,
        headers: dict[str, str],
        rule: BodyRule,
        gauge: Gauge,
        *,
        form: bytes | None = None,
    ) -> Answer:
        """Return the answer on this connection; it goes back to the pool, or is closed."""
        started = time.monotonic()
        whole = False
        try:
            connection.timeout = gauge.deadline.left()
            sent = headers | (self._dialer.proxy_headers(target) if target.scheme == "http" else {})
            connection.request(
                "GET" if form is None else "POST",
                self._dialer.request_line(target),
                body=form,
                headers=sent,
                preload_content=False,
                decode_content=False,
            )
            response = connection.getresponse()
            message = response._original_response.msg  # type: ignore[union-attr]
            assert_header_parsing(message)
            body = _body(response, rule)
            whole = response.length_remaining in (0, None) and response.closed and not _closes(response)
            return Answer(
                status=response.status,
                headers=_headers(response),
                message=message,
                body=body,
                elapsed_s=time.monotonic() - started,
            )
        finally:
            if whole:
                self._pool.keep(target.origin, connection)
            else:
                connection.hang_up()


def _body(response: HTTPResponse, rule: BodyRule) -> bytes:
    """Return the body of a page; of every other status nothing, read only where it is empty anyway."""
    length = declared_length(response)
    codings = [value.strip().lower() for value in response.headers.getlist("transfer-encoding")]
    if codings not in ([], ["chunked"], ["identity"]):
        raise TryLater("protocol_error", f"Transfer-Encoding {codings!r:.100}")
    if response.status in OK:
        if length is not None and length > rule.max_bytes and not rule.cut:
            raise NeverAgain("body_too_large", f"{length} bytes announced, {rule.max_bytes} allowed")
        kind, charset = media_type(response.headers.getlist("content-type"))
        return read_body(response, rule, kind, charset)
    if length == 0 or response.status in (204, 304):
        response.read(decode_content=False)
    return b""


def _closes(response: HTTPResponse) -> bool:
    original = response._original_response
    return original is None or bool(original.will_close)


def _headers(response: HTTPResponse) -> dict[str, tuple[str, ...]]:
    return {name.lower(): tuple(response.headers.getlist(name)) for name in response.headers}


def media_type(headers: Sequence[str]) -> tuple[str | None, str | None]:
    """Return media type (lower case) and charset parameter, None where there is none; of several headers the last."""
    kind, *parameters = headers[-1].split(";") if headers else [""]
    charset = None
    for parameter in parameters:
        name, _, value = parameter.partition("=")
        if name.strip().lower() == "charset" and charset is None:
            charset = value.strip().strip("\"'") or None
    return kind.strip().lower() or None, charset


def _broken(error: Exception, target: Target) -> TryLater:
    """Return what an answer that breaks off, or is no HTTP, means."""
    text = f"{target.host}: {error}"[:300]
    cause = error.args[1] if isinstance(error, ProtocolError) and len(error.args) > 1 else error
    if isinstance(cause, InvalidChunkLength):
        return TryLater("protocol_error", text)
    if isinstance(cause, IncompleteRead) or "ended prematurely" in text:
        return TryLater("body_truncated", text)
    if isinstance(cause, OSError):
        return TryLater("connection_lost", text)
    return TryLater("protocol_error", text)
