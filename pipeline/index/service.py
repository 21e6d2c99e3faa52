"""The one edge where an error of Redis becomes ours."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from redis.exceptions import RedisError

from pipeline.errors import ServiceError

if TYPE_CHECKING:
    from redis import Redis


@contextmanager
def redis_service(client: Redis) -> Iterator[None]:
    """Raise ServiceError, naming the server, for an error of Redis in the block."""
    try:
        yield
    except RedisError as error:
        where = client.connection_pool.connection_kwargs
        address = where.get("path") or f"{where.get('host')}:{where.get('port')}"
        raise ServiceError(f"the copy index in Redis at {address}: {error}") from error
