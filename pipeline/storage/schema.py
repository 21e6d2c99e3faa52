"""The schema at open: checked with one query, brought up to date under a lock when it is old or not there."""

from __future__ import annotations

import time

from sqlalchemy import Connection, inspect, text

from pipeline.errors import ServiceError
from pipeline.storage.database import Database
from pipeline.storage.tables import metadata

#: The schemas that this code can bring up to date, oldest first; the last is its own.
KNOWN = ("0001", "0002")
HEAD = KNOWN[-1]
VERSION_TABLE = "wiredesk_schema"

# Any number: the name of our advisory lock in PostgreSQL.
_MIGRATION_LOCK = 7_483_920_164


def prepare(database: Database) -> None:
    """Bring the schema up to date. Raises ServiceError when the database is another program's, newer or not there."""
    version = database.read(_version, retry=False)
    if version is None:
        _refuse_foreign(database)
    elif version not in KNOWN:
        raise database.address.error(
            f"made by a newer wiredesk (schema {version}, this one knows up to {HEAD}); upgrade wiredesk"
        )
    if database.is_sqlite:
        _log_ahead(database)
    if version != HEAD:
        database.write(_migrate, retry=False)


def _version(connection: Connection) -> str | None:
    if not inspect(connection).has_table(VERSION_TABLE):
        return None
    found = connection.scalar(text(f"SELECT version_num FROM {VERSION_TABLE}"))  # noqa: S608  a constant of ours
    return None if found is None else str(found)


def _refuse_foreign(database: Database) -> None:
    """Raise ServiceError when tables are there that we did not make: a whole SQLite file is ours or is not."""
    found = set(database.read(lambda connection: inspect(connection).get_table_names(), retry=False))
    # Another process may have migrated since we looked.
    if VERSION_TABLE in found:
        return
    clash = sorted(found if database.is_sqlite else found & set(metadata.tables))
    if clash:
        raise database.address.error(f"holds tables of another program ({', '.join(clash[:5])}); nothing was changed")


def _log_ahead(database: Database) -> None:
    """Switch the file to write-ahead logging, which stays with the file; not possible inside a transaction."""
    for delay in (0.05, 0.2, 0.5, 1.0, 2.0, None):
        raw = database.engine.raw_connection()
        try:
            raw.cursor().execute("PRAGMA journal_mode = WAL").close()
        except Exception as error:
            # The switch does not wait for other connections.
            if "locked" not in str(error) or delay is None:
                raise _sqlite_failure(database, error) from error
            time.sleep(delay)
        else:
            return
        finally:
            raw.close()


def _sqlite_failure(database: Database, error: Exception) -> ServiceError:
    return database.address.error(f"cannot switch to write-ahead logging: {error}")


def _migrate(connection: Connection) -> None:
    """Run what is missing, all in this one transaction: killed anywhere, nothing of it is there."""
    # Alembic takes 0.3 s to import, which only a process that migrates should pay.
    from alembic.command import upgrade  # noqa: PLC0415
    from alembic.config import Config  # noqa: PLC0415

    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _MIGRATION_LOCK})
    config = Config()
    config.set_main_option("script_location", "pipeline.storage:migrations")
    config.attributes["connection"] = connection
    upgrade(config, "head")
