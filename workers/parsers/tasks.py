"""The tasks of the guarded child: bytes in, bytes out; imported by the child alone, for it loads the parsers."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import suppress
from functools import partial

from pipeline.codec import from_msgpack, to_msgpack
from pipeline.errors import NotAnArticle
from pipeline.extract import Reader, make_reader
from pipeline.models import Page, PlainText
from pipeline.parsing import parse_page, parse_text
from pipeline.policies import CopyPolicy
from workers.parsers.feed_tasks import feed_tasks
from workers.parsers.values import Ask, Setup

#: A page that is read as most are, and one that is so poor that the fallbacks are asked.
_WARM_UPS = tuple(
    b"<html><body><article><h1>Warm</h1>" + words + b"</article></body></html>"
    for words in (b"<p>The first call fills the caches of all that reads a page, once.</p>" * 12, b"<p>Little.</p>" * 9)
)


def init(payload: bytes) -> Mapping[str, Callable[[bytes], bytes]]:
    """Return the tasks by name, ready for the settings in the payload."""
    setup = from_msgpack(payload, Setup)
    reader = make_reader(setup.extract, setup.rules, setup.partners, setup.overrides)
    _warm_up(setup, reader)
    return {
        "page": partial(page, reader, setup.copies),
        "text": partial(text, reader, setup.copies),
        **feed_tasks(setup.poll),
    }


def page(reader: Reader, copies: CopyPolicy, payload: bytes) -> bytes:
    """Return the Extracted of an Ask. Raises NotAnArticle."""
    ask = from_msgpack(payload, Ask)
    return to_msgpack(parse_page(ask.page, ask.entry, reader, copies))


def text(reader: Reader, copies: CopyPolicy, payload: bytes) -> bytes:
    """Return the Extracted of a PlainText. Raises NotAnArticle."""
    return to_msgpack(parse_text(from_msgpack(payload, PlainText), reader, copies))


def _warm_up(setup: Setup, reader: Reader) -> None:
    """Fill the parsers' caches before the first fork: a child's first page would pay a second for them."""
    for body in _WARM_UPS:
        warm = Page(
            requested_url="https://localhost/",
            url="https://localhost/",
            status=200,
            body=body,
            fetched_at=setup.started_at,
        )
        with suppress(NotAnArticle):
            parse_page(warm, None, reader, setup.copies)
