"""URLs on their way, and the ways in which they end."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from pipeline.models.base import Value
from pipeline.models.feeds import FeedEntry

#: The reason of an attempt whose worker was lost: killed, out of memory, crashed, hung, cut off.
WORKER_LOST = "worker_lost"


class AcceptedUrl(Value, frozen=True, kw_only=True):
    """An URL that the store has accepted and that has not ended yet, as handed to a worker."""

    #: url_key() of the entry's URL: 64 hex digits.
    key: str
    entry: FeedEntry
    #: host_of() of the URL: the scope of politeness.
    host: str
    priority: int = 0
    #: Attempts already made.
    attempts: int = 0
    #: Workers that were lost while they were at it, one after the other, since its last attempt.
    losses: int = 0
    accepted_at: datetime
    trace_id: str


class Ending(StrEnum):
    """The ways an accepted URL can end. Exactly one is counted for each."""

    STORED = "stored"
    UNCHANGED = "unchanged"
    #: Another accepted URL led to the same page.
    DUPLICATE = "duplicate"
    NOT_ARTICLE = "not-article"
    GONE = "gone"
    REFUSED = "refused"
    FAILED = "failed"


class Outcome(Value, frozen=True, kw_only=True):
    """How an URL ended, or how one attempt went."""

    ending: Ending
    #: A reason code, "ok" for a stored record.
    reason: str
    #: A sentence for the operator; never body text.
    detail: str | None = None
    uri: str | None = None
    version: int | None = None
    at: datetime
