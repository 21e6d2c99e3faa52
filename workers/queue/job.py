"""What RQ keeps of a job, taken as data from a stranger: checked in full, or dropped.

Whoever can write to Redis can write a job. So a job is one of our functions by name, called with the id of a batch,
in JSON: no other function, no callback, no webhook, nothing that is unpickled, nothing that inflates without end.
"""

from __future__ import annotations

import json
import re
import zlib
from collections.abc import Mapping
from typing import Any

import structlog
from redis import Redis
from rq.exceptions import NoSuchJobError
from rq.job import Job

QUEUE_NAME = "wiredesk"
FUNCTIONS = {"crawl": "workers.jobs.crawl", "poll": "workers.jobs.poll"}
MAX_DATA_BYTES = 4_096

_BATCH_ID = re.compile(r"[A-Za-z0-9_-]{1,64}")
#: All that a job of ours has. Meta, results, callbacks, webhooks, dependencies, repeats and retries are not among it.
_FIELDS = frozenset(
    (
        *("data", "origin", "description", "status", "timeout", "result_ttl", "failure_ttl", "ttl", "worker_name"),
        *("created_at", "enqueued_at", "started_at", "ended_at", "last_heartbeat", "enqueue_at_front"),
    )
)
#: Fields that RQ writes by itself and that we need not read: a traceback is inflated without limit.
_UNREAD = frozenset(("exc_info", "result", "meta"))

log = structlog.get_logger()


def is_batch_id(text: str) -> bool:
    """Return whether the text can be the id of a batch."""
    return _BATCH_ID.fullmatch(text) is not None


class WiredeskJob(Job):
    """A job that is ours, or none at all: one that does not pass the check is deleted and counts as missing."""

    @classmethod
    def fetch(cls, id: str, connection: Redis | None = None, serializer: Any = None) -> Job:  # noqa: A002 - RQ's name
        """Return the job. Raises NoSuchJobError when it is missing, or was not fit to be read."""
        if not is_batch_id(id.partition(":")[0]):
            log.warning("job dropped", job=id[:80], cause="its id is not one of ours")
            raise NoSuchJobError(f"not an id: {id[:80]!r}")
        job: Job = super().fetch(id, connection=connection, serializer=serializer)
        return job

    def restore(self, raw_data: Mapping[bytes, bytes]) -> None:
        """Take over the fields of the hash. Raises NoSuchJobError, the hash being deleted, when one of them is bad."""
        try:
            super().restore(checked(raw_data))
        except Exception as error:
            self.connection.delete(self.key)
            log.warning("job dropped", job=self.id, cause=f"{type(error).__name__}: {error}"[:300])
            raise NoSuchJobError(f"unreadable job {self.id}") from error


def checked(fields: Mapping[bytes, bytes]) -> dict[bytes, bytes]:
    """Return the fields of a job that RQ may read. Raises ValueError when the job is none of ours."""
    known = {}
    for name, value in fields.items():
        field = name.decode("ascii")
        if field in _FIELDS:
            known[name] = value
        elif value and field not in _UNREAD:
            raise ValueError(f"field {field[:40]}")
    if known.get(b"origin") != QUEUE_NAME.encode():
        raise ValueError("another queue's job")
    known[b"data"] = _checked_data(known[b"data"])
    return known


def _checked_data(data: bytes) -> bytes:
    """Return the call as JSON. Raises ValueError or zlib.error when it is too long or no call of ours."""
    inflater = zlib.decompressobj()
    text = inflater.decompress(data, MAX_DATA_BYTES)
    if inflater.unconsumed_tail:
        raise ValueError(f"data of more than {MAX_DATA_BYTES} bytes")
    function, instance, arguments, named = json.loads(text)
    if function not in FUNCTIONS.values():
        raise ValueError(f"function {str(function)[:80]}")
    fits = instance is None and named == {} and len(arguments) == 1 and isinstance(arguments[0], str)
    if not fits or not is_batch_id(arguments[0]):
        raise ValueError("arguments")
    return text
