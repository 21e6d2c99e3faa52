"""Finding copies: wiredesk beside datasketch and rensa, in one run.

    WIREDESK_CORPUS=/path/to/corpus python -m bench.copies [--texts N]

Quality on the labelled sets, texts a second of CPU time (the Redis server's included) and bytes an article in Redis,
both on N generated articles of 500 words of which every tenth is a cut copy. The peers use 128 permutations over the
same 5-word shingles and union whatever the LSH returns; rensa keeps its index in the process, not in Redis.
"""

from __future__ import annotations

import argparse
import os
import random
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import redis
from datasketch import MinHash, MinHashLSH
from rensa import RMinHash, RMinHashLSH

from pipeline.copies import compare, exact_keys, fingerprint
from pipeline.index import FingerprintIndex
from pipeline.text import tokens
from tests.eval.copy_desk import DAY, POLICY, Document, clusters_by_url, member_of
from tests.eval.copy_scores import LabelledSet, connected, score_ecb, score_reuters
from tests.services.redis import redis_server

PERMUTATIONS = 128


class Cost(NamedTuple):
    """What a run over the generated articles took."""

    seconds: float
    bytes: int | None


def main() -> None:
    """Measure and print."""
    arguments = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    arguments.add_argument("--texts", type=int, default=5_000)
    count = arguments.parse_args().texts
    folder = Path(os.environ.get("WIREDESK_CORPUS") or "nowhere")
    if not folder.is_dir():
        raise SystemExit("set WIREDESK_CORPUS to a folder with copies/")
    ecb, reuters = LabelledSet(folder, "ecb"), LabelledSet(folder, "reuters")
    made = generated(count)
    print(f"{'':28} ECB+ P     R     F1    ARI  | Reuters R  templates | texts/s  bytes/article")
    with redis_server() as socket:
        url = f"unix://{socket}"
        for name, cluster_all, run in methods(url):
            cluster = cluster_all([*ecb.documents, *reuters.documents])
            publishers, wire = score_ecb(ecb, cluster), score_reuters(reuters, cluster)
            f1 = 2 * publishers.precision * publishers.recall / ((publishers.precision + publishers.recall) or 1)
            cost = run(made)
            size = "-" if cost.bytes is None else f"{cost.bytes / count:,.0f}"
            print(
                f"{name:28} {publishers.precision:6.3f} {publishers.recall:5.3f} {f1:5.3f} {publishers.rand:6.3f} | "
                f"{wire.recall:9.3f} {wire.templates:6} of {len(reuters.pairs['template'])} | "
                f"{count / cost.seconds:7,.0f} {size:>10}"
            )


Method = tuple[str, Callable[[Sequence[Document]], dict[str, str]], Callable[[Sequence[Document]], Cost]]


def methods(url: str) -> Iterator[Method]:
    """Yield each method: its name, its clusters of some documents, its cost for others."""
    yield "wiredesk", lambda documents: clusters_by_url(url, documents), lambda made: wiredesk_cost(url, made)
    for threshold in (0.8, 0.5, 0.3):
        yield (
            f"datasketch LSH, J >= {threshold}",
            lambda documents, t=threshold: connected_by(datasketch_pairs(documents, t), documents),  # type: ignore[misc]
            lambda made, t=threshold: datasketch_cost(url, made, t),  # type: ignore[misc]
        )
    for threshold, bands in ((0.8, 8), (0.5, 32)):
        yield (
            f"rensa LSH, J >= {threshold}",
            lambda documents, t=threshold, b=bands: connected_by(rensa_pairs(documents, t, b), documents),  # type: ignore[misc]
            lambda made, t=threshold, b=bands: rensa_cost(made, t, b),  # type: ignore[misc]
        )


def generated(count: int) -> list[Document]:
    """Return articles of 500 random words, every tenth the first 300 words of an earlier one."""
    dice = random.Random(1)
    words = ["".join(dice.choices("etaoinshrdlu", k=dice.randint(2, 9))) for _ in range(30_000)]
    texts: list[str] = []
    for number in range(count):
        if number % 10 == 9:
            texts.append(" ".join(dice.choice(texts).split()[:300]))
        else:
            texts.append(" ".join(dice.choices(words, k=500)))
    return [
        {"url": f"https://paper{n}.example/{n}", "text": text, "headline": "", "datePublished": None}
        for n, text in enumerate(texts)
    ]


@contextmanager
def measured(client: redis.Redis) -> Iterator[Callable[[], Cost]]:
    """Give a function that says what the work since took: CPU of this process and of the server, bytes in Redis."""
    client.execute_command("FLUSHALL", "SYNC")
    server, size, here = server_seconds(client), client.info("memory")["used_memory"], time.process_time()
    yield lambda: Cost(
        time.process_time() - here + server_seconds(client) - server, client.info("memory")["used_memory"] - size
    )


def server_seconds(client: redis.Redis) -> float:
    """Return the CPU time that the server has used."""
    used = client.info("cpu")
    return float(used["used_cpu_user"]) + float(used["used_cpu_sys"])


def wiredesk_cost(url: str, made: Sequence[Document]) -> Cost:
    """Fingerprint, look up and insert, compare with what was found."""
    seen = {}
    with redis.Redis.from_url(url) as client, measured(client) as cost:
        index = FingerprintIndex(client, POLICY)
        for document in made:
            text = document["text"] or ""
            found = fingerprint(text, POLICY)
            one = member_of(document, found)
            seen[one.uri] = one, text
            for candidate in index.look_up_and_insert(one.uri, found, exact=exact_keys(one), day=DAY):
                compare(one, text, *seen[candidate.uri], POLICY)
        return cost()


def shingles(text: str) -> list[str]:
    """Return the word 5-grams of a text."""
    words = tokens(text)
    return [" ".join(words[at : at + 5]) for at in range(max(1, len(words) - 4))]


def datasketch_hash(text: str) -> MinHash:
    """Return datasketch's signature."""
    made = MinHash(num_perm=PERMUTATIONS)
    made.update_batch([shingle.encode() for shingle in shingles(text)])
    return made


def datasketch_pairs(
    documents: Sequence[Document], threshold: float, store: dict[str, object] | None = None
) -> Iterator[tuple[str, str]]:
    """Yield each document with those that its LSH finds."""
    index = MinHashLSH(threshold=threshold, num_perm=PERMUTATIONS, storage_config=store)
    for document in documents:
        url, made = document["url"] or "", datasketch_hash(document["text"] or "")
        for other in index.query(made):
            yield url, other
        index.insert(url, made)


def datasketch_cost(url: str, made: Sequence[Document], threshold: float) -> Cost:
    """Run datasketch with its index in the same Redis."""
    socket = url.removeprefix("unix://")
    store = {"type": "redis", "basename": b"lsh", "redis": {"unix_socket_path": socket}}
    with redis.Redis.from_url(url) as client, measured(client) as cost:
        for _ in datasketch_pairs(made, threshold, store):
            pass
        return cost()


def rensa_pairs(documents: Sequence[Document], threshold: float, bands: int) -> Iterator[tuple[str, str]]:
    """Yield each document with those that its LSH finds."""
    index = RMinHashLSH(threshold=threshold, num_perm=PERMUTATIONS, num_bands=bands)
    urls: list[str] = []
    for number, document in enumerate(documents):
        made = RMinHash(num_perm=PERMUTATIONS, seed=42)
        made.update(shingles(document["text"] or ""))
        urls.append(document["url"] or "")
        for other in index.query(made):
            yield urls[number], urls[other]
        index.insert(number, made)


def rensa_cost(made: Sequence[Document], threshold: float, bands: int) -> Cost:
    """Run rensa, index in this process."""
    start = time.process_time()
    for _ in rensa_pairs(made, threshold, bands):
        pass
    return Cost(time.process_time() - start, None)


def connected_by(pairs: Iterator[tuple[str, str]], documents: Sequence[Document]) -> dict[str, str]:
    """Return the clusters that some pairs form."""
    return connected([document["url"] or "" for document in documents], pairs)


if __name__ == "__main__":
    main()
