"""What a week of polls costs publishers: real feeds served on loopback, polled by the whole composition, each request
counted on the publisher's side and held against a naive poller that asks every 15 minutes.

    WIREDESK_CORPUS=/path/to/corpus python -m bench.week [--rotation N] [--seed N]

Only the clock is virtual. Prints a line a feed and the totals; `rotation` gives each publisher another's headers.
"""

from __future__ import annotations

import argparse
import os
import tempfile
from pathlib import Path

from tests.eval.archives import move, read_archives
from tests.eval.week import run_week


def main() -> None:
    """Run the week and print it."""
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("--rotation", type=int, default=0)
    arguments.add_argument("--seed", type=int, default=1)
    given = arguments.parse_args()
    corpus = os.environ.get("WIREDESK_CORPUS")
    if not corpus:
        raise SystemExit("set WIREDESK_CORPUS to the folder that holds feeds/pages")
    archives = [move(cut) for cut in read_archives(Path(corpus, "feeds/pages"))]
    with tempfile.TemporaryDirectory() as folder:
        week = run_week(archives, Path(folder), seed=given.seed, rotation=given.rotation)
    print(*week.lines(), sep="\n")
    late = [feed.publisher.archive.host for feed in week.feeds if feed.too_late]
    print(f"later than the publisher's own pace: {', '.join(late) or 'none'}")


if __name__ == "__main__":
    main()
