"""The fingerprint index on a real Redis."""

from __future__ import annotations

import random
from multiprocessing import get_context
from pathlib import Path

import pytest
import redis

from pipeline.errors import ServiceError
from pipeline.index import FingerprintIndex
from pipeline.models import Fingerprint
from pipeline.policies import CopyPolicy
from pipeline.urls import record_uri

POLICY = CopyPolicy()
DAY = 20_000
NEXT_GENERATION = DAY + POLICY.generation_days


def print_of(*hashes: int) -> Fingerprint:
    """A fingerprint of these hashes; only the upper 48 bits reach the index."""
    spread = (random.Random(value).getrandbits(64) for value in hashes)
    return Fingerprint(digest="", algorithm="test", hashes=tuple(sorted(spread)), tokens=len(hashes))


def uri(name: str) -> str:
    """The uri of an article of the fictional newsroom."""
    return record_uri(f"https://harbour-post.example/{name}")


@pytest.fixture
def index(redis_client: redis.Redis) -> FingerprintIndex:
    """An empty index."""
    return FingerprintIndex(redis_client, POLICY)


def test_the_second_copy_finds_the_first(index: FingerprintIndex) -> None:
    """Of two articles that share fingerprints the second sees the first, with the number in common."""
    assert index.look_up_and_insert(uri("a"), print_of(1, 2, 3), day=DAY) == ()
    (found,) = index.look_up_and_insert(uri("b"), print_of(2, 3, 4), day=DAY)
    assert (found.uri, found.shared) == (uri("a"), 2)


def test_one_fingerprint_in_common_is_too_little(index: FingerprintIndex) -> None:
    """Fewer fingerprints in common than the policy asks for make no candidate."""
    index.look_up_and_insert(uri("a"), print_of(1, 2, 3), day=DAY)
    assert index.look_up_and_insert(uri("b"), print_of(3, 4, 5), day=DAY) == ()


def test_delivered_twice_an_article_never_finds_itself(index: FingerprintIndex) -> None:
    """The same article again changes nothing, in the same generation and in the next."""
    index.look_up_and_insert(uri("a"), print_of(1, 2, 3), day=DAY)
    before = index.stats()
    assert index.look_up_and_insert(uri("a"), print_of(1, 2, 3), day=DAY) == ()
    assert index.stats() == before
    assert index.look_up_and_insert(uri("a"), print_of(1, 2, 3), day=NEXT_GENERATION) == ()
    found = index.look_up_and_insert(uri("b"), print_of(1, 2, 3), day=NEXT_GENERATION)
    assert [candidate.uri for candidate in found] == [uri("a")]


def test_the_best_candidates_come_first_and_are_bounded(index: FingerprintIndex) -> None:
    """No more than max_candidates come back, those with rare fingerprints in common before those with common ones."""
    for number in range(10):
        index.look_up_and_insert(uri(f"template {number}"), print_of(1, 2, 3, 100 + number), day=DAY)
    index.look_up_and_insert(uri("story"), print_of(7, 8, 9), day=DAY)
    found = index.look_up_and_insert(uri("copy"), print_of(1, 2, 3, 7, 8, 9), day=DAY)
    assert found[0].uri == uri("story")
    assert len(found) == POLICY.max_candidates


def test_a_flood_of_articles_with_one_text_stays_bounded(index: FingerprintIndex) -> None:
    """Two thousand articles with one text are answered with a few candidates and takes little memory."""
    flood = print_of(*range(30))
    for number in range(2_000):
        found = index.look_up_and_insert(uri(f"flood {number}"), flood, day=DAY)
    assert len(found) == POLICY.max_candidates
    (generation,) = index.stats()
    assert generation.entries == generation.articles + 30


def test_generations_are_forgotten(index: FingerprintIndex, redis_client: redis.Redis) -> None:
    """An article is found for `generations` generations and no longer; each key expires."""
    index.look_up_and_insert(uri("a"), print_of(1, 2, 3), day=DAY)
    assert all(redis_client.ttl(key) > 0 for key in redis_client.scan_iter())
    last = DAY - DAY % POLICY.generation_days + POLICY.generations * POLICY.generation_days
    assert index.look_up_and_insert(uri("b"), print_of(1, 2, 3), day=last - 1) != ()
    index.clear()
    index.look_up_and_insert(uri("a"), print_of(1, 2, 3), day=DAY)
    assert index.look_up_and_insert(uri("b"), print_of(1, 2, 3), day=last) == ()


def test_a_kept_archive_does_not_expire(index: FingerprintIndex, redis_client: redis.Redis) -> None:
    """A partner's article is found after years."""
    index.look_up_and_insert(uri("a"), print_of(1, 2, 3), keep=True, day=DAY)
    assert all(redis_client.ttl(key) == -1 for key in redis_client.scan_iter())
    (found,) = index.look_up_and_insert(uri("b"), print_of(1, 2, 3), day=DAY + 3_650)
    assert found.uri == uri("a")


def test_a_removed_article_is_not_found(index: FingerprintIndex) -> None:
    """After removal an article is no candidate, and may come back."""
    index.look_up_and_insert(uri("a"), print_of(1, 2, 3), day=DAY)
    assert index.remove(uri("a"), day=DAY)
    assert not index.remove(uri("a"), day=DAY)
    assert index.look_up_and_insert(uri("b"), print_of(1, 2, 3), day=DAY) == ()
    index.look_up_and_insert(uri("a"), print_of(1, 2, 3), day=DAY)
    assert uri("a") in {c.uri for c in index.look_up_and_insert(uri("c"), print_of(1, 2, 3), day=DAY)}


def test_an_exact_key_finds_without_any_text(index: FingerprintIndex) -> None:
    """Two articles with one wire story are candidates whatever their texts."""
    index.look_up_and_insert(uri("a"), print_of(1), exact=("wire:dpa:1",), day=DAY)
    (found,) = index.look_up_and_insert(uri("b"), print_of(2), exact=("wire:dpa:1",), day=DAY)
    assert found.uri == uri("a")


@pytest.mark.parametrize("stub_first", [True, False])
def test_a_stub_and_the_article_that_it_names_find_each_other(index: FingerprintIndex, stub_first: bool) -> None:
    """Whichever comes first, the second of a stub and its source finds the first."""
    arrivals = [(uri("stub"), (f"uri:{uri('source')}",)), (uri("source"), ())]
    (first, first_keys), (second, second_keys) = arrivals if stub_first else reversed(arrivals)
    assert index.look_up_and_insert(first, print_of(1), exact=first_keys, day=DAY) == ()
    (found,) = index.look_up_and_insert(second, print_of(2), exact=second_keys, day=DAY)
    assert found.uri == first


def test_articles_whose_ids_collide_are_kept_apart(index: FingerprintIndex) -> None:
    """Two uris that begin alike get different ids."""
    one, two = (f"urn:wiredesk:article:{'ab' * 4}{digit * 24}" for digit in "12")
    index.look_up_and_insert(one, print_of(1, 2, 3), day=DAY)
    index.look_up_and_insert(two, print_of(4, 5, 6), day=DAY)
    assert [c.uri for c in index.look_up_and_insert(uri("x"), print_of(4, 5), day=DAY)] == [two]
    assert [c.uri for c in index.look_up_and_insert(uri("y"), print_of(1, 2), day=DAY)] == [one]


def test_a_grown_index_finds_everything_in_compact_buckets(index: FingerprintIndex, redis_client: redis.Redis) -> None:
    """Buckets that were split still give every article back, stay listpacks, and cost at most 900 bytes an article."""
    dice = random.Random(7)
    prints = {
        uri(f"article {number}"): Fingerprint(
            digest="", algorithm="test", tokens=500, hashes=tuple(dice.getrandbits(64) for _ in range(60))
        )
        for number in range(3_000)
    }
    before = redis_client.info("memory")["used_memory"]
    for name, found in prints.items():
        assert index.look_up_and_insert(name, found, exact=(f"digest:{name}",), day=DAY) == ()
    assert (redis_client.info("memory")["used_memory"] - before) / len(prints) <= 900
    for number, (name, found) in enumerate(list(prints.items())[::50]):
        half = Fingerprint(digest="", algorithm="test", tokens=250, hashes=found.hashes[::2])
        (candidate,) = index.look_up_and_insert(uri(f"half {number}"), half, day=DAY)
        assert (candidate.uri, candidate.shared) == (name, 30)
    assert {redis_client.object("encoding", key) for key in redis_client.scan_iter(count=1000)} == {b"listpack"}
    assert all(redis_client.ttl(key) > 0 for key in redis_client.scan_iter(count=1000))
    for name, found in list(prints.items())[::50]:
        index.look_up_and_insert(name, found, day=NEXT_GENERATION)
    old, new = index.stats()
    assert old.buckets > 2_000 > new.buckets >= 1_024


def test_a_bucket_out_of_hand_is_split_all_the_same(index: FingerprintIndex, redis_client: redis.Redis) -> None:
    """Forged keys that all fall into one bucket neither stop the index nor get lost."""
    redis_client.hset(b"{wc}m:%d" % (DAY // POLICY.generation_days), mapping={"n": 1024, "c": 1024 * 80, "a": 1})
    first = b"{wc}%d:" % (DAY // POLICY.generation_days) + bytes(4)
    redis_client.hset(first, mapping={number.to_bytes(4, "big"): b"abcd" for number in range(20_000)})
    index.look_up_and_insert(uri("a"), print_of(1, 2, 3), day=DAY)
    second = first[:-2] + (1024).to_bytes(2, "big")
    assert redis_client.hlen(first) + redis_client.hlen(second) == 20_000
    assert redis_client.hlen(second) == 10_000


def test_a_rebuilt_index_proposes_the_same(index: FingerprintIndex) -> None:
    """Emptied and filled again in another order, the index answers as before."""
    articles = {uri(f"article {number}"): print_of(*range(number, number + 6)) for number in range(0, 300, 3)}
    probes = {uri(f"probe {number}"): print_of(number, number + 1, number + 2) for number in range(0, 300, 50)}
    answers = []
    for order in (list(articles), list(reversed(articles))):
        index.clear()
        for name in order:
            index.look_up_and_insert(name, articles[name], day=DAY)
        answers.append({name: index.look_up_and_insert(name, probe, day=DAY) for name, probe in probes.items()})
    assert answers[0] == answers[1]


def test_clear_empties_the_index_and_nothing_else(index: FingerprintIndex, redis_client: redis.Redis) -> None:
    """Only the index's own keys go."""
    redis_client.set("rq:queue:crawl", "1")
    index.look_up_and_insert(uri("a"), print_of(1, 2, 3), day=DAY)
    index.clear()
    assert redis_client.keys() == [b"rq:queue:crawl"]
    assert index.stats() == ()


def test_a_foreign_uri_is_refused(index: FingerprintIndex) -> None:
    """Only uris that wiredesk made fit the index."""
    with pytest.raises(ValueError, match="not an article's uri"):
        index.look_up_and_insert("urn:other:1", print_of(1), day=DAY)


def test_a_redis_that_is_away_is_named(tmp_path: Path) -> None:
    """An unreachable server is a ServiceError with its address."""
    away = FingerprintIndex(redis.Redis(unix_socket_path=str(tmp_path / "nobody")), POLICY)
    with pytest.raises(ServiceError, match="nobody"):
        away.look_up_and_insert(uri("a"), print_of(1), day=DAY)


GROUPS, COPIES, WORKERS = 2_000, 3, 4


def insert_share(url: str, worker: int) -> list[tuple[str, list[str]]]:
    """Insert one worker's share of all copies, in an order of its own, and return what each saw."""
    arrivals = [
        (group, copy) for group in range(GROUPS) for copy in range(COPIES) if (group + copy) % WORKERS == worker
    ]
    arrivals.sort(key=lambda arrival: (arrival[0] // 8, arrival[1], arrival[0]))
    with redis.Redis.from_url(url) as client:
        index = FingerprintIndex(client, POLICY)
        return [
            (
                uri(f"{group}/{copy}"),
                [
                    candidate.uri
                    for candidate in index.look_up_and_insert(
                        uri(f"{group}/{copy}"), print_of(*range(group * 10, group * 10 + 5)), day=DAY
                    )
                ],
            )
            for group, copy in arrivals
        ]


def test_copies_at_the_same_moment_never_split(redis_url: str) -> None:
    """Of any two copies that four processes insert at once, exactly one sees the other."""
    with get_context("spawn").Pool(WORKERS) as pool:
        shares = pool.starmap(insert_share, [(redis_url, worker) for worker in range(WORKERS)])
    saw = {name: set(found) for share in shares for name, found in share}
    for group in range(GROUPS):
        names = [uri(f"{group}/{copy}") for copy in range(COPIES)]
        seen = sorted(len(saw[name] & set(names)) for name in names)
        assert seen == [0, 1, 2]
