"""An editor's and an operator's view of copies: shown, compared, corrected, and found again after Redis was lost."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import msgspec
import pytest

from pipeline.models import Page
from tests.pipeline.newsroom import FERRY, NOON, copy, original, page, unrelated

ROOT = Path(__file__).resolve().parents[2]


class Desk:
    """wiredesk in a folder of its own, with embedded services."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def __call__(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run a command."""
        return subprocess.run(
            [sys.executable, "-m", "workers", *arguments], cwd=self.folder, capture_output=True, text=True, timeout=120,
            env={"PATH": "/usr/bin:/bin", "PYTHONPATH": str(ROOT), "COLUMNS": "120"}, check=False,
        )  # fmt: skip

    def take_in(self, *pages: Page, partner: str | None = None) -> None:
        """Import pages, in this order."""
        path = self.folder / "pages.jsonl"
        path.write_text("".join(json.dumps({"url": p.url, "html": p.body.decode()}) + "\n" for p in pages))
        done = self("import", str(path), *(("--partner", partner) if partner else ()))
        assert done.returncode == 0, done.stderr

    def clusters(self) -> dict[str, str]:
        """Return the cluster of each record's URL."""
        records = [json.loads(line) for line in self("records").stdout.splitlines()]
        return {record["url"]: record["syndication"]["clusterId"] for record in records}


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    """An empty desk."""
    return Desk(tmp_path)


def third() -> Page:
    """Return a third paper's copy, cut to two paragraphs."""
    return page("https://www.ember.example/ferry", "Nobody at the wheel", FERRY[:3], site="The Ember")


def test_a_story_is_shown_with_its_evidence_and_passages(desk: Desk) -> None:
    """Members, roles, relation, coverage, evidence, and what they share side by side."""
    desk.take_in(original(), copy(), unrelated())
    shown = desk("copies", copy().url).stdout
    for part in ("2 members", "original", "copy", "verbatim", "notice:partner-archive", "The last ferry", "words)"):
        assert part in shown
    assert shown == desk("copies", original().url).stdout
    cluster = desk.clusters()[copy().url]
    assert shown == desk("copies", cluster).stdout
    assert "nothing in common" in desk("copies", copy().url, "--diff", unrelated().url).stdout


def test_a_correction_outlives_the_loss_of_redis(desk: Desk) -> None:
    """Split, lose Redis, rebuild, take in another copy: the two stay apart."""
    desk.take_in(original(), copy())
    assert desk("copies", "split", copy().url, original().url, "--note", "checked by phone").returncode == 0
    apart = desk.clusters()
    assert len(set(apart.values())) == 2
    shutil.rmtree(desk.folder / "wiredesk-data" / "redis")
    assert "2 records in the index" in desk("index", "rebuild").stdout
    desk.take_in(third())
    now = desk.clusters()
    assert now[copy().url] != now[original().url]
    assert desk("copies", "join", copy().url, original().url).returncode == 0
    assert len(set(desk.clusters().values())) == 1


def test_a_rebuilt_index_finds_what_the_lost_one_would_have(desk: Desk) -> None:
    """The clusters are as before, and a copy that comes later finds its story."""
    desk.take_in(original(), copy(), unrelated())
    before = desk.clusters()
    shutil.rmtree(desk.folder / "wiredesk-data" / "redis")
    assert desk("index", "rebuild").returncode == 0
    assert before == desk.clusters()
    desk.take_in(third())
    after = desk.clusters()
    assert after[third().url] == after[original().url] == after[copy().url]
    assert after[unrelated().url] not in {after[third().url]}


def test_a_partners_archive_is_found_years_later(desk: Desk) -> None:
    """The index forgets other articles in time, a named partner's never; also after a rebuild."""
    (desk.folder / "own").mkdir()
    (desk.folder / "own" / "partners.toml").write_text(
        '[[partner]]\nname = "The Beacon"\ndomains = ["beacon.example"]\n'
    )
    old = msgspec.structs.replace(original(), fetched_at=NOON.replace(year=2014))
    path = desk.folder / "archive.jsonl"
    path.write_text(
        json.dumps({"url": old.url, "html": old.body.decode(), "fetchedAt": old.fetched_at.isoformat()}) + "\n"
    )
    done = desk("--config", "own", "import", "--partner", "The Beacon", str(path))
    assert done.returncode == 0, done.stderr
    shutil.rmtree(desk.folder / "wiredesk-data" / "redis")
    assert "1 records in the index" in desk("--config", "own", "index", "rebuild").stdout
    desk.take_in(copy())
    assert len(set(desk.clusters().values())) == 1


def test_a_partner_that_nobody_knows_is_named(desk: Desk) -> None:
    """Before anything is read."""
    (desk.folder / "a.jsonl").write_text("")
    done = desk("import", "--partner", "The Nobody", "a.jsonl")
    assert (done.returncode, "no partner 'The Nobody'" in done.stderr) == (2, True)
