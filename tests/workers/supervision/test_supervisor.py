"""The supervisor: real processes that die, hang and drain."""

from __future__ import annotations

import os
import signal
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.workers.processes import end, eventually, runs, start_python
from workers.supervision.supervisor import Supervisor

#: Drains at the first signal, and notes its id in a directory when it is ready.
OBEDIENT = """
import os, pathlib, sys, threading
from workers.supervision.supervised import obey_supervisor
stop = threading.Event()
obey_supervisor(stop.set)
pathlib.Path(sys.argv[1], str(os.getpid())).touch()
while not stop.wait(0.05): pass
"""
DEAF = """
import os, pathlib, signal, sys, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
pathlib.Path(sys.argv[1], str(os.getpid())).touch()
time.sleep(60)
"""

Make = Callable[..., Supervisor]


def test_a_worker_that_cannot_be_started_is_tried_again(tmp_path: Path) -> None:
    """As without memory or descriptors for it: the supervisor goes on, and starts it when it can."""
    program = tmp_path / "worker"
    supervisor = Supervisor([str(program)], 1)
    supervisor.start()
    try:
        assert supervisor.pids() == ()
        program.write_text(f"#!{sys.executable}\nimport time\ntime.sleep(60)\n")
        program.chmod(0o700)
        assert eventually(lambda: len(supervisor.pids()) == 1)
    finally:
        supervisor.stop()


@pytest.fixture
def make(tmp_path: Path) -> Iterator[Make]:
    """Makes a supervisor of two processes of a program; they are killed at the end of the test."""
    made = []

    def make_one(program: str, *, grace_s: float = 5.0) -> Supervisor:
        supervisor = Supervisor([sys.executable, "-c", program, str(tmp_path)], 2, grace_s=grace_s)
        made.append(supervisor)
        return supervisor

    yield make_one
    for supervisor in made:
        supervisor.kill()
        supervisor.stop()


def are_ready(directory: Path, pids: tuple[int, ...]) -> bool:
    """Return whether the processes have noted their ids."""
    return len(pids) > 0 and all((directory / str(pid)).exists() for pid in pids)


def test_workers_drain_and_that_is_clean(make: Make, tmp_path: Path) -> None:
    """stop() asks, waits, and says that all went well."""
    supervisor = make(OBEDIENT)
    supervisor.start()
    pids = supervisor.pids()
    assert len(pids) == 2
    assert eventually(lambda: are_ready(tmp_path, pids))
    assert supervisor.stop()
    assert not any(runs(pid) for pid in pids)


def test_stopping_workers_that_have_not_come_to_work_yet_is_clean(make: Make) -> None:
    """A signal that ends an interpreter at its start loses nothing."""
    supervisor = make(OBEDIENT)
    supervisor.start()
    assert supervisor.stop()


def test_a_killed_worker_is_replaced(make: Make, tmp_path: Path) -> None:
    """The other one goes on."""
    supervisor = make(OBEDIENT)
    supervisor.start()
    first, second = supervisor.pids()
    os.kill(first, signal.SIGKILL)
    assert eventually(lambda: len(supervisor.pids()) == 2 and first not in supervisor.pids())
    assert second in supervisor.pids()
    assert eventually(lambda: are_ready(tmp_path, supervisor.pids()))


def test_a_worker_that_ends_with_code_0_is_replaced_too(make: Make, tmp_path: Path) -> None:
    """RQ's worker ends with 0 after errors that it did not expect."""
    supervisor = make("import os, pathlib, sys; pathlib.Path(sys.argv[1], str(os.getpid())).touch()")
    supervisor.start()
    assert eventually(lambda: len(list(tmp_path.iterdir())) >= 4)


def test_workers_that_do_not_drain_are_killed_after_the_grace(make: Make, tmp_path: Path) -> None:
    """That is not clean."""
    supervisor = make(DEAF, grace_s=0.3)
    supervisor.start()
    pids = supervisor.pids()
    assert eventually(lambda: are_ready(tmp_path, pids))
    begun = time.monotonic()
    assert not supervisor.stop()
    assert time.monotonic() - begun < 3.0
    assert not any(runs(pid) for pid in pids)


def test_a_wrong_configuration_is_not_tried_again(make: Make) -> None:
    """Exit code 2 says that a restart does not help."""
    supervisor = make("raise SystemExit(2)")
    supervisor.start()
    assert eventually(supervisor.failed.is_set)
    assert eventually(lambda: supervisor.pids() == ())


RUN = """
import sys
from workers.supervision.supervisor import Supervisor
supervisor = Supervisor([sys.executable, "-c", sys.argv[2], sys.argv[1]], 2, grace_s=20)
code = supervisor.run()
print("ended", code, flush=True)
raise SystemExit(code)
"""


def pids_in(directory: Path, count: int = 2) -> list[int]:
    """The ids that the workers noted, once there are so many."""
    assert eventually(lambda: len(list(directory.iterdir())) == count)
    return [int(path.name) for path in directory.iterdir()]


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_run_drains_at_the_first_signal(tmp_path: Path, number: signal.Signals) -> None:
    """With exit code 0."""
    process = start_python(RUN, str(tmp_path), OBEDIENT)
    pids = pids_in(tmp_path)
    process.send_signal(number)
    assert process.communicate(timeout=10)[0] == "ended 0\n"
    assert not any(runs(pid) for pid in pids)


def test_run_ends_the_workers_at_the_second_signal(tmp_path: Path) -> None:
    """With exit code 1, long before the grace time is over."""
    process = start_python(RUN, str(tmp_path), DEAF)
    pids = pids_in(tmp_path)
    process.send_signal(signal.SIGTERM)
    time.sleep(0.3)
    process.send_signal(signal.SIGTERM)
    assert process.communicate(timeout=10)[0] == "ended 1\n"
    assert not any(runs(pid) for pid in pids)


def test_workers_end_with_a_killed_supervisor(tmp_path: Path) -> None:
    """After kill -9 of the supervisor they drain by themselves."""
    process = start_python(RUN, str(tmp_path), OBEDIENT)
    pids = pids_in(tmp_path)
    end(process)
    assert eventually(lambda: not any(runs(pid) for pid in pids), 5.0)


def test_a_worker_without_supervisor_that_cannot_drain_ends_all_the_same(tmp_path: Path) -> None:
    """Its last resort is a clock."""
    stuck = "import time; from workers.supervision.supervised import obey_supervisor\nobey_supervisor(lambda: None, last_resort_s=0.2); time.sleep(60)"
    process = start_python(stuck)
    assert process.stdin is not None
    process.stdin.close()
    assert process.wait(10) == 1
    end(process)


def test_the_terminal_s_ctrl_c_reaches_the_supervisor_alone(make: Make) -> None:
    """Workers are in sessions of their own."""
    supervisor = make(OBEDIENT)
    supervisor.start()
    assert os.getsid(0) not in {os.getsid(pid) for pid in supervisor.pids()}
