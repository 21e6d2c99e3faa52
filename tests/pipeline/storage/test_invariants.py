"""Any order of accepting, assigning, retrying, putting back and ending, against a model in memory; both databases."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test
from sqlalchemy import delete

from pipeline.models import Outcome
from pipeline.storage import Store, open_store
from pipeline.storage.database import Database
from pipeline.storage.tables import metadata
from tests.pipeline.storage.samples import FEED, NOW, entry, failed, gone, key, minutes, record, state, stored, uri

HOSTS = ("a.example", "b.example", "c.example")
PATHS = [(f"story-{n}", host) for host in HOSTS for n in range(4)]
LIMIT, PER_HOST = 4, 2

some_urls = st.lists(st.sampled_from(PATHS), min_size=1, max_size=6)
one_url = st.sampled_from(PATHS)


class Model(RuleBasedStateMachine):
    """What a store must do, said with dictionaries."""

    store: Store

    def __init__(self) -> None:
        super().__init__()
        self.clock: datetime = NOW
        self.host: dict[str, str] = {}
        self.not_before: dict[str, datetime] = {}
        self.batch: dict[str, str] = {}
        self.ended: dict[str, Outcome] = {}
        self.attempts: Counter[str] = Counter()
        self.seq = 0
        self.batches = 0

    @rule(chosen=some_urls, from_feed=st.booleans())
    def accept(self, chosen: list[tuple[str, str]], from_feed: bool) -> None:
        items = [entry(path, host) for path, host in chosen]
        new = {key(path, host): host for path, host in chosen if key(path, host) not in self.host}
        if from_feed:
            assert self.store.accept(FEED, items, state(), self.clock) == len(new)
        else:
            assert self.store.accept_urls(items, self.clock) == len(new)
        self.host |= new

    @rule(passed=st.integers(1, 20))
    def wait(self, passed: int) -> None:
        self.clock += minutes(passed)

    @rule()
    def assign(self) -> None:
        self.batches += 1
        name = f"batch-{self.batches}"
        size = self.store.assign_crawls(name, self.clock, limit=LIMIT, per_host=PER_HOST)
        found = {url.key for url in self.store.crawl_batch(name)}
        due = Counter(self.host[url] for url in self.due())
        assert size == len(found) == min(LIMIT, sum(min(number, PER_HOST) for number in due.values()))
        assert found <= set(self.due())
        assert max(Counter(self.host[url] for url in found).values(), default=0) <= PER_HOST
        self.batch |= dict.fromkeys(found, name)

    def due(self) -> list[str]:
        """Return the URLs that may be assigned now."""
        busy = {self.host[url] for url in self.batch}
        return [
            url
            for url, host in self.host.items()
            if host not in busy and url not in self.ended and self.not_before.get(url, self.clock) <= self.clock
        ]

    @rule(chosen=one_url, delay=st.integers(0, 20), counts=st.booleans())
    def retry(self, chosen: tuple[str, str], delay: int, counts: bool) -> None:
        url = key(*chosen)
        self.store.retry(url, failed(self.clock), self.clock + minutes(delay), counts=counts)
        if url in self.host and url not in self.ended:
            self.batch.pop(url, None)
            self.not_before[url] = self.clock + minutes(delay)
            self.attempts[url] += counts

    @rule(chosen=some_urls)
    def give_back(self, chosen: list[tuple[str, str]]) -> None:
        self.store.give_back([key(*one) for one in chosen])
        for one in chosen:
            self.batch.pop(key(*one), None)

    @rule(chosen=one_url)
    def end(self, chosen: tuple[str, str]) -> None:
        url = key(*chosen)
        ends = url in self.host and url not in self.ended
        assert self.store.end_url(url, gone(self.clock)) is ends
        self.note_end(url, gone(self.clock))

    @rule(chosen=one_url, arrives=st.booleans())
    def store_record(self, chosen: tuple[str, str], arrives: bool) -> None:
        url, name = key(*chosen), "-".join(chosen)
        outcome = stored(uri(name), self.clock)
        with self.store.begin() as transaction:
            assert transaction.outcome(url) == self.ended.get(url)
            self.seq += 1
            assert transaction.next_seq() == self.seq
            transaction.put_record(record(name, self.seq))
            if arrives:
                transaction.end_arrival(entry(*chosen), outcome)
                self.host.setdefault(url, chosen[1])
            else:
                transaction.end_url(url, outcome)
        self.note_end(url, outcome)

    def note_end(self, url: str, outcome: Outcome) -> None:
        if url in self.host:
            self.ended.setdefault(url, outcome)
            self.batch.pop(url, None)

    @precondition(lambda self: self.batch)
    @rule(number=st.integers(0, 11))
    def put_back(self, number: int) -> None:
        name = sorted(set(self.batch.values()))[number % len(set(self.batch.values()))]
        lost = [url for url, batch in self.batch.items() if batch == name]
        assert self.store.put_back([name]) == len(lost)
        for url in lost:
            del self.batch[url]

    @invariant()
    def every_accepted_url_is_in_one_place(self) -> None:
        assert self.store.waiting() == len(self.host) - len(self.ended)
        assert {batch.id: batch.size for batch in self.store.batches()} == Counter(self.batch.values())
        assert dict(self.store.end_of(key(*one) for one in PATHS)) == self.ended

    @invariant()
    def what_is_due_is_seen(self) -> None:
        due = self.store.next_due()
        if self.due():
            assert due is not None
            assert due <= self.clock

    def teardown(self) -> None:
        """Whatever happened: when all that is out is put back and each is tried to its end, each has ended once."""
        self.store.put_back(set(self.batch.values()))
        self.clock += minutes(100)
        while self.store.assign_crawls("last", self.clock, limit=100, per_host=100):
            for url in self.store.crawl_batch("last"):
                assert url.attempts == self.attempts[url.key]
                assert self.store.end_url(url.key, gone(self.clock)) is True
        counts = self.store.counts()
        assert (counts.waiting, counts.assigned, self.store.next_due()) == (0, 0, None)
        assert sum(number for reasons in counts.ended.values() for number in reasons.values()) == len(self.host)


@pytest.fixture
def fresh(store_url: str, tmp_path: Path) -> Iterator[Callable[[], Store]]:
    """A function that empties the store and returns it."""
    store, database = open_store(store_url), Database(store_url)

    def wipe(connection: Any) -> None:
        for table in reversed(metadata.sorted_tables):
            if table.name != "counters":
                connection.execute(delete(table))
        connection.exec_driver_sql("UPDATE counters SET value = 0")

    def empty_store() -> Store:
        database.write(wipe)
        return store

    yield empty_store
    store.close()
    database.close()


def test_every_accepted_url_ends_exactly_once(fresh: Callable[[], Store]) -> None:
    """In any order of calls the store agrees with the model, and every accepted URL comes to its one end."""

    class OnStore(Model):
        def __init__(self) -> None:
            super().__init__()
            self.store = fresh()

    run_state_machine_as_test(
        OnStore,
        settings=settings(
            max_examples=16,
            stateful_step_count=25,
            deadline=None,
            suppress_health_check=list(HealthCheck),
            derandomize=True,
        ),
    )
