"""A Page made of the last answer of a chain."""

from __future__ import annotations

from datetime import datetime

from pipeline.errors import TryLater
from pipeline.fetch.exchange import Answer, media_type
from pipeline.fetch.redirects import Chain
from pipeline.fetch.target import without_user
from pipeline.fetch.useragent import sendable
from pipeline.models import Page

#: What later stages read of the headers.
_KEPT = (
    "age",
    "cache-control",
    "content-language",
    "content-location",
    "date",
    "expires",
    "link",
    "retry-after",
    "tdm-policy",
    "tdm-reservation",
    "x-robots-tag",
)
_MAX_HEADER_CHARS = 4_096
#: A longer validator is none: it would be stored with every feed and sent with every poll.
_MAX_VALIDATOR_CHARS = 1_024


def page_of(answer: Answer, chain: Chain, requested_url: str, *, now: datetime, elapsed_s: float) -> Page:
    """Return the answer as a Page; the body is the bytes as decoded, the charset only named."""
    content_type, charset = media_type(answer.headers.get("content-type", ()))
    return Page(
        requested_url=without_user(requested_url),
        url=chain.target.url,
        redirects=tuple(chain.passed),
        moved_to=chain.moved_to,
        status=answer.status,
        content_type=content_type,
        charset=charset,
        etag=_validator(answer.first("etag")),
        last_modified=_validator(answer.first("last-modified")),
        headers={name: value for name in _KEPT if (value := _clean(answer.header(name)))},
        body=answer.body,
        fetched_at=now,
        elapsed_s=elapsed_s,
    )


def need_body(answer: Answer) -> None:
    """Return for an answer with a body. Raises TryLater("empty_body"): a page or feed of no bytes is a fault."""
    if not answer.body:
        raise TryLater("empty_body", f"status {answer.status} and no bytes")


def _validator(value: str | None) -> str | None:
    return value if value and len(value) <= _MAX_VALIDATOR_CHARS and sendable(value) else None


def _clean(value: str | None) -> str | None:
    if value is None:
        return None
    return "".join(char if char.isprintable() else " " for char in value[:_MAX_HEADER_CHARS]).strip()
