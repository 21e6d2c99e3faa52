"""What a process works with, opened once: store, Redis, index, HTTP client, guarded child, threads."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import redis

from pipeline.codec import from_msgpack, to_msgpack
from pipeline.copies import Partners
from pipeline.errors import ConfigError
from pipeline.fetch import Client
from pipeline.index import FingerprintIndex
from pipeline.ingest import Desk, Index
from pipeline.models import Extracted, FeedEntry, Page, PlainText
from pipeline.policies import Settings, WebSubPolicy
from pipeline.polling.poll import PollDesk
from pipeline.polling.push import PushDesk
from pipeline.settings import load_notice_rules, load_overrides, load_partners
from pipeline.storage.base import Store
from pipeline.urls import normalize_url
from workers.clock import utc_now
from workers.console import Console
from workers.guard.guard import Guard
from workers.parsers.feed_parsers import FeedParsers
from workers.parsers.values import Ask, Setup
from workers.queue.queue import connect


class Parsers(FeedParsers):
    """The guarded child, with values in and out."""

    def __init__(self, settings: Settings, own: Path | None) -> None:
        """Read partners and rules. Raises ConfigError naming file and line."""
        self.partners = load_partners(own)
        rules, overrides = load_notice_rules(own), load_overrides(own)
        setup = Setup(
            extract=settings.extract,
            copies=settings.copies,
            poll=settings.poll,
            rules=rules,
            partners=self.partners,
            overrides=overrides,
            started_at=utc_now(),
        )
        self.rules_version = hashlib.sha256(to_msgpack((rules, overrides))).hexdigest()[:12]
        super().__init__(Guard("workers.parsers.tasks:init", to_msgpack(setup), settings.extract))

    def page(self, page: Page, entry: FeedEntry | None) -> Extracted:
        """Return the article of a page. Raises NotAnArticle, GuardKilled."""
        return from_msgpack(self.guard.call("page", to_msgpack(Ask(page=page, entry=entry))), Extracted)

    def text(self, plain: PlainText) -> Extracted:
        """Return the article of a plain text. Raises NotAnArticle, GuardKilled."""
        return from_msgpack(self.guard.call("text", to_msgpack(plain)), Extracted)


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkerDesk:
    """Everything that the jobs of one process use."""

    settings: Settings
    store: Store
    redis: redis.Redis
    client: Client
    parsers: Parsers
    ingest: Desk
    polls: PollDesk
    threads: ThreadPoolExecutor
    #: Set when the process is to end: what has not begun is given back.
    draining: threading.Event

    clock = staticmethod(utc_now)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadingDesk:
    """What reading one page takes."""

    client: Client
    parsers: Parsers


_current: list[WorkerDesk] = []


def current_desk() -> WorkerDesk:
    """Return the desk of this process: RQ calls jobs by name and cannot hand it to them."""
    return _current[-1]


@contextmanager
def open_desk(console: Console, redis_url: str) -> Iterator[WorkerDesk]:
    """Open the desk of this process for the length of a block. Raises ConfigError and ServiceError."""
    settings = console.settings
    with ExitStack() as stack:
        parsers = Parsers(settings, console.config)
        stack.callback(parsers.guard.close)
        store = stack.enter_context(console.store())
        connection = connect(redis_url)
        stack.callback(connection.close)
        client = Client(settings.fetch, settings.politeness, connection)
        stack.callback(client.close)
        threads = ThreadPoolExecutor(settings.queue.threads, thread_name_prefix="host")
        stack.callback(threads.shutdown, cancel_futures=True)
        ingest = ingest_desk(settings, parsers, store, FingerprintIndex(connection, settings.copies))
        desk = WorkerDesk(
            settings=settings,
            store=store,
            redis=connection,
            client=client,
            parsers=parsers,
            ingest=ingest,
            polls=poll_desk(settings, parsers, store, client),
            threads=threads,
            draining=threading.Event(),
        )
        _current.append(desk)
        stack.callback(_current.remove, desk)
        yield desk


def ingest_desk(settings: Settings, parsers: Parsers, store: Store, index: Index) -> Desk:
    """Return the ingestion's part of the desk."""
    return Desk(
        store=store,
        index=index,
        extract=parsers.page,
        partners=parsers.partners,
        registry=Partners(parsers.partners),
        copies=settings.copies,
        rules_version=parsers.rules_version,
        clock=utc_now,
    )


def poll_desk(settings: Settings, parsers: FeedParsers, store: Store, client: Client) -> PollDesk:
    """Return the polling's part of the desk. Raises ConfigError for a callback URL that is none."""
    callback_url = checked_callback(settings.websub)
    push = PushDesk(store=store, client=client, callback_url=callback_url, policy=settings.poll, clock=utc_now)
    return PollDesk(
        store=store,
        client=client,
        parse=parsers.feed,
        discover=parsers.discover,
        policy=settings.poll,
        clock=utc_now,
        push=push if callback_url else None,
    )


def checked_callback(policy: WebSubPolicy) -> str:
    """Return the callback URL. Raises ConfigError for one that is none."""
    try:
        if policy.callback_url:
            normalize_url(policy.callback_url)
    except ValueError as error:
        raise ConfigError(f"websub.callback_url: {error}") from error
    return policy.callback_url


@contextmanager
def open_reading_desk(console: Console) -> Iterator[ReadingDesk]:
    """Open what reading one page takes, without store, Redis or workers."""
    with ExitStack() as stack:
        parsers = Parsers(console.settings, console.config)
        stack.callback(parsers.guard.close)
        client = Client(console.settings.fetch, console.settings.politeness, None)
        stack.callback(client.close)
        yield ReadingDesk(client=client, parsers=parsers)
