"""What parsing feeds costs: our reader against feedparser, on the same bodies in one run, in CPU time.

    WIREDESK_CORPUS=/path/to/corpus python bench/feeds.py [--rounds N]

Prints a line a feed and the totals; fastfeedparser is measured beside when it is installed.
"""

from __future__ import annotations

import argparse
import gzip
import io
import os
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import feedparser

from pipeline.feeds import parse_feed
from pipeline.models import Page
from pipeline.policies import PollPolicy


def main() -> None:
    """Measure and print."""
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("--rounds", type=int, default=3)
    rounds = arguments.parse_args().rounds
    corpus = os.environ.get("WIREDESK_CORPUS")
    if not corpus:
        raise SystemExit("set WIREDESK_CORPUS to the folder that holds feeds/pages")
    bodies = {
        path.name[:16]: gzip.decompress(path.read_bytes()) for path in sorted(Path(corpus, "feeds/pages").iterdir())
    }
    readers = {
        "feedparser": by_feedparser,
        "feedparser, not sanitizing": by_feedparser_unsanitized,
        "wiredesk": by_wiredesk,
    }
    if fast := by_fastfeedparser():
        readers["fastfeedparser"] = fast
    for read in readers.values():
        read(next(iter(bodies.values())))
    totals = measure(bodies, readers, rounds)
    for name, seconds in totals.items():
        per_feed = 1000 * seconds / len(bodies)
        print(f"{name:28} {seconds:8.3f} s  {per_feed:8.2f} ms a feed  1/{totals['feedparser'] / seconds:.1f}")


def measure(bodies: dict[str, bytes], readers: dict[str, Callable[[bytes], object]], rounds: int) -> dict[str, float]:
    """Return CPU seconds over all bodies by reader, the readers taking turns on each body; the mean of the rounds."""
    totals = dict.fromkeys(readers, 0.0)
    for key, body in bodies.items():
        costs = {}
        for name, read in readers.items():
            times = rounds if name != "feedparser" else 1
            costs[name] = sum(cost(read, body) for _ in range(times)) / times
            totals[name] += costs[name]
        print(key, f"{len(body):>9}", *(f"{name} {1000 * seconds:.2f} ms" for name, seconds in costs.items()), sep="  ")
    return totals


def cost(read: Callable[[bytes], object], body: bytes) -> float:
    """Return the CPU seconds of one reading."""
    began = time.process_time()
    read(body)
    return time.process_time() - began


def by_feedparser(body: bytes) -> object:
    """feedparser as it comes."""
    return feedparser.parse(io.BytesIO(body))


def by_feedparser_unsanitized(body: bytes) -> object:
    """feedparser without the cleaning that we do not need."""
    return feedparser.parse(io.BytesIO(body), sanitize_html=False, resolve_relative_uris=False)


def by_wiredesk(body: bytes) -> object:
    """The whole stage: decoding, reading, our rules."""
    url = "https://feeds.example/feed.xml"
    page = Page(requested_url=url, url=url, status=200, body=body, fetched_at=datetime(2026, 11, 22, tzinfo=UTC))
    return parse_feed(page, PollPolicy())


def by_fastfeedparser() -> Callable[[bytes], object] | None:
    """kagi's reader, None where it is not installed."""
    try:
        import fastfeedparser  # type: ignore[import-not-found]  # noqa: PLC0415  a peer, not a dependency
    except ImportError:
        return None

    def read(body: bytes) -> object:
        try:
            return fastfeedparser.parse(body)
        except ValueError:
            return None

    return read


if __name__ == "__main__":
    main()
