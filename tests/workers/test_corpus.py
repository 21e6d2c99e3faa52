"""Real pages: imported from files, and served on loopback behind feeds; the records are the same."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from pipeline.storage import open_store
from tests.services.web import Reply, Web
from tests.workers.deployment import all_ended, deployment
from tests.workers.processes import eventually


def pages(corpus: Path) -> dict[str, Path]:
    """Return the pages of both sets by an address below .example."""
    found = {}
    for name in ("articles", "news"):
        with gzip.open(corpus / name / "gold.jsonl.gz", "rt", encoding="utf-8") as lines:
            for line in lines:
                row = json.loads(line)
                host = urlsplit(row["url"]).hostname
                found[f"http://{host}.example/{name}/{Path(row['page']).name}"] = corpus / name / row["page"]
    return found


@pytest.mark.timeout(600)
def test_real_pages_come_out_the_same_by_file_and_by_feed(
    corpus: Path, tmp_path: Path, web: Web, redis_url: str
) -> None:
    """Each gives a record, and two workers that fetch them store the same bodies as an import."""
    found = pages(corpus)
    rows = tmp_path / "pages.jsonl"
    rows.write_text("".join(json.dumps({"url": u, "htmlPath": str(p)}) + "\n" for u, p in found.items()))
    for url, path in found.items():
        parts = urlsplit(url)
        web.on(
            parts.path,
            Reply(body=gzip.decompress(path.read_bytes()), headers=(("Content-Type", "text/html"),)),
            host=parts.hostname,
        )
    items = "".join(f"<item><link>{url}</link><guid>{url}</guid></item>" for url in found)
    feed = f"<rss version='2.0'><channel><title>All</title><link>http://a.example/</link>{items}</channel></rss>"
    web.on("/rss", Reply(headers=(("Content-Type", "application/rss+xml"),), body=feed.encode()), host="a.example")

    bodies = {}
    for way in ("import", "feed"):
        store_url = f"sqlite:///{tmp_path / way}.db"
        with deployment(web, redis_url, store_url, tmp_path) as desk:
            store = open_store(store_url)
            if way == "import":
                done = desk.run("import", "--jobs", "2", str(rows))
                assert done.returncode == 0, done.stderr
            else:
                desk.run("feeds", "add", "http://a.example/rss")
                desk.start("schedule")
                desk.start("work", "-n", "2")
                assert eventually(lambda: all_ended(store, len(found)), 400), desk.log.read_text()[-2000:]  # noqa: B023
            bodies[way] = {record.url: record.article_body for record in store.changes(limit=10_000)}
            store.close()
    assert set(found) == set(bodies["import"])
    assert bodies["import"] == bodies["feed"]
