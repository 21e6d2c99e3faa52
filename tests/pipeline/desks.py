"""A desk for the tests of ingestion: real store, real index, and the parsers in this process instead of a child."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import redis

from pipeline.copies import Partners
from pipeline.extract import make_reader
from pipeline.index import FingerprintIndex
from pipeline.ingest import Desk
from pipeline.parsing import parse_page
from pipeline.policies import CopyPolicy, ExtractPolicy, Partner
from pipeline.settings import load_notice_rules
from pipeline.storage import open_store
from tests.pipeline.newsroom import NOON


@contextmanager
def open_desk(folder: Path, client: redis.Redis, partners: tuple[Partner, ...]) -> Iterator[Desk]:
    """Yield a desk on a SQLite store in the folder, at noon."""
    store = open_store(f"sqlite:///{folder / 'desk.db'}")
    copies = CopyPolicy()
    reader = make_reader(ExtractPolicy(), load_notice_rules(None), partners)
    yield Desk(
        store=store,
        index=FingerprintIndex(client, copies),
        extract=lambda page, entry: parse_page(page, entry, reader, copies),
        partners=partners,
        registry=Partners(partners),
        copies=copies,
        rules_version="test",
        clock=lambda: NOON,
    )
    store.close()
