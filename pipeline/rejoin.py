"""A stored record looked up again: it joins the copies that an incomplete index did not show it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from pipeline.copies import Partners
from pipeline.ingest import compare_all, judge, links_now, tell_others
from pipeline.models import Candidate
from pipeline.policies import CopyPolicy
from pipeline.record import Record
from pipeline.storage.base import Store


def rejoin(
    store: Store,
    record: Record,
    candidates: Iterable[Candidate],
    *,
    policy: CopyPolicy,
    registry: Partners,
    now: datetime,
) -> int:
    """Link a stored record with those candidates that it shares text with; returns how many records changed.

    The same as if the index had found them when the record came in.
    """
    others = store.current_records({candidate.uri for candidate in candidates} - {record.uri})
    compared = compare_all(record, others, policy)
    links = store.links([record.uri, *others])
    linked = {uri for link in links if record.uri in (link.a, link.b) for uri in (link.a, link.b)}
    if all(comparison.link is None or uri in linked for uri, comparison in compared.items()):
        return 0
    with store.begin() as tx:
        current = tx.current(record.uri)
        # One that was changed meanwhile was looked up meanwhile.
        if current is None or current.version != record.version:
            return 0
        found, _ = links_now(tx, current, policy, found=others.keys(), compared=compared)
        return tell_others(tx, "", judge(tx, current, found, registry, now))
