"""What can go wrong with a SQLite file: each fault has a clear error, and nothing acknowledged is lost."""

from __future__ import annotations

import resource
import sqlite3
from contextlib import closing
from multiprocessing.connection import Connection
from pathlib import Path

import pytest
from sqlalchemy import event

from pipeline.errors import ConfigError, ServiceError
from pipeline.storage import database as database_module
from pipeline.storage import engine as engine_module
from pipeline.storage import open_store
from pipeline.storage.database import Database
from pipeline.storage.sql import SqlStore
from tests.pipeline.storage.processes import running, told_until_end
from tests.pipeline.storage.samples import NOW, entries, put


def path_of(url: str) -> Path:
    """Return the file of a store's URL."""
    return Path(url.removeprefix("sqlite:///"))


@pytest.mark.parametrize(
    "url", ["", "sqlite://", "sqlite:///:memory:", "mysql://desk@host/db", "no url at all", "/a/b"]
)
def test_a_wrong_url_is_a_wrong_configuration(url: str) -> None:
    """What is neither a SQLite file nor PostgreSQL is refused with what is allowed."""
    with pytest.raises(ConfigError, match='the store is "sqlite:///path" or "postgresql://'):
        open_store(url)


def test_a_file_that_is_no_database_is_not_touched(tmp_path: Path) -> None:
    """A file of another kind is refused by name and stays as it was."""
    path = tmp_path / "notes.txt"
    path.write_bytes(b"Notes of the desk, not a database at all.\n" * 100)
    before = path.read_bytes()
    with pytest.raises(ServiceError, match=r"SQLite .*notes\.txt: file is not a database"):
        open_store(f"sqlite:///{path}")
    assert (path.read_bytes(), list(tmp_path.iterdir())) == (before, [path])


def test_a_missing_folder_is_named(tmp_path: Path) -> None:
    """A store in a folder that is not there is an error, not a new folder."""
    with pytest.raises(ServiceError, match=r"nowhere/wiredesk\.db: the file cannot be opened: its folder is missing"):
        open_store(f"sqlite:///{tmp_path}/nowhere/wiredesk.db")
    assert list(tmp_path.iterdir()) == []


def test_a_file_that_may_not_be_written_says_so(sqlite_url: str) -> None:
    """A store on a read-only connection names the file and the cause."""
    path = path_of(sqlite_url)
    with (
        closing(Database(f"sqlite:///file:{path}?mode=ro&uri=true")) as database,
        pytest.raises(ServiceError, match=rf"{path}.*may not be written to"),
    ):
        database.write(lambda connection: connection.exec_driver_sql("DELETE FROM feeds"))


def test_a_damaged_file_says_so(sqlite_url: str) -> None:
    """A file whose pages were overwritten is reported as damaged."""
    path = path_of(sqlite_url)
    with path.open("r+b") as file:
        file.seek(4096)
        file.write(b"\x5a" * (path.stat().st_size - 4096))
    with pytest.raises(ServiceError, match="damaged"):
        open_and_count(sqlite_url)


def open_and_count(url: str) -> None:
    """Open a store and read all of its tallies."""
    with closing(open_store(url)) as store:
        store.counts()


def test_a_writer_that_never_ends_is_reported(sqlite_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A write that waits too long for another process says that the database is locked; the next one goes through."""
    monkeypatch.setattr(engine_module, "LOCK_WAIT_S", 0.2)
    store = open_store(sqlite_url)
    other = sqlite3.connect(path_of(sqlite_url), isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(ServiceError, match="database is locked: another process"):
        store.accept_urls(entries(1), NOW)
    with pytest.raises(ServiceError, match="database is locked"), store.begin():
        pass
    assert store.waiting() == 0
    other.execute("COMMIT")
    other.close()
    assert store.accept_urls(entries(1), NOW) == 1
    store.close()


def test_a_write_inside_a_block_of_the_same_process_does_not_hang(
    sqlite_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever writes beside an open record transaction of the same thread gets an error, not a standstill."""
    monkeypatch.setattr(database_module, "LOCK_WAIT_S", 0.2)
    store = open_store(sqlite_url)
    with store.begin(), pytest.raises(ServiceError, match="another thread"):
        store.accept_urls(entries(1), NOW)
    assert store.accept_urls(entries(1), NOW) == 1
    store.close()


def test_a_full_database_keeps_what_was_acknowledged(sqlite_url: str) -> None:
    """When no page is left the write fails by name, nothing of it stays, and it goes on when there is space."""
    database = Database(sqlite_url)
    limit = [0]

    @event.listens_for(database.engine, "checkout")
    def limit_pages(connection: sqlite3.Connection, *_: object) -> None:
        pages = connection.execute("PRAGMA page_count").fetchone()[0]
        connection.execute(f"PRAGMA max_page_count = {limit[0] or pages + 4}")

    store = SqlStore(database)
    with pytest.raises(ServiceError, match="the disk is full"):
        store.accept_urls(entries(2_000), NOW)
    assert (store.waiting(), store.counts().assigned) == (0, 0)
    limit[0] = 1_000_000
    assert store.accept_urls(entries(2_000), NOW) == 2_000
    assert database.read(lambda connection: connection.exec_driver_sql("PRAGMA integrity_check").scalar()) == "ok"
    store.close()


def write_until_full(url: str, told: Connection) -> None:
    """Store records until the file may not grow further; tell each, then the error."""
    resource.setrlimit(resource.RLIMIT_FSIZE, (400_000, 400_000))
    store = open_store(url)
    for n in range(10_000):
        try:
            told.send(put(store, f"story-{n}").uri)
        except ServiceError as error:
            told.send(str(error))
            break


def test_a_file_that_may_not_grow_keeps_what_was_acknowledged(sqlite_url: str) -> None:
    """A write that the system refuses in the middle is an error by name, and every record before it is there."""
    with running(write_until_full, sqlite_url) as (_, pipe):
        *acknowledged, error = told_until_end(pipe)
    assert "wiredesk.db: the disk" in error
    store = open_store(sqlite_url)
    assert [made.uri for made in store.iterate_records()] == acknowledged
    store.close()


def test_commits_reach_the_disk(sqlite_url: str) -> None:
    """The file is set so that a commit outlives a power cut, and readers never stop the writer."""
    database = Database(sqlite_url)
    asked = ("journal_mode", "synchronous", "foreign_keys", "busy_timeout")
    found = database.read(lambda connection: [connection.exec_driver_sql(f"PRAGMA {name}").scalar() for name in asked])
    assert found == ["wal", 2, 1, 60_000]
    database.close()
