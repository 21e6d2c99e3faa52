"""A deployed wiredesk for the tests: its commands as processes, against a real Redis, a real store and a real server."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from random import Random

from pipeline.storage.base import Store
from tests.services.web import Reply, Web

ROOT = Path(__file__).resolve().parents[2]
WIREDESK = (sys.executable, "-m", "workers")

#: Words for sentences that no two articles share.
NOUNS = (
    "harbour ferry council bridge orchard lantern tunnel choir archive bakery lighthouse parade museum tram quarry "
    "festival library reservoir windmill cannery theatre observatory market hospital viaduct nursery brewery ledger"
).split()
VERBS = (
    "opened closed repaired lost painted counted flooded inspected sold moved delayed renamed praised doubted guarded "
    "measured emptied lent borrowed insured mapped drained crossed"
).split()
PLACES = (
    "Skerry Marrow Pellham Oxwick Tarn Dunmere Ashlow Brackwater Coldharbour Fennel Grisk Hollin Ivy Jarrow".split()
)


def sentences(seed: str, count: int = 24) -> list[str]:
    """Return sentences that are the same for the same seed, and share no five words with those of another."""
    dice = Random(seed)
    return [
        f"The {dice.choice(NOUNS)} of {dice.choice(PLACES)} {dice.choice(VERBS)} the {dice.choice(NOUNS)} after "
        f"{dice.randint(100, 99_999)} visitors {dice.choice(VERBS)} a {dice.choice(NOUNS)} near {dice.choice(PLACES)}."
        for _ in range(count)
    ]


def article(host: str, number: int, count: int = 24) -> bytes:
    """Return an article's page, of so many sentences."""
    lines = sentences(f"{host}/{number}", count)
    paragraphs = "".join(f"<p>{' '.join(lines[at : at + 4])}</p>" for at in range(0, len(lines), 4))
    title = f"Report {number} from {host.partition('.')[0]}"
    return (
        f"<!doctype html><html lang='en'><head><meta charset='utf-8'><title>{title}</title></head><body><main><article>"
        f"<h1>{title}</h1>{paragraphs}</article></main></body></html>"
    ).encode()


def publish(web: Web, hosts: int, articles: int) -> tuple[list[str], list[str]]:
    """Put papers with feeds and articles on the server; returns the URLs of the feeds and of the articles."""
    feeds, urls = [], []
    for name in (f"paper{number}.example" for number in range(hosts)):
        links = [f"http://{name}/{number}" for number in range(articles)]
        for number in range(articles):
            web.on(f"/{number}", Reply(body=article(name, number)), host=name)
        items = "".join(f"<item><title>x</title><link>{link}</link><guid>{link}</guid></item>" for link in links)
        rss = f"<rss version='2.0'><channel><title>{name}</title><link>http://{name}/</link>{items}</channel></rss>"
        web.on("/rss", Reply(headers=(("Content-Type", "application/rss+xml"),), body=rss.encode()), host=name)
        feeds.append(f"http://{name}/rss")
        urls += links
    return feeds, urls


class Deployment:
    """The commands of one deployment, each in a process group of its own."""

    def __init__(self, environ: Mapping[str, str], log: Path) -> None:
        self.environ = {**{k: v for k, v in os.environ.items() if not k.startswith("WIREDESK_")}, **environ}
        self.log = log
        self.running: list[subprocess.Popen[bytes]] = []

    def start(self, *arguments: str) -> subprocess.Popen[bytes]:
        """Start a command that stays."""
        with self.log.open("ab") as log:
            process = subprocess.Popen(
                [*WIREDESK, *arguments], cwd=ROOT, env=self.environ, stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                start_new_session=True,
            )  # fmt: skip
        self.running.append(process)
        return process

    def run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run a command to its end."""
        return subprocess.run(
            [*WIREDESK, *arguments], cwd=ROOT, env=self.environ, stdin=subprocess.DEVNULL, capture_output=True,
            text=True, timeout=120, check=False,
        )  # fmt: skip

    def kill(self, process: subprocess.Popen[bytes]) -> None:
        """kill -9 one process and nothing else."""
        process.kill()
        process.wait()
        self.running.remove(process)

    def stop(self) -> list[int]:
        """End everything as an operator would; returns the exit codes."""
        for process in self.running:
            process.send_signal(signal.SIGTERM)
        codes = [process.wait(timeout=60) for process in self.running]
        self.running.clear()
        return codes

    def clear(self) -> None:
        """End what a failed test left behind."""
        for process in self.running:
            process.kill()
            process.wait()


@contextmanager
def deployment(web: Web, redis_url: str, store_url: str, folder: Path) -> Iterator[Deployment]:
    """Yield a deployment that reaches the server's hosts, with short times."""
    found = Deployment(
        {
            "WIREDESK_REDIS_URL": redis_url,
            "WIREDESK_STORE_URL": store_url,
            "WIREDESK_DATA_DIR": str(folder / "data"),
            "WIREDESK_FETCH_HOSTS": f'{{"*.example" = "127.0.0.1:{web.port}"}}',
            "WIREDESK_FETCH_TOTAL_TIMEOUT_S": "3",
            "WIREDESK_POLITENESS_DELAY_S": "0.01",
            "WIREDESK_POLITENESS_RESPONSE_FACTOR": "0",
            "WIREDESK_QUEUE_LOST_AFTER_S": "2",
            "WIREDESK_RETRY_FIRST_DELAY_S": "0.2",
        },
        folder / "log",
    )
    try:
        yield found
    finally:
        found.clear()


def all_ended(store: Store, urls: int) -> bool:
    """Return whether so many URLs were accepted and all have ended."""
    counts = store.counts()
    return counts.waiting == 0 and sum(sum(reasons.values()) for reasons in counts.ended.values()) == urls
