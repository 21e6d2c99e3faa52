"""The queue: a real Redis, real worker processes, and what strangers may write into it."""

from __future__ import annotations

import json
import os
import pickle
import signal
import subprocess
import sys
import time
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import redis

from pipeline.errors import ConfigError, ServiceError
from tests.workers.processes import ROOT, eventually
from workers.embedded.embedded import EmbeddedRedis
from workers.queue.queue import (
    ALIVE,
    BatchQueue,
    Heartbeat,
    connect,
    count_workers,
    enqueue,
    live_batches,
    queue_length,
    work_queue,
)

Run = Callable[..., list[str]]
Start = Callable[[], "subprocess.Popen[bytes]"]


@pytest.fixture
def queue(redis_client: redis.Redis) -> BatchQueue:
    """The empty queue."""
    return work_queue(redis_client)


@pytest.fixture
def notes(tmp_path: Path) -> Path:
    """The file in which jobs note their batch."""
    path = tmp_path / "notes"
    path.touch()
    return path


@pytest.fixture
def run_burst(redis_url: str, notes: Path) -> Run:
    """Runs a worker process until the queue is empty; returns the batches that its jobs were given."""

    def run() -> list[str]:
        command = [sys.executable, "-m", "tests.workers.queue.queue_process", redis_url, str(notes), "--burst"]
        assert subprocess.run(command, cwd=ROOT, timeout=30, check=False, capture_output=True).returncode == 0
        return notes.read_text().split()

    return run


@pytest.fixture
def start_worker(redis_url: str, notes: Path) -> Iterator[Start]:
    """Starts worker processes, which are killed at the end of the test."""
    started = []

    def start() -> subprocess.Popen[bytes]:
        command = [sys.executable, "-m", "tests.workers.queue.queue_process", redis_url, str(notes)]
        process = subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stderr=subprocess.DEVNULL)
        started.append(process)
        return process

    yield start
    for process in started:
        process.kill()
        process.communicate()


def hash_of(batch_id: str) -> str:
    """RQ's key of a job."""
    return f"rq:job:{batch_id}"


# --- the way of a batch ---------------------------------------------------------------------------------------------


def test_a_worker_is_given_the_ids_in_order(queue: BatchQueue, run_burst: Run) -> None:
    """First in, first out; what is put at the front comes first."""
    for batch_id in ("one", "two"):
        enqueue(queue, "crawl", batch_id)
    enqueue(queue, "poll", "urgent", at_front=True)
    assert queue_length(queue) == 3
    assert run_burst() == ["urgent", "one", "two"]
    assert queue_length(queue) == 0


def test_nothing_is_left_in_redis_of_a_job_that_ran(
    queue: BatchQueue, redis_client: redis.Redis, run_burst: Run
) -> None:
    """No job, no result, no registry entry."""
    enqueue(queue, "crawl", "one")
    run_burst()
    left = {key.decode() for key in redis_client.keys("*") if not key.startswith(b"rq:worker")}
    assert {"rq:queues"} == left


def test_one_id_put_in_twice_is_given_once(queue: BatchQueue, run_burst: Run) -> None:
    """RQ keeps one job an id; its second place in the list is empty then."""
    enqueue(queue, "crawl", "one")
    enqueue(queue, "crawl", "one")
    assert run_burst() == ["one"]


def test_a_job_with_a_bug_hinders_no_other(queue: BatchQueue, redis_client: redis.Redis, run_burst: Run) -> None:
    """Its traceback stays for an hour, the others run."""
    for batch_id in ("one", "bug-1", "two"):
        enqueue(queue, "crawl", batch_id)
    assert run_burst() == ["one", "bug-1", "two"]
    assert 0 < redis_client.ttl(hash_of("bug-1")) <= 3_600


def test_drain_lets_the_batch_at_hand_finish(queue: BatchQueue, notes: Path, start_worker: Start) -> None:
    """SIGTERM ends the worker after its job, with exit code 0, and the next job stays in the queue."""
    enqueue(queue, "crawl", "slow-1")
    enqueue(queue, "crawl", "next")
    worker = start_worker()
    assert eventually(lambda: bool(notes.read_text()))
    worker.send_signal(signal.SIGTERM)
    assert worker.wait(10) == 0
    assert notes.read_text().split() == ["slow-1"]
    assert {"next"} == live_batches(queue.connection)


def test_an_idle_worker_drains_within_two_seconds(queue: BatchQueue, start_worker: Start) -> None:
    """It looks up from its waiting each second."""
    worker = start_worker()
    assert eventually(lambda: count_workers(queue) == 1)
    begun = time.monotonic()
    worker.send_signal(signal.SIGTERM)
    assert worker.wait(10) == 0
    assert time.monotonic() - begun < 2.5
    assert count_workers(queue) == 0


def test_a_second_signal_ends_it_at_once(queue: BatchQueue, notes: Path, start_worker: Start) -> None:
    """Whatever its job does."""
    enqueue(queue, "crawl", "hang-1")
    worker = start_worker()
    assert eventually(lambda: bool(notes.read_text()))
    worker.send_signal(signal.SIGTERM)
    time.sleep(0.1)
    worker.send_signal(signal.SIGTERM)
    assert worker.wait(5) == 1


# --- what is alive --------------------------------------------------------------------------------------------------


def test_waiting_and_working_batches_are_alive(queue: BatchQueue, redis_client: redis.Redis) -> None:
    """In the queue, or with a heartbeat; no longer after it."""
    enqueue(queue, "crawl", "waiting")
    with Heartbeat(redis_client, "working", ttl_s=5.0):
        assert {"waiting", "working"} == live_batches(redis_client)
    assert {"waiting"} == live_batches(redis_client)


def test_the_heart_beats_on(redis_client: redis.Redis) -> None:
    """A batch outlives the time of a single sign."""
    with Heartbeat(redis_client, "working", ttl_s=0.3):
        time.sleep(0.6)
        assert {"working"} == live_batches(redis_client)


def test_a_killed_worker_s_batch_dies_with_its_last_sign(
    queue: BatchQueue, redis_client: redis.Redis, notes: Path, start_worker: Start
) -> None:
    """After kill -9 in a job the batch is alive for the length of a sign, then no more."""
    enqueue(queue, "crawl", "kill-1")
    worker = start_worker()
    assert worker.wait(10) == -signal.SIGKILL
    assert notes.read_text().split() == ["kill-1"]
    assert eventually(lambda: not live_batches(redis_client), 4.0)


def test_a_batch_taken_and_not_begun_dies_after_a_while(queue: BatchQueue, redis_client: redis.Redis) -> None:
    """A worker killed between taking and beginning leaves the id in RQ's own list; it counts for ten seconds."""
    enqueue(queue, "crawl", "taken")
    BatchQueue.lmove(redis_client, queue.key, None)
    assert {"taken"} == live_batches(redis_client)
    redis_client.zadd("wiredesk:taken", {"taken": 1})
    assert set() == live_batches(redis_client)
    assert redis_client.lrange(BatchQueue.intermediate_key(queue.key), 0, -1) == []


def test_a_heartbeat_survives_the_loss_of_redis_data(redis_client: redis.Redis) -> None:
    """After a flush the next sign makes the batch alive again."""
    with Heartbeat(redis_client, "working", ttl_s=0.6):
        redis_client.flushall()
        assert eventually(lambda: live_batches(redis_client) == {"working"}, 2.0)


def test_a_worker_outlives_a_killed_redis(tmp_path: Path, notes: Path) -> None:
    """The server is killed while the worker waits; the same worker takes the next job from its successor."""
    with EmbeddedRedis(tmp_path / "redis") as url:
        client = connect(url)
        command = [sys.executable, "-m", "tests.workers.queue.queue_process", url, str(notes)]
        worker = subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stderr=subprocess.DEVNULL)
        assert eventually(lambda: count_workers(work_queue(client)) == 1)
        os.kill(client.info("server")["process_id"], signal.SIGKILL)
        assert eventually(lambda: is_back(client))
        enqueue(work_queue(client), "crawl", "one")
        assert eventually(lambda: notes.read_text() == "one\n")
        worker.send_signal(signal.SIGTERM)
        assert worker.wait(10) == 0
        worker.communicate()
        client.close()


def is_back(client: redis.Redis) -> bool:
    """Whether the server takes commands again."""
    try:
        return bool(client.ping())
    except redis.RedisError:
        return False


# --- what strangers write -------------------------------------------------------------------------------------------


def packed(*call: object) -> bytes:
    """A job's data."""
    return zlib.compress(json.dumps(call).encode())


class Bomb:
    """Runs a command when it is unpickled."""

    def __init__(self, command: str) -> None:
        self.command = command

    def __reduce__(self) -> tuple[object, tuple[str]]:
        return os.system, (self.command,)


def hostile_fields(canary: Path) -> dict[str, tuple[str, bytes]]:
    """Fields of a job's hash, by a name for the test, that must not have their way."""
    command = f"touch {canary}"
    pickled = pickle.dumps(Bomb(command))
    call_ok = ("workers.jobs.crawl", None, ["x"], {})
    return {
        "os.system": ("data", packed("os.system", None, [command], {})),
        "exec": ("data", packed("builtins.exec", None, [f"import os; os.system({command!r})"], {})),
        "another function of ours": ("data", packed("workers.queue.worker.make_worker", None, ["x"], {})),
        "a method": ("data", packed("workers.jobs.crawl", "instance", ["x"], {})),
        "keywords": ("data", packed("workers.jobs.crawl", None, ["x"], {"a": 1})),
        "two arguments": ("data", packed("workers.jobs.crawl", None, ["x", "y"], {})),
        "no id": ("data", packed("workers.jobs.crawl", None, ["../../etc"], {})),
        "pickle": ("data", zlib.compress(pickled)),
        "pickle, plain": ("data", pickled),
        "inflates": ("data", zlib.compress(b" " * 50_000_000)),
        "no zlib": ("data", b"\x00\x01rubbish"),
        "empty data": ("data", b""),
        "callback": ("success_callback_name", b"os.abort"),
        "failure callback": ("failure_callback_name", b"os.abort"),
        "stopped callback": ("stopped_callback_name", b"os.abort"),
        "webhook": ("webhooks", b'[{"url": "http://127.0.0.1:9/", "job_status": "finished"}]'),
        "dependency": ("dependency_ids", b'["other"]'),
        "repeats": ("repeats_left", b"1000000"),
        "retries": ("retries_left", b"rubbish"),
        "rate limit": ("rate_limit_key", b"rubbish"),
        "status": ("status", b"rubbish"),
        "created_at": ("created_at", b"rubbish"),
        "timeout": ("timeout", b"rubbish"),
        "result_ttl": ("result_ttl", b"rubbish"),
        "origin": ("origin", b"another"),
        "unknown field": ("\x80", b"x"),
        "meta": ("meta", pickled),
        "exc_info": ("exc_info", zlib.compress(b" " * 50_000_000)),
        "result": ("result", pickled),
        "good data": ("data", packed(*call_ok)),
    }


def test_hostile_jobs_touch_nothing_and_hinder_nobody(
    queue: BatchQueue, redis_client: redis.Redis, tmp_path: Path, run_burst: Run
) -> None:
    """Thirty hashes that RQ would run, unpickle, inflate or die of; the good jobs among them run."""
    canary = tmp_path / "canary"
    fields = hostile_fields(canary)
    for number, (name, value) in enumerate(fields.values()):
        enqueue(queue, "crawl", f"bad{number}")
        redis_client.hset(hash_of(f"bad{number}"), name, value)
        enqueue(queue, "crawl", f"good{number}")
    ran = run_burst()
    harmless = {"meta", "exc_info", "result", "good data"}
    expected = {f"good{number}" for number in range(len(fields))}
    expected |= {f"bad{number}" for number, name in enumerate(fields) if name in harmless - {"good data"}} | {"x"}
    assert expected == set(ran)
    assert not canary.exists()


def test_ids_that_are_none_are_dropped(queue: BatchQueue, redis_client: redis.Redis, run_burst: Run) -> None:
    """Bytes that are no text, that are too long, that are a path: the worker goes on with the next."""
    enqueue(queue, "crawl", "good")
    redis_client.lpush(queue.key, b"\xff\xfe", "a b", "../x", "x" * 1_000, "without-a-hash")
    assert run_burst() == ["good"]


@pytest.mark.parametrize("key", ["rq:wip:wiredesk", "rq:failed:wiredesk"])
def test_rubbish_in_rq_s_registries_is_thrown_away(
    queue: BatchQueue, redis_client: redis.Redis, run_burst: Run, key: str
) -> None:
    """It is bookkeeping; no worker dies of it."""
    redis_client.zadd(key, {b"\xff\xfe": 1, "a:b:c": 1, "gone:x": 1, "": 1})
    enqueue(queue, "crawl", "good")
    assert run_burst() == ["good"]


@pytest.mark.parametrize("key", ["rq:queue:wiredesk:intermediate", "rq:wip:wiredesk", "rq:workers", "rq:queues"])
def test_a_key_of_the_wrong_kind_is_thrown_away(
    queue: BatchQueue, redis_client: redis.Redis, run_burst: Run, key: str
) -> None:
    """A string where RQ expects a list, a set or a registry stops nothing for good."""
    enqueue(queue, "crawl", "good")
    redis_client.delete(key)
    redis_client.set(key, "rubbish")
    assert run_burst() == ["good"]


@pytest.mark.parametrize("key", ["rq:queue:wiredesk", ALIVE, "wiredesk:taken"])
def test_the_scheduler_s_question_survives_keys_of_the_wrong_kind(redis_client: redis.Redis, key: str) -> None:
    """The key is thrown away, nothing counts as alive, and the next question is answered."""
    redis_client.set(key, "rubbish")
    redis_client.rpush("rq:queue:wiredesk:intermediate", "taken")
    assert set() == live_batches(redis_client)
    assert {"taken"} == live_batches(redis_client)


def test_a_maintenance_lock_left_behind_delays_nothing(
    queue: BatchQueue, redis_client: redis.Redis, run_burst: Run
) -> None:
    """RQ's own lock of a quarter of an hour, orphaned by a killed worker, is not asked for."""
    redis_client.set("rq:clean_registries:wiredesk", 1, ex=899)
    redis_client.zadd("rq:wip:wiredesk", {"old:1": 1})
    enqueue(queue, "crawl", "good")
    assert run_burst() == ["good"]
    assert redis_client.zcard("rq:wip:wiredesk") == 0


# --- the connection -------------------------------------------------------------------------------------------------


def test_no_server_is_named_without_its_password(tmp_path: Path) -> None:
    """The message holds the address, not the secret."""
    with pytest.raises(ServiceError, match=r"Redis at redis://\*\*\*@127\.0\.0\.1:1/0 does not answer") as caught:
        connect("redis://desk:hunter2@127.0.0.1:1/0")
    assert "hunter2" not in str(caught.value)
    with pytest.raises(ServiceError, match=r"Redis at unix://.*nobody"):
        connect(f"unix://{tmp_path}/nobody")


@pytest.mark.parametrize("url", ["", "http://localhost", "localhost:6379", "redis://localhost:port", "redis://h?x=1"])
def test_an_address_that_is_none_is_a_wrong_configuration(url: str) -> None:
    """It is not taken for a server that is away."""
    with pytest.raises(ConfigError, match=r"redis\.url"):
        connect(url)


def test_a_server_that_evicts_is_refused(redis_url: str, redis_client: redis.Redis) -> None:
    """Only with a limit of memory does the policy matter."""
    redis_client.config_set("maxmemory-policy", "allkeys-lru")
    try:
        connect(redis_url).close()
        redis_client.config_set("maxmemory", "1gb")
        with pytest.raises(ServiceError, match="maxmemory-policy allkeys-lru"):
            connect(redis_url)
    finally:
        redis_client.config_set("maxmemory", "0")
        redis_client.config_set("maxmemory-policy", "noeviction")


def test_a_job_that_hangs_takes_its_process_with_it() -> None:
    """Even where the interpreter's lock is held and exceptions are swallowed; the threads' tracebacks are on stderr."""
    code = "from workers.queue.worker import HardStop\nwith HardStop(1, Exception): 'a' * 10; sum(range(10**12))"
    process = subprocess.run([sys.executable, "-c", code], cwd=ROOT, timeout=30, check=False, capture_output=True)
    assert process.returncode == 1
    assert b"Timeout (0:00:01)!" in process.stderr


def test_a_job_that_ends_in_time_stops_the_clock() -> None:
    """Nothing happens after it."""
    code = "import time\nfrom workers.queue.worker import HardStop\nwith HardStop(1, Exception): pass\ntime.sleep(1.3)"
    assert subprocess.run([sys.executable, "-c", code], cwd=ROOT, timeout=30, check=False).returncode == 0
