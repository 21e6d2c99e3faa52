"""The store: feeds, URLs, records and clusters in SQLite or PostgreSQL, behind the ports of base.py."""

from __future__ import annotations

from pipeline.storage.base import Batch, Counts, RecordTransaction, Store, StoredFeed, Trace

__all__ = ["Batch", "Counts", "RecordTransaction", "Store", "StoredFeed", "Trace", "open_store"]


def open_store(url: str) -> Store:
    """Return the store at "sqlite:///path" or "postgresql://user@host/database", its schema made or brought up to date.

    The folder of a SQLite file must be there. Raises ConfigError for an URL that is none of the two, ServiceError when
    the database does not answer, is another program's, or was made by a newer wiredesk.
    """
    # SQLAlchemy takes half a second of CPU to import; a command that needs no store should not pay it.
    from pipeline.storage.database import Database  # noqa: PLC0415
    from pipeline.storage.schema import prepare  # noqa: PLC0415
    from pipeline.storage.sql import SqlStore  # noqa: PLC0415

    database = Database(url)
    try:
        prepare(database)
    except BaseException:
        database.close()
        raise
    return SqlStore(database)
