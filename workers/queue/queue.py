"""The queue: batch ids on their way to the workers, in RQ, and the signs of life of those that have arrived.

Nothing in it is needed: the store knows what is assigned to which batch, and a batch that is neither waiting here nor
giving signs of life is assigned anew. So RQ's own ways of bringing jobs back are not used.
"""

from __future__ import annotations

import threading
from types import TracebackType
from typing import Any

import redis
from redis.exceptions import RedisError, ResponseError
from rq import Queue
from rq.serializers import JSONSerializer

from workers.queue.job import FUNCTIONS, QUEUE_NAME, WiredeskJob, is_batch_id, log
from workers.queue.redis_client import connect

__all__ = [
    "BatchQueue",
    "Heartbeat",
    "connect",
    "count_workers",
    "drop_wrong_types",
    "enqueue",
    "live_batches",
    "queue_length",
    "sign_of_life",
    "work_queue",
]

#: A job is two minutes of work at most; one that hangs takes its process with it (batch_worker.HardStop).
JOB_SECONDS = 300
#: How long RQ keeps the traceback of a job that had a bug.
FAILURE_SECONDS = 3_600
#: A job that nobody took in this time is forgotten by RQ; the store has its batch.
WAIT_SECONDS = 86_400
#: A worker that took a job begins it in milliseconds; one that has not begun it by now is dead.
BEGIN_SECONDS = 10

#: Batches that give signs of life, by the server's time in milliseconds at which the last sign is too old.
ALIVE = "wiredesk:alive"
#: Batches seen taken but not begun, by the time they were first seen.
TAKEN = "wiredesk:taken"

_BEAT = """
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
redis.call('ZADD', KEYS[1], now + ARGV[2], ARGV[1])
"""

_LIVE = """
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
redis.call('ZREMRANGEBYSCORE', KEYS[3], '-inf', now)
local live = redis.call('ZRANGE', KEYS[3], 0, -1)
for _, id in ipairs(redis.call('LRANGE', KEYS[1], 0, -1)) do live[#live + 1] = id end
local taken = redis.call('LRANGE', KEYS[2], 0, -1)
for _, id in ipairs(taken) do
  redis.call('ZADD', KEYS[4], 'NX', now, id)
  if now - redis.call('ZSCORE', KEYS[4], id) < ARGV[1] * 1000 then
    live[#live + 1] = id
  else
    redis.call('LREM', KEYS[2], 0, id)
    redis.call('ZREM', KEYS[4], id)
  end
end
if #taken == 0 then redis.call('DEL', KEYS[4]) end
return live
"""


class BatchQueue(Queue):
    """RQ's queue with our Job class; what is no batch id is dropped as it is taken."""

    job_class = WiredeskJob

    @classmethod
    def lmove(cls, connection: redis.Redis, queue_key: str, timeout: int | None) -> Any:
        """Take the next id that can be one. Raises DequeueTimeout as RQ's own does."""
        while (taken := super().lmove(connection, queue_key, timeout)) is not None:
            item = taken[1]
            if is_batch_id(_text(item)):
                return taken
            connection.lrem(cls.intermediate_key(queue_key), 0, item)
            log.warning("job dropped", job=repr(item[:80]), cause="its id is not one of ours")
        return None

    @staticmethod
    def intermediate_key(queue_key: str) -> str:
        """Return RQ's list of the ids that were taken and not begun."""
        return f"{queue_key}:intermediate"


def work_queue(client: redis.Redis) -> BatchQueue:
    """Return the one queue of wiredesk. RQ takes jobs without loss from one queue only."""
    return BatchQueue(QUEUE_NAME, connection=client, serializer=JSONSerializer, default_timeout=JOB_SECONDS)


def enqueue(queue: BatchQueue, kind: str, batch_id: str, *, at_front: bool = False) -> None:
    """Put a batch of the kind (crawl, poll) into the queue. Raises redis.RedisError."""
    queue.enqueue_call(
        FUNCTIONS[kind],
        args=(batch_id,),
        job_id=batch_id,
        description=kind,
        timeout=JOB_SECONDS,
        ttl=WAIT_SECONDS,
        result_ttl=0,
        failure_ttl=FAILURE_SECONDS,
        at_front=at_front,
    )


def queue_length(queue: BatchQueue) -> int:
    """Return how many batches wait for a worker."""
    return int(queue.connection.llen(queue.key))


def count_workers(queue: BatchQueue) -> int:
    """Return how many worker processes have registered and have not gone silent."""
    keys = list(queue.connection.smembers(f"rq:workers:{queue.name}"))
    return int(queue.connection.exists(*keys)) if keys else 0


def sign_of_life(client: redis.Redis, batch_id: str, ttl_s: float) -> None:
    """Let a batch count as alive for so many seconds from now. Raises redis.RedisError."""
    client.eval(_BEAT, 1, ALIVE, batch_id, int(ttl_s * 1000))


def live_batches(client: redis.Redis) -> set[str]:
    """Return the ids of the batches that wait in the queue, were just taken from it, or gave a sign of life.

    A batch that was taken and not begun within BEGIN_SECONDS, counted from the first call that sees it, is dropped:
    its worker died in between.
    """
    queue = work_queue(client)
    keys = (queue.key, BatchQueue.intermediate_key(queue.key), ALIVE, TAKEN)
    try:
        ids = client.eval(_LIVE, len(keys), *keys, BEGIN_SECONDS)
    except ResponseError as error:
        if "WRONGTYPE" not in str(error):
            raise
        drop_wrong_types(client)
        return set()
    return {_text(item) for item in ids}


def drop_wrong_types(client: redis.Redis) -> None:
    """Delete those of the queue's keys that hold something else than RQ and we put there."""
    key = f"rq:queue:{QUEUE_NAME}"
    expected = {
        key: "list",
        BatchQueue.intermediate_key(key): "list",
        ALIVE: "zset",
        TAKEN: "zset",
        f"rq:wip:{QUEUE_NAME}": "zset",
        f"rq:failed:{QUEUE_NAME}": "zset",
        "rq:queues": "set",
        "rq:workers": "set",
        f"rq:workers:{QUEUE_NAME}": "set",
    }
    for name, kind in expected.items():
        found = _text(client.type(name))
        if found not in (kind, "none"):
            client.delete(name)
            log.warning("key dropped", key=name, cause=f"it was a {found}, not a {kind}")


def _text(item: Any) -> str:
    return str(item, "ascii", errors="replace") if isinstance(item, bytes) else str(item)


class Heartbeat:
    """The signs of life of a batch while a worker is at it: `with Heartbeat(client, batch_id, ttl_s=20): …`.

    A thread of its own gives one every third of `ttl_s`; when Redis is away, none is given and none is missed by the
    work itself.
    """

    def __init__(self, client: redis.Redis, batch_id: str, ttl_s: float) -> None:
        """`ttl_s`: how long a sign counts, in seconds."""
        self._client = client
        self._batch_id = batch_id
        self._ttl_s = ttl_s
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._beat, name=f"heartbeat-{batch_id}", daemon=True)

    def __enter__(self) -> None:
        self._sign()
        self._thread.start()

    def __exit__(self, kind: type[BaseException] | None, value: BaseException | None, tb: TracebackType | None) -> None:
        self._stop.set()
        self._thread.join()
        try:
            self._client.zrem(ALIVE, self._batch_id)
        except RedisError:
            log.debug("sign of life left to expire", batch=self._batch_id)

    def _beat(self) -> None:
        while not self._stop.wait(self._ttl_s / 3):
            self._sign()

    def _sign(self) -> None:
        try:
            sign_of_life(self._client, self._batch_id, self._ttl_s)
        except RedisError as error:
            log.debug("no sign of life", batch=self._batch_id, cause=str(error)[:200])
