"""The callback of WebSub as an ASGI application: hubs verify subscriptions by GET and deliver by POST.

The path is an URL that only the hub was given, and the body's signature says that it comes from there. The event loop
reads bodies; the store and the guarded parser work in threads.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable, MutableMapping
from datetime import datetime
from typing import Any
from urllib.parse import parse_qsl

import structlog

from pipeline.errors import ServiceError
from pipeline.models import Page, ParsedFeed
from pipeline.polling.delivery import subscription_of, take_delivery, verify_intent
from pipeline.storage.base import Store

log = structlog.get_logger()

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]

#: A body that has not come whole by then is dropped.
BODY_S = 30.0
_MAX_FIELDS = 20
_LONGEST_CHALLENGE = 4_096


class Refused(Exception):
    """The request gets this status and nothing else."""

    def __init__(self, status: int) -> None:
        super().__init__(str(status))
        self.status = status


class WebSubApp:
    """Answers hubs. Many requests at one time."""

    def __init__(
        self, store: Store, parse: Callable[[Page], ParsedFeed], max_bytes: int, clock: Callable[[], datetime]
    ) -> None:
        self._store = store
        self._parse = parse
        self._max_bytes = max_bytes
        self._clock = clock

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            return
        try:
            status, text = await self._answer(scope, receive)
        except Refused as refused:
            status, text = refused.status, ""
        except ServiceError as error:
            # The hub tries again when it is told so.
            log.warning("websub waits", cause=str(error)[:500])
            status, text = 503, ""
        headers = [(b"content-type", b"text/plain; charset=utf-8"), (b"x-content-type-options", b"nosniff")]
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": text.encode()})

    async def _answer(self, scope: Message, receive: Receive) -> tuple[int, str]:
        if scope["method"] == "GET":
            return await asyncio.to_thread(self._verify, scope)
        if scope["method"] != "POST":
            raise Refused(405)
        if await asyncio.to_thread(subscription_of, self._store, scope["path"]) is None:
            # 410 tells the hub that the subscription is over.
            raise Refused(410)
        headers = {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in scope["headers"]}
        body = await self._body(headers, receive)
        return await asyncio.to_thread(self._deliver, scope["path"], headers, body)

    def _verify(self, scope: Message) -> tuple[int, str]:
        query = fields(scope["query_string"])
        if len(query.get("hub.challenge", "")) > _LONGEST_CHALLENGE:
            raise Refused(400)
        challenge = verify_intent(self._store, scope["path"], query, self._clock())
        log.info("hub asks", mode=query.get("hub.mode"), topic=query.get("hub.topic"), agreed=challenge is not None)
        return (404, "") if challenge is None else (200, challenge)

    async def _body(self, headers: dict[str, str], receive: Receive) -> bytes:
        """Return the body. Raises Refused for one that is too large, too slow or broken off."""
        length = headers.get("content-length", "0")
        if not length.isdecimal() or int(length[:20]) > self._max_bytes:
            raise Refused(413)
        try:
            return await asyncio.wait_for(self._read(receive), BODY_S)
        except TimeoutError:
            raise Refused(408) from None

    async def _read(self, receive: Receive) -> bytes:
        body = bytearray()
        while True:
            message = await receive()
            if message["type"] != "http.request":
                raise Refused(400)
            body += message.get("body", b"")
            if len(body) > self._max_bytes:
                raise Refused(413)
            if not message.get("more_body"):
                return bytes(body)

    def _deliver(self, path: str, headers: dict[str, str], body: bytes) -> tuple[int, str]:
        """Take the delivery. All but an unknown path gets 202: a wrong signature is ignored, as WebSub asks."""
        kind, _, parameters = headers.get("content-type", "").partition(";")
        page = Page(
            requested_url="",
            url="",
            status=200,
            content_type=kind.strip().lower() or None,
            charset=charset_of(parameters.split(";")),
            body=body,
            fetched_at=self._clock(),
        )
        result = take_delivery(self._store, self._parse, path, headers.get("x-hub-signature"), page)
        log.info("delivery", result=result, bytes=len(body))
        return (410, "") if result == "unknown" else (202, "")


def fields(query: bytes) -> dict[str, str]:
    """Return the fields of a query, the first of each name. Raises Refused for too many."""
    try:
        pairs = parse_qsl(query.decode("latin-1"), max_num_fields=_MAX_FIELDS)
    except ValueError:
        raise Refused(400) from None
    return dict(reversed(pairs))


def charset_of(parameters: Iterable[str]) -> str | None:
    """Return the charset among the parameters of a Content-Type."""
    named = (parameter.partition("=") for parameter in parameters)
    return next((value.strip(" \"'") for name, _, value in named if name.strip().lower() == "charset"), None) or None
