"""Archives into the store: again, and with a process that dies."""

from __future__ import annotations

import multiprocessing
import os
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path

import msgspec
import pytest

from pipeline.archive import ImportRow
from pipeline.errors import ServiceError
from pipeline.models import FeedEntry, Page
from pipeline.urls import record_uri
from tests.pipeline.newsroom import copy, original, unrelated
from workers.console import Console
from workers.importer import import_rows
from workers.logs import log_nowhere_else


@pytest.fixture
def console(tmp_path: Path) -> Iterator[Console]:
    """A console with a store of its own; its log is closed at the end."""
    yield Console(None, {**os.environ, "WIREDESK_DATA_DIR": str(tmp_path)})
    log_nowhere_else()


def rows_of(*pages: Page) -> tuple[ImportRow, ...]:
    """Return the pages as rows of one file."""
    return tuple(
        ImportRow(page=page, entry=FeedEntry(url=page.url), number=number, position=number)
        for number, page in enumerate(pages, start=1)
    )


def import_all(console: Console, redis_url: str, rows: Iterable[ImportRow], *, jobs: int = 1) -> Counter[str]:
    """Import the rows; returns how they ended."""
    ended: Counter[str] = Counter()
    for report in import_rows(console, redis_url, rows, jobs=jobs, partner=None):
        ended.update(report.endings)
    return ended


def test_an_archive_with_two_states_of_a_page_can_be_imported_again(console: Console, redis_url: str) -> None:
    """The later one stays the current version, and no version is added."""
    edited = msgspec.structs.replace(original(), body=original().body.replace(b"on Thursday", b"on Friday"))
    rows = rows_of(original(), edited, copy())
    assert import_all(console, redis_url, rows) == {"stored": 3}
    assert import_all(console, redis_url, rows) == {"there": 3}
    with console.store() as store:
        first, second = store.versions(record_uri(original().url))
    assert ("on Thursday" in first.article_body, "on Friday" in second.article_body) == (True, True)


def test_a_process_that_is_killed_ends_the_import_with_a_word(console: Console, redis_url: str) -> None:
    """It says that the import can be started again; and that is so."""
    rows = rows_of(original(), copy(), unrelated())

    def rows_and_a_kill() -> Iterator[ImportRow]:
        for number in range(200):
            yield rows[number % 3]
            for child in multiprocessing.active_children():
                child.kill()

    console.open_log()
    with pytest.raises(ServiceError, match="goes on where it stopped"):
        import_all(console, redis_url, rows_and_a_kill(), jobs=2)
    done = import_all(console, redis_url, rows)
    assert done["stored"] + done["there"] == 3
