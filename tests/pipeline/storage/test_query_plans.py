"""Calls that are made for each article or each second find their rows by an index, whatever the size of the store."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from typing import Any

from sqlalchemy import event

from pipeline.models import Feed
from pipeline.storage.database import Database
from pipeline.storage.sql import SqlStore
from tests.pipeline.storage.samples import (
    FEED,
    NOW,
    entries,
    entry,
    failed,
    gone,
    key,
    link,
    member,
    minutes,
    record,
    state,
    stored,
    uri,
)


def test_no_hot_call_reads_a_whole_table(sqlite_url: str) -> None:
    """Every statement of a day's work, asked for its plan: no table is scanned but the few tallies."""
    database = Database(sqlite_url)
    seen: set[str] = set()

    @event.listens_for(database.engine, "before_cursor_execute")
    def note(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        seen.add(statement)

    a_days_work(SqlStore(database))
    database.close()
    assert len(seen) > 30
    assert [found for statement in sorted(seen) for found in scans(sqlite_url, statement)] == []


def scans(url: str, statement: str) -> list[tuple[str, str]]:
    """Return the steps of a statement's plan that read a whole table."""
    if statement.startswith(("BEGIN", "PRAGMA")):
        return []
    with closing(sqlite3.connect(url.removeprefix("sqlite:///"))) as connection:
        plan = connection.execute(f"EXPLAIN QUERY PLAN {statement}", [1] * statement.count("?")).fetchall()
    steps = [step[3] for step in plan if step[3].startswith("SCAN") and step[3] != "SCAN tallies"]
    return [(step, statement) for step in steps if "CONSTANT ROW" not in step and "VALUES CLAUSE" not in step]


def a_days_work(store: SqlStore) -> None:
    """Call what polls, crawls, the scheduler and consumers call."""
    store.add_feeds([Feed(url=FEED)], NOW)
    store.assign_polls("p1", NOW, 10)
    store.poll_batch("p1")
    store.accept(FEED, entries(9), state(), NOW)
    store.accept_urls([entry("ferry")], NOW)
    store.assign_crawls("c1", NOW, limit=8, per_host=4)
    first, second, third, *_ = store.crawl_batch("c1")
    store.retry(first.key, failed(), NOW + minutes(1), counts=True)
    store.give_back([second.key])
    store.end_url(third.key, gone())
    store.batches()
    store.put_back(["c1"])
    store.assign_crawls("c2", NOW + minutes(2), limit=8, per_host=4)
    store.next_due()
    store.waiting()
    store.unseen([entry("ferry"), entry("pier")])
    store.forget(NOW + minutes(99))
    store.end_of([third.key])
    store.trace(first.key)
    with store.begin() as transaction:
        transaction.outcome(key("ferry"))
        transaction.sightings(key("ferry"))
        transaction.waiting_pairs(uri("ferry"))
        transaction.put_waiting_pair(missing=uri("quay"), seen_by=uri("ferry"))
        transaction.put_member(member("ferry"), "c-ferry")
        transaction.assign_clusters({uri("ferry"): "c-quay"})
        transaction.replace_links(uri("ferry"), [link("ferry", "quay")])
        transaction.neighbourhood([uri("ferry")])
        transaction.put_record(record("ferry", transaction.next_seq()))
        transaction.put_record(record("ferry", transaction.next_seq(), version=2))
        transaction.current(uri("ferry"))
        transaction.end_arrival(entry("ferry"), stored(uri("ferry")))
        transaction.end_arrival(entry("import"), stored(uri("import")))
    store.changes(since=1)
    store.versions(uri("ferry"))
    store.members("c-ferry")
    store.links([uri("ferry"), uri("quay")])
