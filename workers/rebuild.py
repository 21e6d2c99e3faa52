"""The copy index made anew from the store, when Redis was lost."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

import redis

from pipeline.copies import Partners, exact_keys, fingerprint
from pipeline.index import FingerprintIndex
from pipeline.ingest import keeps
from pipeline.policies import CopyPolicy
from pipeline.records import member_of
from pipeline.records.assemble import first_seen
from pipeline.storage.base import Store

_DAY_S = 86_400
#: How often progress is reported.
EVERY = 200


def rebuild_index(
    store: Store, client: redis.Redis, policy: CopyPolicy, registry: Partners, now: datetime
) -> Iterator[int]:
    """Empty the index and put every record in again, under the day on which it was first met; yields how many so far.

    Clusters stay as they are: they live in the store. Records that the index would have forgotten by now are left out.
    """
    index = FingerprintIndex(client, policy)
    index.clear()
    oldest = int(now.timestamp()) // _DAY_S - policy.generation_days * policy.generations
    done = 0
    for record in store.iterate_records():
        keep = keeps(record, registry)
        day = int(first_seen(record).timestamp()) // _DAY_S
        if day < oldest and not keep:
            continue
        index.look_up_and_insert(
            record.uri,
            fingerprint(record.article_body, policy),
            exact=exact_keys(member_of(record)),
            keep=keep,
            day=day,
        )
        done += 1
        if done % EVERY == 0:
            yield done
    yield done
