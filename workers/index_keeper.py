"""Who sees to it that the copy index is whole: beside the scheduler that leads, in a thread of its own."""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, timedelta

import redis
import structlog
from redis.exceptions import RedisError

from pipeline.copies import Partners
from pipeline.errors import ServiceError
from pipeline.policies import CopyPolicy, Partner
from pipeline.storage.base import Store
from workers.rebuild import IndexLost, Rebuild

#: How often the index is looked at.
LOOK_EVERY = timedelta(seconds=60)
#: How often the making of an index is logged.
SAY_EVERY = timedelta(seconds=10)

log = structlog.get_logger()


class IndexKeeper:
    """Owned by the scheduler's thread; `make` gives a new making, `clock` aware UTC datetimes."""

    def __init__(self, make: Callable[[], Rebuild], clock: Callable[[], datetime]) -> None:
        self._make = make
        self._clock = clock
        self._looked_at: datetime | None = None
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None

    @property
    def is_making(self) -> bool:
        """Return whether the index is being made whole at this moment. May be asked by any thread."""
        thread = self._thread
        return thread is not None and thread.is_alive()

    def look(self) -> None:
        """Once a minute, look whether the index is whole, and begin to make it so. Raises ServiceError."""
        now = self._clock()
        if self.is_making or (self._looked_at is not None and timedelta(0) <= now - self._looked_at < LOOK_EVERY):
            return
        rebuild = self._make()
        since = rebuild.lacking_since()
        if since is None:
            self._looked_at = now
            return
        self._looked_at = now
        self._thread = threading.Thread(target=self._run, args=(rebuild, since), name="index-keeper", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Stop the making, of which the next one begins anew; note how far a whole index goes."""
        self._stop.set()
        if self._thread is not None:
            self._thread.join()
        with suppress(ServiceError):
            self._make().lacking_since()

    def _run(self, rebuild: Rebuild, since: int) -> None:
        began = said_at = self._clock()
        done = 0
        try:
            for done in rebuild.run(since, began, self._stop):
                if done and self._clock() - said_at >= SAY_EVERY:
                    said_at = self._clock()
                    log.info("copy index is made whole", records=done, after_place=since)
        except (IndexLost, ServiceError, RedisError) as error:
            log.warning("copy index is still not whole", records=done, cause=str(error)[:300])
        else:
            if done:
                log.info("copy index is whole", records=done, after_place=since)
            # Looked at again at once, which notes how far it goes.
            self._looked_at = None


def keep_index(
    store: Store, client: redis.Redis, policy: CopyPolicy, partners: tuple[Partner, ...], clock: Callable[[], datetime]
) -> IndexKeeper:
    """Return the keeper of the index in a Redis."""
    registry = Partners(partners)
    return IndexKeeper(lambda: Rebuild(store, client, policy, registry), clock)
