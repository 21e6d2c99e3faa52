"""`wiredesk run --demo`, once, from end to end: the records are held to the newsroom's texts and to expected.toml."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from pipeline.storage import open_store
from pipeline.urls import url_key
from tests.workers.demo.test_content import EXPECTED, STORIES, words_of
from tests.workers.processes import ROOT
from workers.demo.content import Publisher, Story
from workers.demo.feeds import address

Record = Mapping[str, Any]

STORED = [(p, s) for p, s in STORIES if EXPECTED["endings"][address(p, s)] == "stored"]


@pytest.fixture(scope="module")
def data_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder in which the demo has run."""
    path = tmp_path_factory.mktemp("demo")
    done = wiredesk(path, "run", "--demo", "--workers", "2")
    assert done.returncode == 0, done.stderr
    return path


@pytest.fixture(scope="module")
def records(data_dir: Path) -> dict[str, Record]:
    """What `wiredesk records` prints, by URL."""
    lines = wiredesk(data_dir, "records", "--format", "jsonl").stdout.splitlines()
    return {record["url"]: record for record in map(json.loads, lines)}


def wiredesk(data_dir: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run a command to its end."""
    environ = {name: value for name, value in os.environ.items() if not name.startswith("WIREDESK_")}
    return subprocess.run(
        [sys.executable, "-m", "workers", *arguments],
        env={**environ, "WIREDESK_DATA_DIR": str(data_dir)},
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=180,
        check=False,
    )


def test_every_url_ends_as_expected(data_dir: Path) -> None:
    """Stored, gone or refused: each of the forty, and no other."""
    store = open_store(f"sqlite:///{data_dir / 'wiredesk.db'}")
    try:
        outcomes = store.end_of([url_key(url) for url in EXPECTED["endings"]])
    finally:
        store.close()
    endings = {url: outcomes[url_key(url)].ending.value for url in EXPECTED["endings"]}
    assert endings == EXPECTED["endings"]


def test_every_stored_page_has_its_record(records: dict[str, Record]) -> None:
    """Under the URL that it has in the end."""
    assert set(records) == {publisher.root + story.path for publisher, story in STORED}


def test_clusters_are_as_expected(records: dict[str, Record]) -> None:
    """Copies with their originals, and nobody else with anybody."""
    clusters: dict[str, set[str]] = {}
    for url, record in records.items():
        clusters.setdefault(record["syndication"]["clusterId"], set()).add(url)
    shared = {frozenset(urls) for urls in clusters.values() if len(urls) > 1}
    assert shared == {frozenset((c["original"], *(copy["url"] for copy in c["copies"]))) for c in EXPECTED["cluster"]}


@pytest.mark.parametrize("cluster", EXPECTED["cluster"], ids=lambda cluster: cluster["original"].rpartition("/")[2])
def test_originals_are_as_expected(records: dict[str, Record], cluster: dict[str, Any]) -> None:
    """Each copy names the original, its relation to it, and the kind of notice that it runs under."""
    assert records[cluster["original"]]["syndication"]["role"] == "original"
    for copy in cluster["copies"]:
        record = records[copy["url"]]
        said = record["syndication"]
        assert ("copy", cluster["original"]) == (said["role"], said["original"]["url"])
        assert copy.get("relation", said["relation"]) == said["relation"]
        assert copy.get("notice") in {None, *(notice["kind"] for notice in record["notices"])}


@pytest.mark.parametrize(("publisher", "story"), STORED, ids=[f"{p.host}{s.path}" for p, s in STORED])
def test_a_record_holds_the_story(records: dict[str, Record], publisher: Publisher, story: Story) -> None:
    """Its headline, nearly all of its words and few others, its authors."""
    record = records[publisher.root + story.path]
    assert record["headline"] == story.headline
    told, printed = Counter(words_of(story)), Counter(re.findall(r"\w+", record["articleBody"].lower()))
    assert (told - printed).total() <= 2
    assert (printed - told).total() <= 20
    assert not story.authors or [author["name"] for author in record["authors"]] == list(story.authors)


def test_the_update_is_marked(records: dict[str, Record]) -> None:
    """The part under "Original Post" has its place in both pages that hold it."""
    for cluster in EXPECTED["cluster"]:
        for url in (cluster["original"], *(copy["url"] for copy in cluster["copies"])):
            assert [update["label"] for update in records[url]["updates"]] == cluster.get("updates", [])


def test_a_second_run_doubles_nothing(data_dir: Path, records: dict[str, Record]) -> None:
    """The same newsroom again: the same records."""
    assert wiredesk(data_dir, "run", "--demo").returncode == 0
    lines = wiredesk(data_dir, "records", "--format", "jsonl").stdout.splitlines()
    assert {record["uri"]: record["version"] for record in map(json.loads, lines)} == {
        record["uri"]: record["version"] for record in records.values()
    }
