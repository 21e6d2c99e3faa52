"""Batches of URLs: fair by host, never assigned twice, put back when lost; on both databases."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

from msgspec.structs import replace

from pipeline.models import Feed
from pipeline.storage import Batch, Store
from tests.pipeline.storage.samples import FEED, NOW, entries, entry, failed, gone, key, minutes, state


def hosts_of(store: Store, batch: str) -> list[str]:
    """Return the hosts of a batch's URLs."""
    return [url.host for url in store.crawl_batch(batch)]


def test_a_batch_takes_few_of_each_host(store: Store) -> None:
    """At most `per_host` URLs of a host are in a batch, and at most `limit` in all."""
    for name in ("a.example", "b.example", "c.example"):
        store.accept_urls(entries(5, name), NOW)
    assert store.assign_crawls("c1", NOW, limit=5, per_host=2) == 5
    assert sorted(hosts_of(store, "c1")) == ["a.example", "a.example", "b.example", "b.example", "c.example"]


def test_a_host_is_in_one_batch(store: Store) -> None:
    """A host whose URLs are in a batch gives none to another until the last of them has left it."""
    store.accept_urls(entries(5), NOW)
    assert store.assign_crawls("c1", NOW, limit=9, per_host=2) == 2
    first, second = store.crawl_batch("c1")
    assert store.assign_crawls("c2", NOW, limit=9, per_host=2) == 0
    store.end_url(first.key, gone())
    assert store.assign_crawls("c2", NOW, limit=9, per_host=2) == 0
    store.retry(second.key, failed(), NOW + minutes(1), counts=True)
    assert store.assign_crawls("c2", NOW, limit=9, per_host=9) == 3


def test_hosts_take_turns(store: Store) -> None:
    """A host with a thousand URLs waits for its turn like one with a single URL."""
    store.accept_urls(entries(50, "big.example"), NOW)
    store.accept_urls(entries(1, "small.example"), NOW + minutes(1))
    store.accept_urls(entries(1, "tiny.example"), NOW + minutes(2))
    seen = []
    for turn in range(4):
        now = NOW + minutes(10 + turn)
        store.assign_crawls(f"c{turn}", now, limit=2, per_host=2)
        seen.append(sorted(set(hosts_of(store, f"c{turn}"))))
        for url in store.crawl_batch(f"c{turn}"):
            store.end_url(url.key, gone(now))
    assert seen == [["big.example"], ["small.example", "tiny.example"], ["big.example"], ["big.example"]]


def test_priority_comes_first_then_age(store: Store) -> None:
    """Within a host the higher priority goes first, then what was accepted first."""
    store.accept_urls([entry("old")], NOW)
    store.accept_urls([entry("new")], NOW + minutes(1))
    store.accept_urls([entry("urgent")], NOW + minutes(2), priority=1)
    order = []
    for turn in range(3):
        store.assign_crawls(f"c{turn}", NOW + minutes(5), limit=1, per_host=1)
        (url,) = store.crawl_batch(f"c{turn}")
        order.append(url.entry.title)
        store.end_url(url.key, gone())
    assert order == ["Story urgent", "Story old", "Story new"]


def test_fresh_news_goes_before_archives(store: Store) -> None:
    """A year of old entries accepted first is fetched after today's; what has no date counts as fresh."""
    store.add_feeds([Feed(url=FEED)], NOW)
    old = [replace(each, published=NOW - timedelta(days=4 + n)) for n, each in enumerate(entries(20))]
    store.accept(FEED, old, state(), NOW)
    fresh = [
        replace(entry("today"), published=NOW),
        entry("undated"),
        replace(entry("soon"), published=NOW + minutes(9)),
    ]
    store.accept(FEED, fresh, state(), NOW + minutes(30))
    store.assign_crawls("c1", NOW + minutes(31), limit=4, per_host=4)
    taken = [url.entry.url.rpartition("/")[2] for url in store.crawl_batch("c1")]
    assert set(taken) > {"today", "undated", "soon"}


def test_a_waiting_retry_does_not_hold_up_its_host(store: Store) -> None:
    """An URL that waits for its time lets the others of its host go, and its time wakes the host."""
    store.accept_urls([entry("slow")], NOW)
    store.retry(key("slow"), failed(), NOW + minutes(30), counts=True)
    store.accept_urls([entry("fresh")], NOW + minutes(1))
    assert store.assign_crawls("c1", NOW + minutes(1), limit=9, per_host=9) == 1
    store.end_url(key("fresh"), gone())
    assert store.next_due() == NOW + minutes(30)
    assert store.assign_crawls("c2", NOW + minutes(30), limit=9, per_host=9) == 1


def test_an_url_that_ends_outside_a_batch_leaves_no_trace_of_work(store: Store) -> None:
    """A late worker may end what was put back: then there is nothing left to assign."""
    store.accept_urls([entry("story")], NOW)
    store.assign_crawls("c1", NOW, limit=9, per_host=9)
    store.put_back(["c1"])
    store.end_url(key("story"), gone())
    assert store.assign_crawls("c2", NOW, limit=9, per_host=9) == 0
    assert store.next_due() is None


def test_batches_are_listed_with_their_size(store: Store) -> None:
    """What is out is listed by batch, oldest first, until nothing of it is left."""
    store.add_feeds([Feed(url=FEED)], NOW)
    store.accept_urls(entries(3), NOW)
    store.assign_polls("p1", NOW + minutes(1), 9)
    store.assign_crawls("c1", NOW, limit=9, per_host=9)
    poll = Batch(id="p1", kind="poll", assigned_at=NOW + minutes(1), size=1)
    assert store.batches() == (Batch(id="c1", kind="crawl", assigned_at=NOW, size=3), poll)
    for url in store.crawl_batch("c1"):
        store.end_url(url.key, gone())
    assert store.batches() == (poll,)
    store.accept(FEED, [], state(), NOW)
    assert store.batches() == ()


def test_a_lost_batch_is_put_back(store: Store) -> None:
    """Feeds and URLs of a lost batch can be assigned again; what had ended stays ended."""
    store.add_feeds([Feed(url=FEED)], NOW)
    store.accept_urls(entries(3), NOW)
    store.assign_polls("p1", NOW, 9)
    store.assign_crawls("c1", NOW, limit=9, per_host=9)
    store.end_url(store.crawl_batch("c1")[0].key, gone())
    assert store.put_back(["c1", "p1", "never"]) == 3
    assert store.put_back(["c1", "p1"]) == 0
    assert (store.crawl_batch("c1"), store.poll_batch("p1")) == ((), ())
    assert (store.assign_crawls("c2", NOW, limit=9, per_host=9), store.assign_polls("p2", NOW, 9)) == (2, 1)


def test_assigning_a_batch_again_gives_no_more(store: Store) -> None:
    """A batch that was assigned, and whose answer was lost, is not assigned a second load."""
    for name in ("a.example", "b.example", "c.example"):
        store.accept_urls(entries(2, name), NOW)
    assert [store.assign_crawls("c1", NOW, limit=4, per_host=2) for _ in range(2)] == [4, 4]
    assert len(store.crawl_batch("c1")) == 4


def test_two_schedulers_assign_nothing_twice(store: Store) -> None:
    """Schedulers that assign at the same moment share the URLs out between them."""
    for n in range(40):
        store.accept_urls(entries(3, f"host-{n}.example"), NOW)
    with ThreadPoolExecutor(8) as pool:
        sizes = pool.map(lambda n: store.assign_crawls(f"c{n}", NOW, limit=12, per_host=2), range(16))
        assert sum(sizes) == 80
    assert sorted(hosts_of_all(store)) == sorted(f"host-{n}.example" for n in range(40) for _ in range(2))


def hosts_of_all(store: Store) -> list[str]:
    """Return the hosts of all assigned URLs, and check that no host is in two batches."""
    by_batch = {batch.id: hosts_of(store, batch.id) for batch in store.batches()}
    assert sum(len(set(hosts)) for hosts in by_batch.values()) == len(set().union(*by_batch.values()))
    return [host for hosts in by_batch.values() for host in hosts]


def test_workers_that_end_the_urls_of_a_host_at_once_free_it(store: Store) -> None:
    """When the last URLs of a host leave their batch at the same moment, the host is free afterwards."""
    store.accept_urls(entries(64), NOW)
    for turn in range(4):
        assert store.assign_crawls(f"c{turn}", NOW, limit=16, per_host=16) == 16
        with ThreadPoolExecutor(8) as pool:
            ended = pool.map(lambda url: store.end_url(url.key, gone()), store.crawl_batch(f"c{turn}"))
            assert all(ended)
    assert (store.waiting(), store.batches()) == (0, ())
