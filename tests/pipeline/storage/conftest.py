"""Stores to test: an empty one on each of the two databases."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from pipeline.storage import Store, open_store
from tests.services.postgres import PostgresServer


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty store in a file, to be copied: making the schema takes far longer."""
    path = tmp_path_factory.mktemp("template") / "wiredesk.db"
    open_store(f"sqlite:///{path}").close()
    return path


@pytest.fixture(scope="session")
def postgres_template(postgres_server: PostgresServer) -> str:
    """The name of a database with an empty store, to be copied."""
    name = postgres_server.create_database()
    open_store(postgres_server.url(name)).close()
    return name


@pytest.fixture
def sqlite_url(sqlite_template: Path, tmp_path: Path) -> str:
    """The URL of an empty store in a file."""
    shutil.copy(sqlite_template, tmp_path / "wiredesk.db")
    return f"sqlite:///{tmp_path / 'wiredesk.db'}"


@pytest.fixture
def postgres_store_url(postgres_server: PostgresServer, postgres_template: str) -> Iterator[str]:
    """The URL of an empty store in PostgreSQL, dropped after the test."""
    name = postgres_server.create_database(postgres_template)
    yield postgres_server.url(name)
    postgres_server.drop_database(name)


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
