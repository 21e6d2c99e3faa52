"""Floors for the labelled sets of copies: pinned with the corpus, never lowered in silence."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Mapping
from pathlib import Path

import pytest

from tests.eval.copy_desk import Document, clusters_by_url, documents
from tests.eval.copy_scores import LabelledSet, score_ecb, score_reuters

#: Reuters documents in the runs that repeat the whole in other orders and with more processes.
SOME = 2_000


def check(ecb: LabelledSet, reuters: LabelledSet, cluster: Mapping[str, str]) -> None:
    """Hold the floors."""
    publishers, wire = score_ecb(ecb, cluster), score_reuters(reuters, cluster)
    assert publishers.precision >= 0.99
    assert publishers.recall >= 0.97
    assert publishers.rand >= 0.97
    assert wire.recall >= 0.98
    assert wire.templates <= 2


@pytest.fixture(scope="module")
def ecb(corpus: Path) -> LabelledSet:
    """ECB+."""
    return LabelledSet(corpus, "ecb")


def test_all_documents_in_their_order(corpus: Path, ecb: LabelledSet, redis_url: str) -> None:
    """Both sets through one index, one after the other."""
    reuters = LabelledSet(corpus, "reuters")
    cluster = clusters_by_url(redis_url, [*ecb.documents, *reuters.documents])
    check(ecb, reuters, cluster)


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
    check(ecb, reuters, cluster)


def test_without_dates_the_floors_hold(ecb: LabelledSet, corpus: Path, redis_url: str) -> None:
    """What tells notices of a series apart is in their texts: dates only help."""
    reuters = LabelledSet(corpus, "reuters", most=SOME)
    arrivals = [{**document, "datePublished": None} for document in [*ecb.documents, *reuters.documents]]
    cluster = clusters_by_url(redis_url, arrivals)
    check(ecb, reuters, cluster)


def test_real_different_pages_do_not_join(corpus: Path, redis_url: str) -> None:
    """The gold texts of different real pages stay alone."""
    pages = [*documents(corpus / "articles", "gold.jsonl.gz"), *documents(corpus / "news", "gold.jsonl.gz")]
    cluster = clusters_by_url(redis_url, [{**page, "datePublished": None} for page in pages])
    assert Counter(cluster.values()).most_common(1)[0][1] == 1
