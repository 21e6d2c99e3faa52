"""The guarded child: real processes, hostile tasks, limits that hold."""

from __future__ import annotations

import json
import os
import resource
import signal
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path

import pytest

from pipeline.errors import FeedUnreadable, NeverAgain, NotAnArticle, ServiceError, TryLater
from pipeline.policies import ExtractPolicy
from tests.workers.processes import end, eventually, runs, start_python
from workers.guard.guard import MAX_GROWTH_MIB, Guard, GuardKilled, TaskBug

LIMITS = ExtractPolicy(cpu_limit_s=1.0, wall_limit_s=10.0, memory_limit_mib=512)
TASKS = "tests.workers.guard.guard_tasks:tasks"

on_linux = pytest.mark.skipif(sys.platform != "linux", reason="the address space is limited on Linux alone")


@pytest.fixture(scope="module")
def guard() -> Iterator[Guard]:
    """A guard whose tasks are the hostile ones; each test leaves it able to work."""
    made = Guard(TASKS, b"hello", LIMITS)
    yield made
    made.close()


def test_a_task_gets_its_bytes_and_the_settings(guard: Guard) -> None:
    """The init function's payload and the call's reach the task, its bytes come back."""
    assert guard.call("greet", b"you") == b"hello you"


def test_pages_of_20_megabytes_pass(guard: Guard) -> None:
    """Both ways, unharmed."""
    page = os.urandom(20_000_000)
    assert page[::-1] == guard.call("reverse", page)


def test_a_child_is_kept_for_many_tasks(guard: Guard) -> None:
    """No process is made for a single task."""
    assert len({guard.call("pid", b"") for _ in range(20)}) == 1


@pytest.mark.parametrize(
    ("name", "kind", "words"),
    [
        (b"try-later", TryLater, ("busy", "come back")),
        (b"never-again", NeverAgain, ("http_410", "gone")),
        (b"not-article", NotAnArticle, ("no_text", "a list of links")),
        (b"feed-unreadable", FeedUnreadable, ("feed_is_html", "a page")),
    ],
)
def test_our_own_errors_come_back_as_themselves(
    guard: Guard, name: bytes, kind: type[TryLater], words: tuple[str, str]
) -> None:
    """With their kind, reason and detail."""
    with pytest.raises(kind) as caught:
        guard.call("raise", name)
    assert kind is caught.type
    assert words == (caught.value.reason, caught.value.detail)


def test_try_later_keeps_its_time_and_whether_it_counts(guard: Guard) -> None:
    """What a server asked for survives the pipe."""
    with pytest.raises(TryLater) as caught:
        guard.call("raise", b"try-later")
    assert (datetime(2030, 1, 2, tzinfo=UTC), False) == (caught.value.not_before, caught.value.counts)


def test_any_other_exception_is_a_bug_with_its_traceback(guard: Guard) -> None:
    """The text names the exception and the line in the child."""
    with pytest.raises(TaskBug, match=r"(?s)KeyError in the guarded child.*guard_tasks\.py.*KeyError: 'where'"):
        guard.call("raise", b"bug")
    with pytest.raises(TaskBug, match="KeyError: 'no such task'"):
        guard.call("no such task", b"")


@pytest.mark.parametrize(
    ("task", "reason", "words"),
    [
        ("spin", "parse_timeout", "more than 1 s of CPU"),
        pytest.param("eat", "parse_memory", "memory", marks=on_linux),
        pytest.param("eat_and_shrug", "parse_memory", "memory", marks=on_linux),
        ("segfault", "parse_crash", "SIGSEGV|SIGBUS"),
        ("die", "parse_crash", "SIGKILL"),
        ("exit", "parse_crash", "exit code 3"),
    ],
)
def test_a_task_that_breaks_out_is_ended_with_its_reason(guard: Guard, task: str, reason: str, words: str) -> None:
    """Loops, memory, crashes and exits each give their reason; the next task finds a child at once."""
    with pytest.raises(GuardKilled, match=words) as caught:
        guard.call(task, b"")
    assert (reason, True) == (caught.value.reason, caught.value.counts)
    begun = time.monotonic()
    assert guard.call("greet", b"again") == b"hello again"
    assert time.monotonic() - begun < 1.0


def test_a_task_that_sleeps_is_ended_by_the_clock(guard: Guard) -> None:
    """The wall limit of the call holds where no CPU is used."""
    begun = time.monotonic()
    with pytest.raises(GuardKilled, match=r"sleep took longer than 0\.2 s") as caught:
        guard.call("sleep", b"30", wall_s=0.2)
    assert caught.value.reason == "parse_timeout"
    assert time.monotonic() - begun < 2.0


def test_cpu_is_counted_for_each_task_alone() -> None:
    """Many small tasks together may use more than the limit of one."""
    guard = Guard(TASKS, b"", ExtractPolicy(cpu_limit_s=1.0, wall_limit_s=10.0))
    try:
        pid = guard.call("pid", b"")
        for _ in range(6):
            guard.call("work", b"0.4")
        assert pid == guard.call("pid", b"")
    finally:
        guard.close()


@on_linux
def test_a_child_that_has_grown_is_replaced(guard: Guard) -> None:
    """What parsers never give back goes with the process."""
    first = guard.call("grow", str(MAX_GROWTH_MIB + 16).encode())
    assert first != guard.call("pid", b"")


def test_a_child_killed_between_two_tasks_is_not_noticed(guard: Guard) -> None:
    """The next call gets a new one."""
    pid = int(guard.call("pid", b""))
    os.kill(pid, signal.SIGKILL)
    assert eventually(lambda: not runs(pid))
    assert guard.call("greet", b"you") == b"hello you"


def test_a_fork_server_killed_between_two_tasks_is_not_noticed(guard: Guard) -> None:
    """The next call starts everything anew."""
    child, server = (int(pid) for pid in guard.call("parents", b"").split())
    os.kill(server, signal.SIGKILL)
    assert eventually(lambda: not runs(server))
    assert guard.call("greet", b"you") == b"hello you"
    assert eventually(lambda: not runs(child))


def test_a_fork_server_killed_in_a_task_is_a_crash_of_that_task(guard: Guard) -> None:
    """The caller gets an error that counts, the next one a new child."""
    _, server = (int(pid) for pid in guard.call("parents", b"").split())
    threading.Timer(0.2, os.kill, (server, signal.SIGKILL)).start()
    with pytest.raises(GuardKilled) as caught:
        guard.call("sleep", b"5", wall_s=3.0)
    assert caught.value.reason in {"parse_crash", "parse_timeout"}
    assert guard.call("greet", b"you") == b"hello you"


def test_64_threads_are_served_in_the_order_of_their_coming(guard: Guard) -> None:
    """Nobody is passed over, however many call at once."""
    with ThreadPoolExecutor(64) as pool:
        answers = list(pool.map(lambda n: guard.call("greet", str(n).encode()), range(640)))
    assert [f"hello {n}".encode() for n in range(640)] == answers


def test_no_secret_reaches_the_child(monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither addresses nor tokens of the worker's environment are in the child's."""
    monkeypatch.setenv("WIREDESK_STORE_URL", "postgresql://desk:hunter2@db/desk")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "hunter2")
    guard = Guard(TASKS, b"", LIMITS)
    try:
        environment = json.loads(guard.call("environment", b""))
    finally:
        guard.close()
    assert "hunter2" not in json.dumps(environment)
    assert "PATH" in environment


def test_an_init_function_that_fails_stops_the_start() -> None:
    """Its traceback is in the error."""
    guard = Guard("tests.workers.guard.guard_tasks:broken", b"", LIMITS)
    with pytest.raises(ServiceError, match=r"(?s)guard_tasks:broken failed.*no such rules"):
        guard.warm()


def test_close_ends_all_processes() -> None:
    """Neither the child nor the fork server is left; a later call starts them again."""
    guard = Guard(TASKS, b"hello", LIMITS)
    pids = [int(pid) for pid in guard.call("parents", b"").split()]
    guard.close()
    assert eventually(lambda: not any(runs(pid) for pid in pids))
    assert guard.call("greet", b"you") == b"hello you"
    guard.close()


PARENT = """
import sys
from pipeline.policies import ExtractPolicy
from workers.guard.guard import Guard
guard = Guard("tests.workers.guard.guard_tasks:tasks", b"", ExtractPolicy(cpu_limit_s=60, wall_limit_s=60))
print(*guard.call("parents", b"").decode().split(), flush=True)
guard.call("touch", sys.argv[1].encode())
"""


def test_the_child_dies_with_the_worker_in_the_middle_of_a_task(tmp_path: Path) -> None:
    """After kill -9 of the worker neither a spinning child nor the fork server goes on."""
    mark = tmp_path / "mark"
    worker = start_python(PARENT, str(mark))
    assert worker.stdout is not None
    pids = [int(pid) for pid in worker.stdout.readline().split()]
    assert eventually(mark.exists)
    end(worker)
    assert eventually(lambda: not any(runs(pid) for pid in pids), 3.0)


def test_the_terminal_s_ctrl_c_does_not_reach_the_child(guard: Guard) -> None:
    """A worker that drains still needs it."""
    for pid in guard.call("parents", b"").split():
        os.kill(int(pid), signal.SIGINT)
        os.kill(int(pid), signal.SIGTERM)
    assert guard.call("greet", b"you") == b"hello you"


def test_the_worker_itself_has_no_limits(guard: Guard) -> None:
    """Limits are set in the child alone."""
    guard.warm()
    assert resource.getrlimit(resource.RLIMIT_CPU)[0] == resource.RLIM_INFINITY
