"""The schema: made at open by whoever comes first, the same as the tables in the code, refused when it is not ours."""

from __future__ import annotations

import signal
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.command import upgrade
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from msgspec.structs import replace
from sqlalchemy import Connection, text

from pipeline.errors import ServiceError
from pipeline.storage import open_store
from pipeline.storage.database import Database
from pipeline.storage.feeds import feed_key
from pipeline.storage.schema import HEAD, KNOWN, VERSION_TABLE
from pipeline.storage.tables import metadata
from tests.pipeline.storage.processes import TIMEOUT_S, running
from tests.pipeline.storage.samples import FEED, NOW, entry, key, state
from tests.pipeline.storage.writers import die_migrating, open_only


@pytest.fixture(params=["sqlite", "postgresql"])
def empty_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The URL of a database without any table, once of each kind."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'new.db'}"
    return str(request.getfixturevalue("postgres_url"))


def test_the_steps_lead_to_the_tables_of_the_code(store_url: str) -> None:
    """What the migrations make is what the queries expect, column by column and index by index."""
    database = Database(store_url)

    def differences(connection: object) -> object:
        context = MigrationContext.configure(connection, opts={"version_table": VERSION_TABLE})  # type: ignore[arg-type]
        return compare_metadata(context, metadata)

    assert database.read(differences) == []
    database.close()


def test_the_code_knows_every_step() -> None:
    """The list of schemas in the code is the history of migrations, oldest first."""
    scripts = ScriptDirectory(str(Path(open_store.__code__.co_filename).parent / "migrations"))
    assert tuple(step.revision for step in scripts.walk_revisions())[::-1] == KNOWN


def test_processes_that_open_a_new_store_at_once_all_get_it(empty_url: str) -> None:
    """Processes that open a database without tables at the same moment: one makes the schema, all go on."""
    with running(open_only, empty_url) as (_, one), running(open_only, empty_url) as (_, two):
        assert [open_only_here(empty_url), one.recv(), two.recv()] == [0, 0, 0]


def open_only_here(url: str) -> int:
    """Open the store in this process and return the number of feeds."""
    store = open_store(url)
    feeds = store.counts().feeds
    store.close()
    return feeds


def test_a_migration_that_is_killed_leaves_nothing(empty_url: str) -> None:
    """A process that is killed at the last statement of a migration leaves no table; the next one makes them all."""
    with running(die_migrating, empty_url) as (process, _):
        process.join(TIMEOUT_S)
        assert process.exitcode == -signal.SIGKILL
    database = Database(empty_url)
    assert database.read(database.engine.dialect.get_table_names) == []
    database.close()
    store = open_store(empty_url)
    assert store.counts().feeds == 0
    store.close()


def test_a_newer_schema_is_refused_in_one_line(store_url: str) -> None:
    """Code that is older than the schema says so and touches nothing."""
    database = Database(store_url)
    database.write(lambda connection: connection.execute(text(f"UPDATE {VERSION_TABLE} SET version_num = '9999'")))
    try:
        with pytest.raises(ServiceError, match=r"newer wiredesk \(schema 9999") as caught:
            open_store(store_url)
        assert "\n" not in str(caught.value)
    finally:
        back = text(f"UPDATE {VERSION_TABLE} SET version_num = '{HEAD}'")
        database.write(lambda connection: connection.execute(back))
        database.close()


def test_another_programs_tables_are_left_alone(tmp_path: Path) -> None:
    """A SQLite file of another program is refused and stays as it was, byte for byte."""
    path = tmp_path / "other.db"
    with sqlite3.connect(path) as other:
        other.execute("CREATE TABLE recipes (name TEXT)")
    other.close()
    before = path.read_bytes()
    with pytest.raises(ServiceError, match=r"tables of another program \(recipes\)"):
        open_store(f"sqlite:///{path}")
    assert path.read_bytes() == before


def test_a_database_with_a_table_of_the_same_name_is_refused(postgres_url: str) -> None:
    """A PostgreSQL database may hold other tables, but none that we would write into by mistake."""
    database = Database(postgres_url)
    database.write(lambda connection: connection.execute(text("CREATE TABLE guests (name text)")))
    open_store(postgres_url).close()
    database.write(lambda connection: connection.execute(text(f"DROP TABLE {VERSION_TABLE}")))
    with pytest.raises(ServiceError, match="another program"):
        open_store(postgres_url)
    database.close()


def test_a_current_store_opens_without_the_migration_library(sqlite_url: str) -> None:
    """A store whose schema is current is opened without importing Alembic."""
    code = f"import sys; from pipeline.storage import open_store; open_store({sqlite_url!r}).close()"
    code += "; sys.exit('alembic' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_a_store_of_the_first_schema_is_brought_up_to_date(empty_url: str) -> None:
    """A store with content, made by the first version, opens with everything in it; new entries are told by id."""
    database = Database(empty_url)
    database.write(lambda connection: upgrade_to(connection, "0001"))
    feed, url = feed_key(FEED), key("ferry")
    fill = [
        f'INSERT INTO feeds (key, feed, state, added_at, due_at) VALUES (\'{feed}\', \'{{"url":"{FEED}"}}\', \'{{"nextPollAt":"2026-03-01T12:00:00Z"}}\', 0, 0)',
        f'INSERT INTO urls (key, entry, host, priority, attempts, accepted_at) VALUES (\'{url}\', \'{{"url":"{entry("ferry").url}","title":"Story ferry"}}\', \'harbour-times.example\', 0, 0, 0)',
        f"INSERT INTO sightings (key, feed_key, feed_url, entry_id, first_seen_at, last_seen_at) VALUES ('{url}', '{feed}', '{FEED}', 'id-ferry', 0, 0)",
    ]
    database.write(lambda connection: [connection.exec_driver_sql(statement) for statement in fill])
    database.close()
    store = open_store(empty_url)
    assert [stored.feed.url for stored in store.feeds()] == [FEED]
    assert store.forget(NOW) == 0
    assert store.accept(FEED, [entry("ferry"), entry("quay")], state(), NOW) == 1
    moved = replace(entry("ferry"), url=entry("ferry").url + "?visit=1")
    assert store.accept(FEED, [moved], state(), NOW) == 0
    store.close()


def upgrade_to(connection: Connection, revision: str) -> None:
    """Run the steps up to a revision, as an older version of the code did."""
    config = Config()
    config.set_main_option("script_location", "pipeline.storage:migrations")
    config.attributes["connection"] = connection
    upgrade(config, revision)
