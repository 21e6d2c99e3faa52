"""Floors for the labelled sets of copies: pinned with the corpus, never lowered in silence."""

from __future__ import annotations

import csv
import random
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from itertools import combinations
from pathlib import Path

import pytest

from tests.eval.copy_desk import Document, clusters_by_url, documents

#: Reuters documents in the runs that repeat the whole in other orders and with more processes.
SOME = 2_000


class LabelledSet:
    """Documents and the pairs among them by label."""

    def __init__(self, folder: Path, name: str, most: int | None = None) -> None:
        self.documents = documents(folder / "copies", f"{name}_docs.jsonl.gz")[:most]
        ids = {document["id"]: document["url"] or "" for document in self.documents}
        self.pairs: dict[str, list[tuple[str, str]]] = defaultdict(list)
        with (folder / "copies" / f"{name}_pairs.tsv").open(encoding="utf-8") as lines:
            for row in csv.DictReader(lines, delimiter="\t"):
                if row["a"] in ids and row["b"] in ids:
                    self.pairs[row["label"]].append((ids[row["a"]], ids[row["b"]]))

    @property
    def urls(self) -> list[str]:
        """The URLs of the documents."""
        return [document["url"] or "" for document in self.documents]


def joined(pairs: Iterable[tuple[str, str]], cluster: Mapping[str, str]) -> int:
    """How many pairs are in one cluster."""
    return sum(cluster[one] == cluster[other] for one, other in pairs)


def connected(urls: Sequence[str], pairs: Iterable[tuple[str, str]]) -> dict[str, str]:
    """The components that pairs form, each named by one of its URLs."""
    home = {url: {url} for url in urls}
    for one, other in pairs:
        if home[one] is not home[other]:
            home[one] |= home[other]
            for url in home[other]:
                home[url] = home[one]
    return {url: min(group) for url, group in home.items()}


def adjusted_rand(truth: Mapping[str, str], found: Mapping[str, str]) -> float:
    """Hubert and Arabie's adjusted Rand index of two partitions."""

    def pairs(sizes: Iterable[int]) -> float:
        return sum(size * (size - 1) / 2 for size in sizes)

    both = pairs(Counter((truth[url], found[url]) for url in truth).values())
    one, other = pairs(Counter(truth.values()).values()), pairs(Counter(found[url] for url in truth).values())
    chance = one * other / pairs([len(truth)])
    return (both - chance) / ((one + other) / 2 - chance)


def check_ecb(labelled: LabelledSet, cluster: Mapping[str, str]) -> None:
    """Hold the floors of ECB+: copies between publishers."""
    copies = labelled.pairs["copy"]
    recall = joined(copies, cluster) / len(copies)
    related = connected(labelled.urls, copies + labelled.pairs["partial"])
    groups = defaultdict(list)
    for url in labelled.urls:
        groups[cluster[url]].append(url)
    found = [pair for group in groups.values() for pair in combinations(group, 2)]
    precision = joined(found, related) / len(found)
    rand = adjusted_rand(connected(labelled.urls, copies), {url: cluster[url] for url in labelled.urls})
    assert precision >= 0.99
    assert recall >= 0.97
    assert rand >= 0.97


def check_reuters(labelled: LabelledSet, cluster: Mapping[str, str]) -> None:
    """Hold the floors of Reuters-21578: re-sends and corrections, beside notices of series."""
    assert joined(labelled.pairs["same-story"], cluster) / len(labelled.pairs["same-story"]) >= 0.98
    assert joined(labelled.pairs["template"], cluster) <= 2


@pytest.fixture(scope="module")
def ecb(corpus: Path) -> LabelledSet:
    """ECB+."""
    return LabelledSet(corpus, "ecb")


def test_all_documents_in_their_order(corpus: Path, ecb: LabelledSet, redis_url: str) -> None:
    """Both sets through one index, one after the other."""
    reuters = LabelledSet(corpus, "reuters")
    cluster = clusters_by_url(redis_url, [*ecb.documents, *reuters.documents])
    check_ecb(ecb, cluster)
    check_reuters(reuters, cluster)


@pytest.mark.parametrize(("order", "processes"), [("reversed", 1), ("shuffled", 1), ("given", 2), ("shuffled", 4)])
def test_any_order_and_any_number_of_processes(
    corpus: Path, ecb: LabelledSet, redis_url: str, order: str, processes: int
) -> None:
    """The figures hold whatever the order of arrival and however many processes share the work."""
    reuters = LabelledSet(corpus, "reuters", most=SOME)
    arrivals: list[Document] = [*ecb.documents, *reuters.documents]
    if order == "reversed":
        arrivals.reverse()
    if order == "shuffled":
        random.Random(processes).shuffle(arrivals)
    cluster = clusters_by_url(redis_url, arrivals, processes)
    check_ecb(ecb, cluster)
    check_reuters(reuters, cluster)


def test_without_dates_the_floors_hold(ecb: LabelledSet, corpus: Path, redis_url: str) -> None:
    """What tells notices of a series apart is in their texts: dates only help."""
    reuters = LabelledSet(corpus, "reuters", most=SOME)
    arrivals = [{**document, "datePublished": None} for document in [*ecb.documents, *reuters.documents]]
    cluster = clusters_by_url(redis_url, arrivals)
    check_ecb(ecb, cluster)
    check_reuters(reuters, cluster)


def test_real_different_pages_do_not_join(corpus: Path, redis_url: str) -> None:
    """The gold texts of different real pages stay alone."""
    pages = [*documents(corpus / "articles", "gold.jsonl.gz"), *documents(corpus / "news", "gold.jsonl.gz")]
    cluster = clusters_by_url(redis_url, [{**page, "datePublished": None} for page in pages])
    assert Counter(cluster.values()).most_common(1)[0][1] == 1
