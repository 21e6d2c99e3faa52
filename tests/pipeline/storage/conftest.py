"""Stores to test: an empty one on each of the two databases."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest

from pipeline.storage import Store, open_store
from pipeline.storage.tables import metadata
from tests.services.postgres import PostgresServer


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty store in a file, to be copied: making the schema takes far longer."""
    path = tmp_path_factory.mktemp("template") / "wiredesk.db"
    open_store(f"sqlite:///{path}").close()
    return path


@pytest.fixture
def sqlite_url(sqlite_template: Path, tmp_path: Path) -> str:
    """The URL of an empty store in a file."""
    shutil.copy(sqlite_template, tmp_path / "wiredesk.db")
    return f"sqlite:///{tmp_path / 'wiredesk.db'}"


@pytest.fixture(scope="session")
def postgres_store(postgres_server: PostgresServer) -> str:
    """The URL of a store in PostgreSQL, shared by the tests: making a database takes a second."""
    url = postgres_server.url(postgres_server.create_database())
    open_store(url).close()
    return url


@pytest.fixture
def postgres_store_url(postgres_store: str) -> Iterator[str]:
    """The URL of an empty store in PostgreSQL, emptied again after the test."""
    yield postgres_store
    empty(postgres_store)


def empty(url: str) -> None:
    """Make a store in PostgreSQL as it was at first, whoever left a transaction open in it."""
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
        for table in reversed(metadata.sorted_tables):
            if table.name != "counters":
                connection.execute(f"DELETE FROM {table.name}".encode())
        connection.execute("UPDATE counters SET value = 0")


@pytest.fixture(params=["sqlite_url", "postgres_store_url"], ids=["sqlite", "postgresql"])
def store_url(request: pytest.FixtureRequest) -> Any:
    """The URL of an empty store, once on each database."""
    return request.getfixturevalue(request.param)


@pytest.fixture
def store(store_url: str) -> Iterator[Store]:
    """An empty store, once on each database."""
    opened = open_store(store_url)
    yield opened
    opened.close()
