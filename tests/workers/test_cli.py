"""The command line as its users meet it: a process, its exit code, and one line that says what is wrong."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.pipeline.newsroom import copy, original
from workers.cli import COMMANDS

ROOT = Path(__file__).resolve().parents[2]

Wiredesk = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def wiredesk(tmp_path: Path) -> Wiredesk:
    """Run wiredesk in an empty folder, with an environment that holds nothing but what is given."""

    def run(*arguments: str, stdin: str = "", **environ: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-W", "error::ResourceWarning", "-m", "workers", *arguments],
            cwd=tmp_path, env={"PATH": "/usr/bin:/bin", "PYTHONPATH": str(ROOT), **environ}, input=stdin, capture_output=True,
            text=True, timeout=60, check=False,
        )  # fmt: skip

    return run


def write_pages(folder: Path) -> Path:
    """Return an archive of two pages, copy first."""
    path = folder / "pages.jsonl"
    rows = [{"url": page.url, "html": page.body.decode()} for page in (copy(), original())]
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return path


def test_help_is_a_map(wiredesk: Wiredesk) -> None:
    """Every command with a line of its own, in the order of the data."""
    shown = wiredesk("--help")
    names = [
        line.split()[0] for line in shown.stdout.splitlines() if line.startswith("  ") and line.split()[0] in COMMANDS
    ]
    assert shown.returncode == 0
    assert names[: len(COMMANDS)] == list(COMMANDS)


@pytest.mark.parametrize("command", sorted(COMMANDS))
def test_every_command_has_help(command: str, wiredesk: Wiredesk) -> None:
    """That starts with how to call it."""
    shown = wiredesk(command, "--help")
    assert (shown.returncode, shown.stdout.split()[:2]) == (0, ["Usage:", "wiredesk"])


def test_printing_records_loads_nothing_that_fetches_or_parses() -> None:
    """So the command line answers at once; what another command needs is loaded when that is called."""
    asked = "import sys; from workers.cli import cli; cli(['records', '--help'], standalone_mode=False); print(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", asked], capture_output=True, text=True, check=True).stdout.split()
    heavy = {"trafilatura", "feedparser", "lxml", "urllib3", "redis", "rq", "sqlalchemy", "structlog"}
    assert heavy & set(loaded) == set()


def test_a_command_that_is_none_is_named(wiredesk: Wiredesk) -> None:
    """With exit code 2."""
    said = wiredesk("recrods")
    assert (said.returncode, "recrods" in said.stderr) == (2, True)


def test_import_records_trace(tmp_path: Path, wiredesk: Wiredesk) -> None:
    """What goes in comes out, with its way."""
    done = wiredesk("import", str(write_pages(tmp_path)))
    assert done.returncode == 0, done.stderr
    assert "imported  2 stored" in done.stdout
    records = [json.loads(line) for line in wiredesk("records").stdout.splitlines()]
    assert {"copy", "original"} == {record["syndication"]["role"] for record in records}
    assert [record["seq"] for record in records] == sorted(record["seq"] for record in records)
    since = str(records[0]["seq"])
    assert len(wiredesk("records", "--since", since).stdout.splitlines()) == 1
    assert "stored: ok" in wiredesk("trace", original().url).stdout
    assert "2 there" in wiredesk("import", str(tmp_path / "pages.jsonl")).stdout


def test_import_in_two_processes(tmp_path: Path, wiredesk: Wiredesk) -> None:
    """Gives the same roles."""
    assert wiredesk("import", "--jobs", "2", str(write_pages(tmp_path))).returncode == 0
    roles = {json.loads(line)["syndication"]["role"] for line in wiredesk("records").stdout.splitlines()}
    assert roles == {"copy", "original"}


def test_a_bad_row_is_named_and_the_rest_goes_on(tmp_path: Path, wiredesk: Wiredesk) -> None:
    """With file, line and what is wrong."""
    path = write_pages(tmp_path)
    path.write_text("{}\n" + path.read_text() + "{}\n" * 9)
    done = wiredesk("import", str(path))
    assert (done.returncode, "imported  10 bad, 2 stored" in done.stdout) == (0, True)
    assert "pages.jsonl: 100%, 10 bad, 2 stored" in done.stderr
    assert f"{path}:1: Object missing required field `url`" in done.stderr


def test_extract_prints_without_storing(tmp_path: Path, wiredesk: Wiredesk) -> None:
    """From a file and from standard input."""
    page = tmp_path / "page.html"
    page.write_bytes(original().body)
    by_file = json.loads(wiredesk("extract", str(page), "--url", original().url).stdout)
    by_pipe = json.loads(wiredesk("extract", "-", "--url", original().url, stdin=original().body.decode()).stdout)
    assert by_file["articleBody"] == by_pipe["articleBody"]
    assert by_file["url"] == original().url
    assert not (tmp_path / "wiredesk-data").exists()


@pytest.mark.parametrize(
    ("arguments", "environ", "code", "message"),
    [
        (["records", "--since", "x"], {}, 2, "'x' is not a valid integer"),
        (["nonsense"], {}, 2, "No such command 'nonsense'"),
        (["run"], {}, 2, "no feeds: name an URL or a file of feeds"),
        (["run", "nowhere.opml"], {}, 2, "nowhere.opml: neither an URL"),
        (["run", "ftp://paper.example/rss"], {}, 2, "ftp://paper.example/rss"),
        (["extract", "ftp://paper.example/rss"], {}, 2, "ftp://paper.example/rss"),
        (["import", "nowhere.jsonl"], {}, 2, "'nowhere.jsonl' does not exist"),
        (["extract", "nowhere.html"], {}, 2, "nowhere.html: No such file"),
        (["trace", "https://paper.example/x"], {}, 1, "https://paper.example/x: never accepted"),
        (["records", "--url", "https://paper.example/x"], {}, 1, "https://paper.example/x: no record"),
        (["feeds", "remove", "https://paper.example/rss"], {}, 1, "no such feed: https://paper.example/rss"),
        (["check", "--services"], {"WIREDESK_REDIS_URL": "redis://127.0.0.1:1/0"}, 3, "127.0.0.1:1"),
        (["schedule"], {"WIREDESK_REDIS_URL": "redis://u:secret@127.0.0.1:1/0"}, 3, "Redis at redis://***@127.0.0.1:1/0"),
        (["work"], {"WIREDESK_REDIS_URL": "redis://127.0.0.1:1/0"}, 3, "127.0.0.1:1"),
        (["records"], {"WIREDESK_STORE_URL": "sqlite:////proc/nowhere/x.db"}, 3, "/proc/nowhere"),
        (["records"], {"WIREDESK_STORE_URL": "postgresql://u:secret@127.0.0.1:1/x"}, 3, "127.0.0.1:1"),
        (["records"], {"WIREDESK_STORE_URL": "mysql://x/y"}, 2, "mysql"),
        (["records"], {"WIREDESK_DATA_DIR": "/proc/nowhere"}, 2, "data_dir: /proc/nowhere cannot be written"),
        (["check"], {"WIREDESK_STORE_URL": "mysql://x/y"}, 2, "mysql:// is no store"),
        (["check"], {"WIREDESK_REDIS_URL": "http://u:secret@x"}, 2, "'http://***@x' is no address of a Redis"),
        (["check"], {"WIREDESK_CONFIG": "nowhere"}, 2, "nowhere: no such folder"),
        (["check"], {"WIREDESK_FETCH_TIMEOUT": "3"}, 2, "WIREDESK_FETCH_TIMEOUT: unknown variable"),
        (["check"], {"WIREDESK_FETCH_ALLOW_NETWORKS": "10.0.0.0/99"}, 2, "10.0.0.0/99"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said_in_a_line(
    arguments: list[str], environ: dict[str, str], code: int, message: str, wiredesk: Wiredesk
) -> None:
    """The thing is named, the exit code tells the kind, no password and no traceback is shown."""
    done = wiredesk(*arguments, **environ)
    assert (done.returncode, message in done.stderr) == (code, True), done.stderr
    assert "Traceback" not in done.stderr + done.stdout
    assert "secret" not in done.stderr + done.stdout


def test_a_file_that_is_no_database_is_left_alone(tmp_path: Path, wiredesk: Wiredesk) -> None:
    """And named."""
    path = tmp_path / "notes.txt"
    path.write_text("Buy milk. " * 100)
    done = wiredesk("records", WIREDESK_STORE_URL=f"sqlite:///{path}")
    assert (done.returncode, str(path) in done.stderr) == (3, True)
    assert path.read_text() == "Buy milk. " * 100


def test_a_pipe_that_closes_is_no_error(tmp_path: Path, wiredesk: Wiredesk) -> None:
    """`wiredesk records | head -1` ends in silence."""
    wiredesk("import", str(write_pages(tmp_path)))
    command = f"{sys.executable} -m workers records | head -c 1"
    done = subprocess.run(
        ["bash", "-o", "pipefail", "-c", command], cwd=tmp_path, env={"PATH": "/usr/bin:/bin", "PYTHONPATH": str(ROOT)},
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert (0, "", "{") == (done.returncode, done.stderr, done.stdout)


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="the system has no /dev/full")
@pytest.mark.parametrize("form", ["jsonl", "table"])
def test_a_full_disk_is_said_in_a_line(form: str, tmp_path: Path, wiredesk: Wiredesk) -> None:
    """An output that cannot be written ends with exit code 1, without a traceback."""
    wiredesk("import", str(write_pages(tmp_path)))
    command = [sys.executable, "-m", "workers", "records", "--format", form]
    with Path("/dev/full").open("w", encoding="utf-8") as full:
        done = subprocess.run(
            command, cwd=tmp_path, env={"PATH": "/usr/bin:/bin", "PYTHONPATH": str(ROOT)}, stdout=full,
            stderr=subprocess.PIPE, text=True, check=False,
        )  # fmt: skip
    assert (done.returncode, done.stderr) == (1, "wiredesk: output: No space left on device\n")


def test_no_network_ends_with_the_reason(wiredesk: Wiredesk) -> None:
    """The feed is named, its reason too, and the exit code is not 0."""
    done = wiredesk("run", "--once", "--workers", "1", "https://paper.invalid/rss")
    assert done.returncode == 1, done.stderr
    assert "https://paper.invalid/rss" in done.stdout
    assert "dns" in done.stdout


def test_feeds_come_and_go(tmp_path: Path, wiredesk: Wiredesk) -> None:
    """Added, exported as OPML, removed, imported again."""
    url = "https://paper.example/rss"
    assert "1 of 1 new" in wiredesk("feeds", "add", url, "--group", "north").stdout
    wiredesk("feeds", "export", "feeds.opml")
    assert wiredesk("feeds", "remove", url).returncode == 0
    assert "1 of 1 new" in wiredesk("feeds", "import", "feeds.opml").stdout
    assert url in wiredesk("feeds", "list").stdout
    assert wiredesk("feeds", "explain", url).returncode == 0


def test_a_full_disk_ends_a_run_with_the_reason(tmp_path: Path) -> None:
    """The cause is on the terminal, not in the log alone; nothing that was stored is lost."""
    command = f"ulimit -f 400; exec {sys.executable} -m workers run --demo --workers 1"
    done = subprocess.run(
        ["bash", "-c", command], cwd=tmp_path, capture_output=True, text=True, timeout=150, check=False,
        env={"PATH": "/usr/bin:/bin", "PYTHONPATH": str(ROOT)},
    )  # fmt: skip
    assert (done.returncode, "full" in done.stderr) == (3, True), done.stderr
    assert "Traceback" not in done.stderr
