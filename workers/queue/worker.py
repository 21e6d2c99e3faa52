"""The RQ worker: takes one batch after the other in its own process, survives bad data, stops between two batches."""

from __future__ import annotations

import faulthandler
import logging
import uuid
from contextlib import suppress
from typing import Any

import redis
import structlog
from redis.exceptions import RedisError
from rq import SimpleWorker
from rq.exceptions import StopRequested
from rq.job import Job
from rq.serializers import JSONSerializer
from rq.timeouts import BaseDeathPenalty
from rq.utils import now
from rq.worker_registration import clean_worker_registry

from pipeline.errors import ServiceError
from workers.queue.job import WiredeskJob
from workers.queue.queue import BEGIN_SECONDS, BatchQueue, drop_wrong_types, sign_of_life, work_queue

#: A worker that gave no sign for this time and a minute is forgotten by RQ.
WORKER_TTL_S = 30
MAINTENANCE_S = 30
#: What RQ says again and again, as that Redis is away, is logged this often.
SAME_WORDS_S = 60.0
#: An idle worker looks this often whether it should stop.
IDLE_S = 1

log = structlog.get_logger()


class HardStop(BaseDeathPenalty):
    """Ends the process, with every thread's traceback on stderr, when a job hangs.

    An exception raised into it could be swallowed, and would leave the job's threads behind.
    """

    def setup_death_penalty(self) -> None:
        """Start the clock; it runs outside of Python."""
        faulthandler.dump_traceback_later(self._timeout, exit=True)

    def cancel_death_penalty(self) -> None:
        """Stop the clock."""
        faulthandler.cancel_dump_traceback_later()


class BatchWorker(SimpleWorker):
    """RQ's worker without fork. It takes no commands from Redis and brings no job back: the scheduler does that."""

    job_class = WiredeskJob
    queue_class = BatchQueue
    death_penalty_class = HardStop
    log_result_lifespan = False
    max_connection_wait_time = 2.0

    def drain(self) -> None:
        """Stop after the batch at hand, or within a second. May be called from a signal handler or a thread."""
        self._stop_requested = True

    def run(self, *, burst: bool = False) -> None:
        """Work until drained, or, with `burst`, until the queue is empty. Returns early when Redis fails."""
        drop_wrong_types(self.connection)
        _say_through_structlog()
        self.work(burst=burst, logging_level="WARNING")

    def dequeue_job_and_maintain_ttl(self, timeout: int | None, max_idle_time: int | None = None) -> Any:
        """Return the next job and its queue, waiting for it in short turns. Raises StopRequested when drained."""
        if timeout is None:
            return super().dequeue_job_and_maintain_ttl(None, max_idle_time)
        while not self._stop_requested:
            taken = super().dequeue_job_and_maintain_ttl(IDLE_S, IDLE_S)
            if taken is not None:
                return taken
        raise StopRequested

    def prepare_job_execution(self, job: Job, remove_from_intermediate_queue: bool = False) -> None:
        """Begin a job; its batch counts as alive before it leaves the list of those that were taken."""
        sign_of_life(self.connection, job.id, BEGIN_SECONDS)
        super().prepare_job_execution(job, remove_from_intermediate_queue)

    def handle_exception(self, job: Job, *exc_info: Any) -> None:
        """Log why a job failed: a service that is away in a line, a bug with its traceback."""
        error = exc_info[1]
        if isinstance(error, (RedisError, ServiceError)):
            log.warning("batch cut off", batch=job.id, cause=str(error)[:300])
        else:
            super().handle_exception(job, *exc_info)

    def run_maintenance_tasks(self) -> None:
        """Forget workers and jobs that are gone. Done by every worker; doing it twice at once does no harm."""
        queue = self.queues[0]
        for registry in (queue.started_job_registry, queue.failed_job_registry):
            try:
                registry.cleanup()
            except RedisError:
                raise
            except Exception as error:
                self.connection.delete(registry.key)
                log.warning("registry dropped", key=registry.key, cause=f"{type(error).__name__}: {error}"[:300])
        clean_worker_registry(queue)
        self.last_cleaned_at = now()  # type: ignore[assignment] # RQ declares it as None

    def subscribe(self) -> None:
        """Take no commands."""

    def unsubscribe(self) -> None:
        """Nothing was subscribed."""

    def _install_signal_handlers(self) -> None:
        """Leave signals to the process that runs the worker; it calls drain()."""

    def teardown(self) -> None:
        """Sign off, unless Redis is away."""
        with suppress(RedisError):
            super().teardown()  # type: ignore[no-untyped-call]


def make_worker(client: redis.Redis) -> BatchWorker:
    """Return a worker on the one queue, not yet working."""
    return BatchWorker(
        [work_queue(client)],
        name=uuid.uuid4().hex,
        connection=client,
        serializer=JSONSerializer,
        worker_ttl=WORKER_TTL_S,
        maintenance_interval=MAINTENANCE_S,
        job_monitoring_interval=5,
        default_result_ttl=0,
        log_job_description=False,
    )


class _ToStructlog(logging.Handler):
    """RQ's own words, warnings and worse, as lines of our log: the same words over and over once a minute."""

    def __init__(self, level: int) -> None:
        super().__init__(level)
        self._said: tuple[object, float] = (None, 0.0)

    def emit(self, record: logging.LogRecord) -> None:
        if record.msg == self._said[0] and record.created - self._said[1] < SAME_WORDS_S:
            return
        self._said = record.msg, record.created
        error = record.exc_info[1] if record.exc_info else None
        if isinstance(error, (RedisError, ServiceError)):
            log.log(record.levelno, "queue", message=record.getMessage(), cause=str(error)[:300])
        else:
            log.log(record.levelno, "queue", message=record.getMessage(), exc_info=record.exc_info)


def _say_through_structlog() -> None:
    logger = logging.getLogger("rq")
    if not logger.handlers:
        logger.addHandler(_ToStructlog(logging.WARNING))
        logger.propagate = False
