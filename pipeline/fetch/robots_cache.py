"""The robots.txt files that all workers share, in Redis; in memory for one process that runs alone."""

from __future__ import annotations

import base64
import threading
import zlib
from collections import OrderedDict
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Protocol, cast

import redis

from pipeline.errors import ServiceError

#: Longer than any copy is fresh, so that an old one is at hand while the server fails.
_KEEP_S = 172_800
_MAX_LOCAL = 1_024


@dataclass(frozen=True, slots=True, kw_only=True)
class RobotsText:
    """The text of a robots.txt, "" where there is none, None where it could not be had; taken as said until a time."""

    text: str | None
    until: datetime


class RobotsCache(Protocol):
    """Where the texts are kept, by origin."""

    def get(self, origin: str) -> RobotsText | None:
        """Return the text, fresh or not, None when there is none. Raises ServiceError."""
        ...

    def put(self, origin: str, found: RobotsText) -> None:
        """Keep the text. Raises ServiceError."""
        ...


class RedisRobots:
    """The cache that all workers and machines share: a hash an origin, the text compressed."""

    def __init__(self, connection: redis.Redis) -> None:
        self._redis = connection

    def get(self, origin: str) -> RobotsText | None:
        """As RobotsCache.get; an entry that cannot be read is none."""
        try:
            until, packed = cast("tuple[Any, Any]", self._redis.hmget(_key(origin), ["until", "text"]))
        except redis.RedisError as error:
            raise ServiceError(f"Redis does not answer: {error}") from error
        try:
            when = datetime.fromtimestamp(float(until), UTC)
            text = None if packed is None else zlib.decompress(base64.b64decode(packed)).decode()
        except (ValueError, TypeError, OverflowError, zlib.error):
            return None
        return RobotsText(text=text, until=when)

    def put(self, origin: str, found: RobotsText) -> None:
        """As RobotsCache.put."""
        key = _key(origin)
        fields: dict[Any, Any] = {"until": found.until.timestamp()}
        if found.text is not None:
            fields["text"] = base64.b64encode(zlib.compress(found.text.encode()))
        try:
            with self._redis.pipeline() as pipe:
                pipe.delete(key)
                pipe.hset(key, mapping=fields)
                pipe.expire(key, _KEEP_S)
                pipe.execute()
        except redis.RedisError as error:
            raise ServiceError(f"Redis does not answer: {error}") from error


class LocalRobots:
    """The same within one process."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._texts: OrderedDict[str, RobotsText] = OrderedDict()

    def get(self, origin: str) -> RobotsText | None:
        """As RobotsCache.get."""
        with self._lock:
            return self._texts.get(origin)

    def put(self, origin: str, found: RobotsText) -> None:
        """As RobotsCache.put."""
        with self._lock:
            self._texts[origin] = found
            while len(self._texts) > _MAX_LOCAL:
                self._texts.popitem(last=False)


def _key(origin: str) -> str:
    return f"wiredesk:robots:{origin}"
