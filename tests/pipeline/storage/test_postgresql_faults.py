"""What can go wrong with PostgreSQL: passing faults are outlived, the others are named without the password."""

from __future__ import annotations

import builtins
import signal
from concurrent.futures import ThreadPoolExecutor
from threading import Event
from typing import Any

import psycopg
import pytest
from sqlalchemy import text

from pipeline.errors import ServiceError
from pipeline.storage import open_store
from pipeline.storage.database import Database
from tests.pipeline.storage.samples import NOW, entries, entry, put
from tests.services.postgres import PostgresServer

SECRET = "correct-horse"


def end_other_sessions(url: str) -> None:
    """End every session on the database but this one."""
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )


def test_a_server_that_is_not_there_is_named_without_the_password() -> None:
    """A refused connection names the service, the address and the cause, in one line, and no secret."""
    with pytest.raises(ServiceError) as caught:
        open_store(f"postgresql://desk:{SECRET}@127.0.0.1:1/news")
    message = str(caught.value)
    assert message.startswith("PostgreSQL desk@127.0.0.1:1/news: ")
    assert "refused" in message
    assert SECRET not in message
    assert "\n" not in message


def test_several_hosts_are_named() -> None:
    """A list of servers to try is passed on, and named in the error."""
    with pytest.raises(ServiceError, match="PostgreSQL desk@/tmp/none-a,/tmp/none-b/news: "):
        open_store(f"postgresql://desk:{SECRET}@/news?host=/tmp/none-a&host=/tmp/none-b&connect_timeout=2")


def test_a_database_that_is_not_there_is_named(postgres_server: PostgresServer) -> None:
    """A wrong database name is the server's own sentence."""
    with pytest.raises(ServiceError, match='database "nowhere" does not exist'):
        open_store(postgres_server.url("nowhere"))


def test_a_missing_driver_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without the optional driver the error says how to get it."""
    really = builtins.__import__

    def without_driver(name: str, *arguments: Any, **more: Any) -> Any:
        if name == "psycopg":
            raise ImportError(name)
        return really(name, *arguments, **more)

    monkeypatch.setattr(builtins, "__import__", without_driver)
    with pytest.raises(ServiceError, match=r"pip install 'wiredesk\[postgresql\]'"):
        open_store("postgresql://desk@127.0.0.1/news")


def test_a_session_that_was_ended_is_replaced(postgres_store_url: str) -> None:
    """After the server ended its sessions the next calls go through as if nothing had been."""
    store = open_store(postgres_store_url)
    store.accept_urls(entries(3), NOW)
    end_other_sessions(postgres_store_url)
    assert store.waiting() == 3
    end_other_sessions(postgres_store_url)
    assert put(store, "ferry").seq == 1
    store.close()


def test_a_transaction_that_lost_its_session_is_run_again(postgres_store_url: str) -> None:
    """A transaction whose session ends in the middle is run again as a whole, and is there once."""
    database = Database(postgres_store_url)
    runs = []

    def work(connection: Any) -> None:
        runs.append(1)
        connection.execute(text("INSERT INTO tallies VALUES ('probe', '', 1)"))
        if len(runs) == 1:
            end_other_sessions(postgres_store_url)
        connection.execute(text("UPDATE tallies SET n = n + 1 WHERE name = 'probe'"))

    database.write(work)
    found = database.read(lambda connection: connection.scalar(text("SELECT n FROM tallies WHERE name = 'probe'")))
    assert (len(runs), found) == (2, 2)
    database.close()


def test_a_record_transaction_that_lost_its_session_stores_nothing(postgres_store_url: str) -> None:
    """The block of a record transaction is not run again: it fails by name and the caller may try anew."""
    store = open_store(postgres_store_url)
    with pytest.raises(ServiceError, match="PostgreSQL"), store.begin() as transaction:  # noqa: PT012
        transaction.next_seq()
        end_other_sessions(postgres_store_url)
        transaction.current("urn:wiredesk:article:ferry")
    assert store.changes() == ()
    assert put(store, "ferry").seq == 1
    store.close()


def test_a_deadlock_is_run_again(postgres_store_url: str) -> None:
    """Of two transactions that lock two rows in opposite order one is run again, and both are done."""
    database = Database(postgres_store_url)
    database.write(lambda connection: connection.execute(text("INSERT INTO tallies VALUES ('a', '', 0), ('b', '', 0)")))
    first = {"a": Event(), "b": Event()}

    def both(one: str, other: str) -> None:
        def work(connection: Any) -> None:
            statement = text("UPDATE tallies SET n = n + 1 WHERE name = :name")
            connection.execute(statement, {"name": one})
            first[one].set()
            first[other].wait(10)
            connection.execute(statement, {"name": other})

        database.write(work)

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(both, "ab", "ba"))
    total = database.read(lambda connection: connection.scalar(text("SELECT sum(n) FROM tallies")))
    assert total == 4
    database.close()


def test_a_crashed_server_is_waited_for(postgres_server: PostgresServer, postgres_store_url: str) -> None:
    """A call that meets the server down goes through when the server is back within seconds; nothing is lost."""
    store = open_store(postgres_store_url)
    put(store, "before")
    postgres_server.stop(signal.SIGKILL)
    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(store.accept_urls, [entry("during")], NOW)
        postgres_server.start()
        assert waiting.result(60) == 1
    assert put(store, "after").seq == 2
    assert store.waiting() == 1
    store.close()
