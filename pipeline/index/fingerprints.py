"""The fingerprint index: look-up and insertion in one atomic step, so that of two copies exactly one sees the other."""

from __future__ import annotations

import struct
import time
from hashlib import blake2b
from importlib import resources
from typing import TYPE_CHECKING

from pipeline.index.service import redis_service
from pipeline.models import Candidate, Fingerprint, Value
from pipeline.policies import CopyPolicy

if TYPE_CHECKING:
    from redis import Redis

_PREFIX = b"{wc}"
_URN = "urn:wiredesk:article:"
_DAY_S = 86_400
#: The generation of partners' archives, which does not expire.
_KEPT = "k"
#: Exact keys that name another article by its uri.
_NAMES = "uri:"
_SAMPLE = 20


class GenerationStats(Value, frozen=True, kw_only=True):
    """The size of one generation."""

    #: Its number, counted in `generation_days` since 1970; "k" for kept archives.
    generation: str
    articles: int
    entries: int
    buckets: int
    #: Estimated from a sample of buckets.
    bytes: int


class FingerprintIndex:
    """The index in one Redis; safe to use from many processes, one connection pool each."""

    def __init__(self, client: Redis, policy: CopyPolicy) -> None:
        """`client` must return bytes (`decode_responses=False`)."""
        self._client = client
        self._policy = policy
        self._look_up_and_insert = client.register_script(_script("look_up_and_insert"))
        self._remove = client.register_script(_script("remove"))

    def look_up_and_insert(
        self,
        uri: str,
        fingerprint: Fingerprint,
        *,
        exact: tuple[str, ...] = (),
        keep: bool = False,
        day: int | None = None,
    ) -> tuple[Candidate, ...]:
        """Return the articles that share most with this one, best first, and put it in.

        Those that share one of the `exact` keys, or are named by it, come first and beyond `max_candidates`. An article
        that is in already is not put in again, and never finds itself. `keep` puts it into the archive that does not
        expire; `day` counts from 1970, today where None. Raises ServiceError, and ValueError for a foreign uri.
        """
        day = int(time.time() // _DAY_S) if day is None else day
        generation = day // self._policy.generation_days
        ends = (generation + self._policy.generations) * self._policy.generation_days
        with redis_service(self._client):
            answer = self._look_up_and_insert(
                keys=[_PREFIX],
                args=[
                    _uri_bytes(uri),
                    struct.pack(f">{len(fingerprint.hashes)}Q", *fingerprint.hashes),
                    b"".join(map(_key, exact)),
                    _key(_NAMES + uri),
                    b"".join(_uri_bytes(key.removeprefix(_NAMES)) for key in exact if key.startswith(_NAMES)),
                    _KEPT if keep else str(generation),
                    0 if keep else (ends - day) * _DAY_S * 1000,
                    self._generations(generation),
                    self._policy.max_candidates,
                    self._policy.min_shared,
                ],
            )
        return tuple(
            Candidate(uri=_URN + found.hex(), shared=shared)
            for found, shared in zip(answer[::2], answer[1::2], strict=True)
        )

    def remove(self, uri: str, *, day: int | None = None) -> bool:
        """Take an article out, and return whether it was in. Raises ServiceError."""
        day = int(time.time() // _DAY_S) if day is None else day
        generations = self._generations(day // self._policy.generation_days)
        with redis_service(self._client):
            return bool(self._remove(keys=[_PREFIX], args=[_uri_bytes(uri), generations]))

    def clear(self) -> None:
        """Empty the index. Raises ServiceError."""
        with redis_service(self._client):
            batch: list[bytes] = []
            for key in self._client.scan_iter(match=_PREFIX + b"*", count=1000):
                batch.append(key)
                if len(batch) == 1000:
                    self._client.unlink(*batch)
                    batch.clear()
            if batch:
                self._client.unlink(*batch)

    def stats(self) -> tuple[GenerationStats, ...]:
        """Return the size of every generation that is in Redis. Raises ServiceError."""
        with redis_service(self._client):
            metas = sorted(self._client.scan_iter(match=_PREFIX + b"m:*", count=1000))
            return tuple(self._generation_stats(meta) for meta in metas)

    def _generation_stats(self, meta: bytes) -> GenerationStats:
        name = meta.removeprefix(_PREFIX + b"m:").decode()
        buckets, entries, articles = (int(found or 0) for found in self._client.hmget(meta, "n", "c", "a"))
        step = max(1, buckets // _SAMPLE)
        sample = [
            self._client.memory_usage(_PREFIX + name.encode() + b":" + at.to_bytes(4, "big")) or 0
            for at in range(step // 2, buckets, step)
        ]
        size = sum(sample) * buckets // len(sample)
        return GenerationStats(generation=name, articles=articles, entries=entries, buckets=buckets, bytes=size)

    def _generations(self, newest: int) -> str:
        numbers = range(newest, newest - self._policy.generations, -1)
        return " ".join([_KEPT, *map(str, numbers)])


def _script(name: str) -> str:
    folder = resources.files("pipeline.index")
    return folder.joinpath("table.lua").read_text("utf-8") + folder.joinpath(f"{name}.lua").read_text("utf-8")


def _key(name: str) -> bytes:
    return blake2b(name.encode("utf-8", "surrogatepass"), digest_size=8).digest()


def _uri_bytes(uri: str) -> bytes:
    raw = bytes.fromhex(uri.removeprefix(_URN)) if uri.startswith(_URN) else b""
    if len(raw) != 16:
        raise ValueError(f"not an article's uri: {uri[:200]!r}")
    return raw
