"""The copy index lost and made whole again: the stories are those of a run without the loss."""

from __future__ import annotations

import itertools
import threading
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
import redis

from pipeline.index import IndexMark
from pipeline.ingest import Desk, arrival_of, ingest_page
from pipeline.models import Page
from pipeline.policies import CopyPolicy
from pipeline.storage.base import Store
from tests.pipeline.desks import open_desk
from tests.pipeline.newsroom import page
from tests.workers.deployment import sentences
from tests.workers.processes import eventually
from workers.cli.check import index_words
from workers.clock import utc_now
from workers.index_keeper import LOOK_EVERY, keep_index
from workers.rebuild import IndexLost, Rebuild

STORIES, PAPERS = 6, 4
#: The index forgets by the day.
NOW = utc_now().replace(microsecond=0)


@pytest.fixture
def desk(tmp_path: Path, redis_client: redis.Redis) -> Iterator[Desk]:
    """A desk with an empty store and an empty index."""
    with open_desk(tmp_path, redis_client, ()) as found:
        yield found


def pages() -> tuple[Page, ...]:
    """Return copies of some stories, paper by paper: each later, and with a sentence of its own."""
    found = []
    for paper, story in itertools.product(range(PAPERS), range(STORIES)):
        lines = [*sentences(f"story {story}", 12), *sentences(f"{paper} {story}", paper)]
        paragraphs = tuple(" ".join(lines[at : at + 4]) for at in range(0, len(lines), 4))
        at = NOW - timedelta(hours=PAPERS - paper)
        url = f"https://www.paper{paper}.example/{story}"
        found.append(page(url, f"Story {story}", paragraphs, site=f"Paper {paper}", published=at, at=at))
    return tuple(found)


def take_in(desk: Desk, some: tuple[Page, ...]) -> None:
    """Ingest pages in their order."""
    for one in some:
        ingest_page(desk, arrival_of(one))


def rebuild_of(desk: Desk, client: redis.Redis) -> Rebuild:
    """Return a making of the desk's index."""
    return Rebuild(desk.store, client, desk.copies, desk.registry)


def make_whole(desk: Desk, client: redis.Redis) -> int | None:
    """Make the index whole where it is not; returns how many records were put in, None where it was whole."""
    rebuild = rebuild_of(desk, client)
    since = rebuild.lacking_since()
    if since is None:
        return None
    *_, done = rebuild.run(since, NOW, threading.Event())
    assert rebuild_of(desk, client).lacking_since() is None
    return done


def stories(store: Store) -> dict[str, tuple[str, str, str | None, int]]:
    """Return cluster, role, original and number of members by URL."""
    return {
        record.url: (
            record.syndication.cluster_id,
            record.syndication.role,
            record.syndication.original.url if record.syndication.original else None,
            record.syndication.member_count,
        )
        for record in store.changes()
    }


def undisturbed(folder: Path, client: redis.Redis) -> dict[str, tuple[str, str, str | None, int]]:
    """Return the stories of a run without a loss."""
    folder.mkdir()
    with open_desk(folder, client, ()) as desk:
        take_in(desk, pages())
        client.flushall()
        return stories(desk.store)


@pytest.mark.parametrize("kept", [0, STORIES, 2 * STORIES + 1])
def test_copies_that_came_in_the_gap_join(kept: int, desk: Desk, redis_client: redis.Redis, tmp_path: Path) -> None:
    """Some are there when the index is lost, the others come before it is whole again."""
    wanted = undisturbed(tmp_path / "other", redis_client)
    assert len({cluster for cluster, *_ in wanted.values()}) == STORIES
    assert make_whole(desk, redis_client) == 0
    take_in(desk, pages()[:kept])
    assert make_whole(desk, redis_client) is None
    redis_client.flushall()
    take_in(desk, pages()[kept:])
    if kept:
        assert stories(desk.store) != wanted
    assert make_whole(desk, redis_client) == len(pages())
    assert stories(desk.store) == wanted
    assert make_whole(desk, redis_client) is None


def test_copies_that_come_while_the_index_is_made_join(desk: Desk, redis_client: redis.Redis, tmp_path: Path) -> None:
    """Whatever is stored between two pages of the making."""
    wanted = undisturbed(tmp_path / "other", redis_client)
    make_whole(desk, redis_client)
    take_in(desk, pages()[:8])
    make_whole(desk, redis_client)
    redis_client.flushall()
    take_in(desk, pages()[8:16])
    rebuild = rebuild_of(desk, redis_client)
    making = rebuild.run(rebuild.lacking_since() or 0, NOW, threading.Event())
    next(making)
    take_in(desk, pages()[16:])
    list(making)
    assert stories(desk.store) == wanted


def test_what_was_in_flight_is_waited_for(desk: Desk, redis_client: redis.Redis) -> None:
    """A page of a batch that began before may have been looked up in an index that lacked something."""
    take_in(desk, pages()[:STORIES])
    redis_client.flushall()
    desk.store.accept_urls([arrival_of(pages()[-1]).entry], NOW)
    desk.store.assign_crawls("in flight", NOW, limit=9, per_host=9)
    rebuild = rebuild_of(desk, redis_client)
    done: list[int] = []
    thread = threading.Thread(target=lambda: done.extend(rebuild.run(0, NOW, threading.Event())))
    thread.start()
    assert eventually(lambda: bool(done))
    mark = IndexMark(redis_client, desk.copies)
    assert eventually(lambda: "pages in flight" in index_words(desk.store, mark))
    take_in(desk, pages()[-1:])
    thread.join(10)
    assert len({cluster for cluster, *_ in stories(desk.store).values()}) == STORIES
    assert rebuild_of(desk, redis_client).lacking_since() is None


def test_an_index_lost_while_it_is_made_is_no_whole_one(desk: Desk, redis_client: redis.Redis) -> None:
    """Nor one that another begins to make."""
    take_in(desk, pages()[:3])
    first = rebuild_of(desk, redis_client).run(0, NOW, threading.Event())
    next(first)
    redis_client.flushall()
    with pytest.raises(IndexLost):
        list(first)
    second = rebuild_of(desk, redis_client).run(0, NOW, threading.Event())
    next(second)
    list(rebuild_of(desk, redis_client).run(0, NOW, threading.Event()))
    with pytest.raises(IndexLost):
        list(second)
    assert rebuild_of(desk, redis_client).lacking_since() is None


def test_an_older_copy_of_redis_is_noticed(desk: Desk, redis_client: redis.Redis) -> None:
    """What came after it is put in again, and only that."""
    take_in(desk, pages()[:2])
    make_whole(desk, redis_client)
    kept = {key: redis_client.dump(key) for key in redis_client.keys(b"{wc}*")}
    take_in(desk, pages()[2:6])
    assert make_whole(desk, redis_client) is None
    redis_client.flushall()
    for key, value in kept.items():
        redis_client.restore(key, 0, value)
    mark = IndexMark(redis_client, desk.copies)
    assert index_words(desk.store, mark).startswith("incomplete;")
    assert make_whole(desk, redis_client) == 4
    assert index_words(desk.store, mark) == "whole"


def test_the_state_of_the_index_is_told_in_words(desk: Desk, redis_client: redis.Redis) -> None:
    """Lost, whole, or made with other settings."""
    take_in(desk, pages()[:2])
    mark = IndexMark(redis_client, desk.copies)
    assert index_words(desk.store, mark).startswith("lost, or never made;")
    make_whole(desk, redis_client)
    assert index_words(desk.store, mark) == "whole"
    other = IndexMark(redis_client, CopyPolicy(shingle_words=4))
    assert index_words(desk.store, other).startswith("made with other settings;")


def test_the_keeper_notices_a_loss_within_a_minute(desk: Desk, redis_client: redis.Redis) -> None:
    """And makes the index whole beside other work, once."""
    now = [NOW]
    keeper = keep_index(desk.store, redis_client, desk.copies, (), lambda: now[0])

    def look_until_whole() -> None:
        def is_whole() -> bool:
            keeper.look()
            return not keeper.is_making and rebuild_of(desk, redis_client).lacking_since() is None

        assert eventually(is_whole)

    look_until_whole()
    take_in(desk, pages()[:STORIES])
    redis_client.flushall()
    keeper.look()
    assert not keeper.is_making
    now[0] += LOOK_EVERY
    look_until_whole()
    take_in(desk, pages()[STORIES : 2 * STORIES])
    assert len({cluster for cluster, *_ in stories(desk.store).values()}) == STORIES
    keeper.close()
    assert desk.store.indexed_seq() == desk.store.newest_seq()
