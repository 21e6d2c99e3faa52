"""The wheel, installed in a clean environment: every command works from it, away from the source."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from tests.pipeline.newsroom import copy, original

ROOT = Path(__file__).parent.parent


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The programs of an environment that holds the wheel, and this environment's packages in its dependencies' place."""
    folder = tmp_path_factory.mktemp("wheel")
    build = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(folder), str(ROOT)]
    subprocess.run(build, check=True, capture_output=True)
    subprocess.run([sys.executable, "-m", "venv", str(folder / "env")], check=True)
    (wheel,) = folder.glob("*.whl")
    site = next((folder / "env" / "lib").glob("python*/site-packages"))
    pip = [str(folder / "env" / "bin" / "python"), "-m", "pip", "install", "--quiet", "--no-deps", "--no-index"]
    subprocess.run([*pip, str(wheel)], check=True, capture_output=True)
    here = next(Path(path) for path in sys.path if path.endswith("site-packages"))
    others = folder / "others"
    others.mkdir()
    for entry in here.iterdir():
        if "wiredesk" not in entry.name:
            (others / entry.name).symlink_to(entry)
    (site / "others.pth").write_text(f"{others}\n")
    return folder / "env" / "bin"


def call(programs: Path, folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run the installed wiredesk in an empty folder with an empty HOME."""
    return subprocess.run(
        [str(programs / "python"), str(programs / "wiredesk"), *arguments], cwd=folder, capture_output=True, text=True,
        env={"PATH": "/usr/bin:/bin", "HOME": str(folder)}, timeout=120, check=False,
    )  # fmt: skip


def test_it_holds_the_defaults_and_no_tests(installed: Path) -> None:
    """Settings, partners, notices, migrations, scripts and the newsroom ship; tests and benchmarks do not."""
    site = next((installed.parent / "lib").glob("python*/site-packages"))
    files = {str(path.relative_to(site)) for path in site.rglob("*") if path.is_file()}
    assert {"pipeline/defaults/settings.toml", "pipeline/defaults/partners.toml", "pipeline/py.typed"} <= files
    assert {path.name for path in (ROOT / "config" / "notices").iterdir()} <= {Path(name).name for name in files}
    assert not [name for name in files if name.startswith(("tests/", "bench/", "config/"))]


def test_every_command_works_from_it(installed: Path, tmp_path: Path) -> None:
    """check, feeds, import, records, extract, trace, copies; run needs a newsroom and is shown by `make run`."""
    rows = [{"url": page.url, "html": page.body.decode()} for page in (copy(), original())]
    (tmp_path / "pages.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    (tmp_path / "page.html").write_bytes(original().body)
    for arguments, wanted in (
        (("--version",), tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"]),
        (("check", "--services"), "store     answers"),
        (("import", "pages.jsonl"), "imported  2 stored"),
        (("records",), '"schema":"wiredesk.record/1"'),
        (("extract", "page.html", "--url", original().url), "The last ferry of the evening"),
        (("trace", original().url), "stored: ok"),
        (("copies", original().url), "2 members"),
        (("index", "rebuild"), "2 records in the index"),
        (("feeds", "list"), ""),
        (("run", "--demo", "--workers", "1"), "(40 stored"),
    ):
        done = call(installed, tmp_path, *arguments)
        assert (done.returncode, wanted in done.stdout) == (0, True), f"{arguments}: {done.stdout}{done.stderr}"


def test_it_is_not_run_from_the_source(installed: Path, tmp_path: Path) -> None:
    """What the tests above see is the installed package."""
    code = "import pipeline, workers; print(pipeline.__file__, workers.__file__)"
    shown = subprocess.run(
        [str(installed / "python"), "-c", code], cwd=tmp_path, capture_output=True, text=True, check=True,
        env={k: v for k, v in os.environ.items() if k != "PYTHONPATH"},
    ).stdout  # fmt: skip
    assert str(ROOT) not in shown
