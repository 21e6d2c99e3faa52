"""Archives into the store: the same stages as for fetched pages, without the network, in one process or in several.

What is there already, with the same bytes, is passed over; so an import that was interrupted goes on where it stopped
when it is started again.
"""

from __future__ import annotations

import hashlib
import multiprocessing
from collections import Counter, deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import AbstractContextManager, ExitStack
from dataclasses import replace as replace_fields
from itertools import islice

import structlog

from pipeline.archive import ImportRow
from pipeline.codec import from_msgpack, to_msgpack
from pipeline.errors import NeverAgain, ServiceError, TryLater
from pipeline.ingest import arrival_of, end_arrival, ingest_page
from pipeline.models import Ending, Outcome, Value
from pipeline.record import Record
from pipeline.storage.base import Store
from pipeline.urls import record_uri
from workers.clock import utc_now
from workers.console import Console
from workers.desk import WorkerDesk, current_desk, open_desk
from workers.logs import log_to

log = structlog.get_logger()

#: Rows that a process takes at a time.
CHUNK = 16
#: Chunks on their way to each process.
AHEAD = 2
#: A page that takes the guarded child with it is tried so often.
ATTEMPTS = 2


class Chunk(Value, frozen=True, kw_only=True):
    """Rows for one process, in order."""

    rows: tuple[ImportRow, ...]
    #: The partner whose archive they are.
    partner: str | None


class ChunkReport(Value, frozen=True, kw_only=True):
    """How the rows of a chunk ended, by ending; "there" is what was in the store before."""

    position: int
    endings: dict[str, int]


def import_rows(
    console: Console, redis_url: str, rows: Iterable[ImportRow], *, jobs: int, partner: str | None
) -> Iterator[ChunkReport]:
    """Ingest the rows, in their order, and yield what came of them chunk by chunk.

    With several jobs the chunks are shared out, and end in any order. Raises ServiceError when a service goes away.
    """
    stream = iter(rows)
    chunks = (Chunk(rows=chunk, partner=partner) for chunk in iter(lambda: tuple(islice(stream, CHUNK)), ()))
    if jobs == 1:
        with open_desk(console, redis_url) as desk:
            for chunk in chunks:
                yield ingest_chunk(desk, chunk)
    else:
        yield from _in_processes(console, redis_url, chunks, jobs)


def _in_processes(console: Console, redis_url: str, chunks: Iterator[Chunk], jobs: int) -> Iterator[ChunkReport]:
    environ = console.worker_environ(redis_url, console.data_dir / "wiredesk.log")
    try:
        with ProcessPoolExecutor(
            jobs, mp_context=multiprocessing.get_context("spawn"), initializer=_open, initargs=(environ,)
        ) as pool:
            yield from _share_out(pool, chunks, jobs * AHEAD)
    except BrokenProcessPool as error:
        cause = "one of its processes ended before its time; started again, it goes on where it stopped"
        raise ServiceError(f"import: {cause}") from error


def _share_out(pool: ProcessPoolExecutor, chunks: Iterator[Chunk], ahead: int) -> Iterator[ChunkReport]:
    """Yield the reports in the order of the chunks, with so many chunks on their way."""
    waiting: deque[Future[bytes]] = deque()
    for chunk in chunks:
        waiting.append(pool.submit(_ingest, to_msgpack(chunk)))
        if len(waiting) >= ahead:
            yield from_msgpack(waiting.popleft().result(), ChunkReport)
    while waiting:
        yield from_msgpack(waiting.popleft().result(), ChunkReport)


_open_desks = ExitStack()


def _open(environ: dict[str, str]) -> None:
    """Open the desk of a process of the pool, for as long as it lives."""
    console = Console.of_worker(environ)
    log_to(console.log_file)
    desk: AbstractContextManager[WorkerDesk] = open_desk(console, console.settings.redis.url)
    _open_desks.enter_context(desk)
    multiprocessing.util.Finalize(None, _open_desks.close, exitpriority=10)


def _ingest(chunk: bytes) -> bytes:
    return to_msgpack(ingest_chunk(current_desk(), from_msgpack(chunk, Chunk)))


def ingest_chunk(desk: WorkerDesk, chunk: Chunk) -> ChunkReport:
    """Ingest the rows of a chunk that are not in the store yet."""
    known = already_there(desk, chunk.rows)
    endings = Counter({"there": len(known)}) if known else Counter()
    for row in chunk.rows:
        if row.number in known:
            continue
        outcome = ingest_row(desk, row, chunk.partner)
        endings[outcome.ending.value] += 1
        log.info("outcome", outcome=outcome.ending.value, reason=outcome.reason, url=row.entry.url, row=row.number)
    return ChunkReport(position=max(row.position for row in chunk.rows), endings=dict(endings))


def already_there(desk: WorkerDesk, rows: Iterable[ImportRow]) -> set[int]:
    """Return the numbers of the rows whose page is in the store with the same bytes, in this or an earlier version."""
    by_number = {row.number: row for row in rows}
    current = desk.store.current_records({record_uri(row.page.url) for row in by_number.values()})
    return {
        number
        for number, row in by_number.items()
        if (record := current.get(record_uri(row.page.url))) and has_bytes(desk.store, record, row.page.body)
    }


def has_bytes(store: Store, record: Record, body: bytes) -> bool:
    """Return whether a version of the record was made from these bytes."""
    wanted = hashlib.sha256(body).hexdigest()
    if record.version == 1 or _sha256(record) == wanted:
        return _sha256(record) == wanted
    return any(_sha256(version) == wanted for version in store.versions(record.uri))


def _sha256(record: Record) -> str | None:
    return record.provenance.fetch.sha256 if record.provenance.fetch else None


def ingest_row(desk: WorkerDesk, row: ImportRow, partner: str | None) -> Outcome:
    """Ingest one row; one that cannot be ends as failed."""
    arrival = arrival_of(row.page, row.entry, partner=partner)
    text = row.text
    ingest = desk.ingest if text is None else replace_fields(desk.ingest, extract=lambda *_: desk.parsers.text(text))
    for attempt in range(1, ATTEMPTS + 1):
        try:
            return ingest_page(ingest, arrival)
        except (TryLater, NeverAgain) as error:
            if isinstance(error, TryLater) and attempt < ATTEMPTS:
                continue
            outcome = Outcome(ending=Ending.FAILED, reason=error.reason, detail=error.detail or None, at=utc_now())
            return end_arrival(desk.ingest, arrival, outcome)
    raise AssertionError("the last attempt returns")
