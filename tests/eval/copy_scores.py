"""Labelled sets of copies, and how well clusters agree with them."""

from __future__ import annotations

import csv
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from itertools import combinations
from pathlib import Path
from typing import NamedTuple

from tests.eval.copy_desk import documents


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


class PublisherScores(NamedTuple):
    """ECB+: copies between publishers."""

    precision: float
    recall: float
    rand: float


class WireScores(NamedTuple):
    """Reuters-21578: re-sends and corrections, and notices of a series wrongly joined."""

    recall: float
    templates: int


def score_ecb(labelled: LabelledSet, cluster: Mapping[str, str]) -> PublisherScores:
    """Score clusters by URL; joined pairs that are related through `partial` labels are not held against them."""
    copies = labelled.pairs["copy"]
    related = connected(labelled.urls, copies + labelled.pairs["partial"])
    groups = defaultdict(list)
    for url in labelled.urls:
        groups[cluster[url]].append(url)
    found = [pair for group in groups.values() for pair in combinations(group, 2)]
    return PublisherScores(
        precision=joined(found, related) / len(found) if found else 1.0,
        recall=joined(copies, cluster) / len(copies),
        rand=adjusted_rand(connected(labelled.urls, copies), cluster),
    )


def score_reuters(labelled: LabelledSet, cluster: Mapping[str, str]) -> WireScores:
    """Score clusters by URL."""
    stories = labelled.pairs["same-story"]
    return WireScores(joined(stories, cluster) / len(stories), joined(labelled.pairs["template"], cluster))
