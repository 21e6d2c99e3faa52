"""What of a batch a worker had begun to read: when the worker is lost, one of these may be why.

It stands in Redis beside the signs of life. If Redis loses it, nobody is blamed.
"""

from __future__ import annotations

from types import TracebackType
from typing import Any

import redis
from redis.exceptions import RedisError

from workers.queue.job import log

_PREFIX = "wiredesk:begun:"
#: Longer than a batch lives, and than a scheduler is away.
_KEPT_S = 3_600
#: More than a batch has is not ours.
_MOST = 10_000


class Begun:
    """Keys of pages, or URLs of feeds: `with Begun(client, batch_id) as begun: … begun.add(name)`.

    They are forgotten at the end of the block, however it ends: the process is still there.
    """

    def __init__(self, client: redis.Redis, batch_id: str) -> None:
        """`batch_id`: the job's batch."""
        self._client = client
        self._key = _PREFIX + batch_id

    def __enter__(self) -> Begun:
        return self

    def add(self, name: str) -> None:
        """Note that this is begun. When Redis is away it is not noted, and not missed."""
        try:
            with self._client.pipeline(transaction=False) as pipeline:
                pipeline.sadd(self._key, name)
                pipeline.expire(self._key, _KEPT_S)
                pipeline.execute()
        except RedisError as error:
            log.debug("not noted as begun", name=name[:200], cause=str(error)[:200])

    def __exit__(self, kind: type[BaseException] | None, value: BaseException | None, tb: TracebackType | None) -> None:
        try:
            self._client.delete(self._key)
        except RedisError:
            log.debug("begun URLs left to expire", key=self._key)


def begun_in(client: redis.Redis, batch_id: str) -> set[str]:
    """Return what a lost job had begun; some of it may have ended. Raises redis.RedisError."""
    if client.type(_PREFIX + batch_id) != b"set":
        return set()
    found: Any = client.srandmember(_PREFIX + batch_id, _MOST)
    return {str(item, "utf-8", errors="replace") for item in found}


def forget_begun(client: redis.Redis, batch_id: str) -> None:
    """Forget what a lost job had begun. Raises redis.RedisError."""
    client.delete(_PREFIX + batch_id)
