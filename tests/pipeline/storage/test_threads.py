"""One store in many threads, as in a worker process; on both databases."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

from pipeline.storage import Store
from tests.pipeline.storage.samples import NOW, entry, key, put, stored, uri


def test_sixty_four_threads_share_a_store(store: Store) -> None:
    """More threads than connections store records at once: each is there, in one order."""

    def work(n: int) -> None:
        store.accept_urls([entry(f"story-{n}")], NOW)
        made = put(store, f"story-{n}")
        store.end_url(key(f"story-{n}"), stored(made.uri))
        assert store.end_of([key(f"story-{n}")])

    with ThreadPoolExecutor(64) as pool:
        list(pool.map(work, range(128)))
    assert sorted(made.uri for made in store.changes()) == sorted(uri(f"story-{n}") for n in range(128))
    assert [made.seq for made in store.changes()] == list(range(1, 129))
    assert store.waiting() == 0
