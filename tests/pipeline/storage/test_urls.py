"""URLs from acceptance to their end, on both databases."""

from __future__ import annotations

from pipeline.models import Ending, FeedEntry, Outcome
from pipeline.storage import Store
from tests.pipeline.storage.samples import FEED, NOW, entries, entry, failed, gone, key, minutes, state, stored, uri

KEY = key("story")


def test_an_url_is_accepted_once(store: Store) -> None:
    """However often an URL comes in, and whoever brings it, it is accepted once."""
    assert store.accept_urls([entry("story"), entry("story")], NOW) == 1
    assert store.accept_urls([entry("story")], NOW) == 0
    assert store.accept(FEED, [entry("story"), entry("other")], state(), NOW) == 1
    assert (store.waiting(), store.counts().waiting) == (2, 2)


def test_unseen_urls_are_counted(store: Store) -> None:
    """The number of URLs never accepted; what is no URL is not counted, and nothing is accepted by asking."""
    store.accept_urls([entry("story")], NOW)
    asked = [entry("story"), entry("other"), entry("other"), FeedEntry(url="mailto:desk@harbour-times.example")]
    assert (store.unseen(asked), store.waiting()) == (1, 1)


def test_what_is_no_url_stops_nobody(store: Store) -> None:
    """An entry whose URL cannot be read is left out; those beside it are accepted."""
    bad = [FeedEntry(url="javascript:alert(1)"), FeedEntry(url="https://[broken/"), FeedEntry(url="")]
    assert store.accept(FEED, [bad[0], entry("story"), *bad[1:]], state(), NOW) == 1


def test_an_url_ends_once(store: Store) -> None:
    """The first outcome stays; an URL that was never accepted does not end."""
    store.accept_urls([entry("story")], NOW)
    assert store.end_url(KEY, gone()) is True
    assert store.end_url(KEY, stored(uri("story"))) is False
    assert store.end_url(key("other"), gone()) is False
    assert (dict(store.end_of([KEY, key("other")])), store.waiting()) == ({KEY: gone()}, 0)
    assert store.counts().ended == {"gone": {"http_410": 1}}


def test_an_ended_url_is_not_assigned_again(store: Store) -> None:
    """An URL that has ended leaves its batch, is not accepted anew, and waits for nothing."""
    store.accept_urls([entry("story")], NOW)
    store.assign_crawls("c1", NOW, limit=9, per_host=9)
    store.end_url(KEY, gone())
    store.retry(KEY, failed(), NOW, counts=True)
    store.give_back([KEY])
    assert store.accept_urls([entry("story")], NOW) == 0
    assert (store.crawl_batch("c1"), store.batches(), store.next_due()) == ((), (), None)
    assert store.assign_crawls("c2", NOW + minutes(99), limit=9, per_host=9) == 0


def test_a_retry_waits_for_its_time(store: Store) -> None:
    """An URL that is tried again later is in no batch until then, and its attempt is counted if it counts."""
    store.accept_urls([entry("story")], NOW)
    store.assign_crawls("c1", NOW, limit=9, per_host=9)
    store.retry(KEY, failed(), NOW + minutes(5), counts=True)
    assert store.next_due() == NOW + minutes(5)
    assert store.assign_crawls("c2", NOW + minutes(4), limit=9, per_host=9) == 0
    assert store.assign_crawls("c2", NOW + minutes(5), limit=9, per_host=9) == 1
    store.retry(KEY, failed(), NOW + minutes(6), counts=False)
    store.assign_crawls("c3", NOW + minutes(6), limit=9, per_host=9)
    assert [url.attempts for url in store.crawl_batch("c3")] == [1]


def test_given_back_urls_may_be_assigned_at_once(store: Store) -> None:
    """URLs that were not tried are as if they had not been assigned."""
    store.accept_urls(entries(3), NOW)
    store.assign_crawls("c1", NOW, limit=9, per_host=9)
    store.give_back([url.key for url in store.crawl_batch("c1")])
    assert (store.batches(), store.assign_crawls("c2", NOW, limit=9, per_host=9)) == ((), 3)
    assert {url.attempts for url in store.crawl_batch("c2")} == {0}


def test_a_trace_tells_the_whole_way(store: Store) -> None:
    """A trace has the entry, who carried it, each attempt and the ending, oldest first."""
    store.accept(FEED, [entry("story")], state(), NOW)
    store.retry(KEY, failed(NOW + minutes(1)), NOW + minutes(2), counts=True)
    store.retry(KEY, failed(NOW + minutes(2)), NOW + minutes(9), counts=True)
    found = store.trace(KEY)
    assert found is not None
    assert (found.outcome, found.not_before) == (None, NOW + minutes(9))
    store.end_url(KEY, gone(NOW + minutes(3)))
    found = store.trace(KEY)
    assert found is not None
    assert found.attempts == (failed(NOW + minutes(1)), failed(NOW + minutes(2)), gone(NOW + minutes(3)))
    assert (found.outcome, found.url.entry, found.url.accepted_at) == (gone(NOW + minutes(3)), entry("story"), NOW)
    assert [sighting.feed_url for sighting in found.sightings] == [FEED]
    assert store.trace(key("other")) is None


def test_a_trace_keeps_the_newest_attempts(store: Store) -> None:
    """An URL that is tried for ever does not fill the store: the newest 20 attempts are kept."""
    store.accept_urls([entry("story")], NOW)
    for n in range(23):
        store.retry(KEY, failed(NOW + minutes(n)), NOW, counts=False)
    found = store.trace(KEY)
    assert found is not None
    assert [attempt.at for attempt in found.attempts] == [NOW + minutes(n) for n in range(3, 23)]


def test_an_arrival_is_accepted_and_ended_in_one(store: Store) -> None:
    """An URL that came with its page is accepted and ended with the record; one that is there just ends."""
    store.accept_urls([entry("known")], NOW)
    done = Outcome(ending=Ending.STORED, reason="ok", at=NOW)
    with store.begin() as transaction:
        transaction.end_arrival(entry("story"), done)
        transaction.end_arrival(entry("known"), done)
        transaction.end_arrival(entry("story"), gone())
    assert dict(store.end_of([KEY, key("known")])) == {KEY: done, key("known"): done}
    assert (store.waiting(), store.counts().ended) == (0, {"stored": {"ok": 2}})


def test_counts_add_up(store: Store) -> None:
    """Accepted is waiting and ended, ended by ending and reason; assigned is a part of waiting."""
    store.accept_urls(entries(6), NOW)
    store.assign_crawls("c1", NOW, limit=4, per_host=4)
    for url in store.crawl_batch("c1")[:2]:
        store.end_url(url.key, gone())
    store.end_url(store.crawl_batch("c1")[0].key, failed())
    found = store.counts()
    assert (found.waiting, found.assigned, store.waiting()) == (3, 1, 3)
    assert found.ended == {"failed": {"http_503": 1}, "gone": {"http_410": 2}}
