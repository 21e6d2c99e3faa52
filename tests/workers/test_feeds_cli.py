"""wiredesk feeds list, explain, pause, resume and poll, against a real store."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from msgspec.structs import replace

from pipeline.models import Feed, FeedState, PollNote
from pipeline.storage import open_store
from pipeline.storage.base import Store
from workers.cli import cli
from workers.clock import utc_now

FEED = "http://beacon.example/rss"

Wiredesk = Callable[..., Result]


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """A store with one feed."""
    found = open_store(f"sqlite:///{tmp_path / 'desk.db'}")
    found.add_feeds([Feed(url=FEED)], utc_now())
    yield found
    found.close()


@pytest.fixture
def wiredesk(tmp_path: Path) -> Wiredesk:
    """Run a command of `wiredesk feeds` on that store."""

    def run(*arguments: str) -> Result:
        environ = {"WIREDESK_STORE_URL": f"sqlite:///{tmp_path / 'desk.db'}"}
        return CliRunner().invoke(cli, ["feeds", *arguments], env=environ)

    return run


def set_state(store: Store, **changes: object) -> FeedState:
    """Change what is known of the feed."""
    state = store.change_feed(FEED, lambda state: replace(state, **changes))
    assert state is not None
    return state


def healthy(store: Store) -> FeedState:
    """A feed that was polled well ten minutes ago and brings an entry an hour."""
    now = utc_now()
    return set_state(
        store,
        last_poll_at=now - timedelta(minutes=10),
        last_success_at=now - timedelta(minutes=10),
        next_poll_at=now + timedelta(minutes=20),
        interval_s=1_800.0,
        interval_why=("every 30 min: its own pace, an entry every 1 h", "not decisive: its <ttl> asks for 10 min"),
        recent_times=tuple(now - timedelta(hours=hours) for hours in range(1, 20)),
        history=(PollNote(at=now - timedelta(minutes=10), result="ok", status=200, entries=20, new_entries=1),),
    )


def test_a_healthy_feed_is_listed_and_not_broken(store: Store, wiredesk: Wiredesk) -> None:
    """In one line of plain words."""
    healthy(store)
    assert "ok, polled 10 min" in wiredesk("list").output
    assert wiredesk("list", "--broken").output == ""


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"failing_since": utc_now() - timedelta(hours=5), "failures": 2.0}, "failing for 5 h"),
        ({"muted": "the server said 410 Gone twice"}, "not polled: the server said 410 Gone twice"),
        ({"collides_with": "http://beacon.example/atom"}, "moved onto the feed http://beacon.example/atom"),
        ({"recent_times": tuple(utc_now() - timedelta(days=20, hours=hours) for hours in range(20))}, "quiet for 20 d"),
    ],
)  # fmt: skip
def test_what_needs_a_look_is_broken(changes: dict[str, object], words: str, store: Store, wiredesk: Wiredesk) -> None:
    """A feed that fails, is gone, moved onto another, or fell silent; each is said."""
    healthy(store)
    set_state(store, **changes)
    assert words in wiredesk("list", "--broken").output


def test_a_paused_feed_is_not_broken(store: Store, wiredesk: Wiredesk) -> None:
    """Its operator knows."""
    healthy(store)
    wiredesk("pause", FEED)
    assert wiredesk("list", "--broken").output == ""
    assert "not polled: paused by the operator" in wiredesk("list").output


def test_explain_prints_inputs_winner_next_time_and_last_polls(store: Store, wiredesk: Wiredesk) -> None:
    """Each on a line, the winner before the others."""
    state = healthy(store)
    lines = [line.strip() for line in wiredesk("explain", FEED).output.splitlines()]
    at = lines.index(state.interval_why[0])
    assert lines[at + 1] == state.interval_why[1]
    assert lines[at - 1].startswith(f"next poll: {state.next_poll_at:%Y-%m-%d %H:%M:%S} UTC")
    assert lines[-1].endswith("ok: 20 entries, 1 new")


def test_poll_makes_a_feed_due(store: Store, wiredesk: Wiredesk) -> None:
    """Now; a paused one stays paused and says how to change that."""
    healthy(store)
    assert store.assign_polls("before", utc_now(), 10) == 0
    assert wiredesk("poll", FEED).exit_code == 0
    assert store.assign_polls("after", utc_now(), 10) == 1
    wiredesk("pause", FEED)
    refused = wiredesk("poll", FEED)
    assert (refused.exit_code, "wiredesk feeds resume" in refused.output) == (1, True)
    assert store.assign_polls("paused", utc_now(), 10) == 0
    wiredesk("resume", FEED)
    assert store.assign_polls("resumed", utc_now(), 10) == 1


def test_resume_trusts_validators_again(store: Store, wiredesk: Wiredesk) -> None:
    """That they lied, and until when they are left out, is said until then."""
    healthy(store)
    set_state(store, etag='"a"', validators_lied_at=utc_now() - timedelta(days=9, hours=23, minutes=30))
    assert "asked without validators, which have lied" in wiredesk("list").output
    assert "conditional requests: off" in wiredesk("explain", FEED).output
    assert "tried again in 20 d" in wiredesk("explain", FEED).output
    assert wiredesk("resume", FEED).exit_code == 0
    assert "validators" not in wiredesk("list").output
    assert "conditional requests: by ETag" in wiredesk("explain", FEED).output
    assert store.assign_polls("resumed", utc_now(), 10) == 1


@pytest.mark.parametrize("command", ["explain", "pause", "resume", "poll", "remove"])
def test_a_feed_that_is_not_there_is_named(command: str, store: Store, wiredesk: Wiredesk) -> None:
    """With exit code 1."""
    done = wiredesk(command, "http://lantern.example/rss")
    assert (done.exit_code, "http://lantern.example/rss" in done.output) == (1, True)


def test_import_reads_standard_input(store: Store, tmp_path: Path) -> None:
    """`feeds import -` takes a list or OPML from a pipe."""
    environ = {"WIREDESK_STORE_URL": f"sqlite:///{tmp_path / 'desk.db'}"}
    result = CliRunner().invoke(cli, ["feeds", "import", "-"], env=environ, input="http://lantern.example/rss\n")
    assert (result.exit_code, result.output) == (0, "1 of 1 new\n")
    assert store.feed("http://lantern.example/rss")


def test_a_feed_named_by_its_url_alone_keeps_its_title(store: Store, wiredesk: Wiredesk, tmp_path: Path) -> None:
    """To name a feed again takes nothing away; a file that gives a title changes it."""
    store.add_feeds([Feed(url=FEED, title="The Beacon", groups=("coast",))], utc_now())
    assert wiredesk("add", "--no-check", FEED).output == "0 of 1 new\n"
    known = store.feed(FEED)
    assert known
    assert (known.feed.title, known.feed.groups) == ("The Beacon", ("coast",))
    file = tmp_path / "feeds.toml"
    file.write_text(f'[[feed]]\nurl = "{FEED}"\ntitle = "Beacon"\n', encoding="utf-8")
    wiredesk("import", str(file))
    known = store.feed(FEED)
    assert known
    assert known.feed.title == "Beacon"


def test_export_says_what_cannot_be_written(store: Store, wiredesk: Wiredesk, tmp_path: Path) -> None:
    """A folder that is not there ends in one line, without a traceback."""
    result = wiredesk("export", str(tmp_path / "nowhere" / "feeds.opml"))
    assert result.exit_code == 1
    assert "feeds.opml: cannot be written: No such file or directory" in result.output
