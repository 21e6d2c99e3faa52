"""The tables, as the queries see them. Their creation and change is in migrations/; a test holds the two together.

A batch id stands only in rows that are assigned: it is cleared when a row ends, waits again or is put back.
"""

from __future__ import annotations

from sqlalchemy import BigInteger, Boolean, Column, ForeignKey, Index, Integer, MetaData, Table, and_

from pipeline.models import Correction, Feed, FeedEntry, FeedState, Link, Member, Outcome
from pipeline.record import Record
from pipeline.storage.columns import CleanText, Json, Moment

metadata = MetaData()

#: Keys are hashes of URLs: an URL itself may be longer than a PostgreSQL index takes (2,704 bytes).
feeds = Table(
    "feeds",
    metadata,
    Column("key", CleanText, primary_key=True),
    Column("feed", Json(Feed), nullable=False),
    Column("state", Json(FeedState), nullable=False),
    Column("added_at", Moment, nullable=False),
    # None while the feed is muted.
    Column("due_at", Moment),
    Column("batch_id", CleanText),
    Column("assigned_at", Moment),
    # When entries of the feed were last noted (see sightings).
    Column("noted_at", Moment),
)
resting = feeds.c.batch_id.is_(None)
Index("ix_feeds_due", feeds.c.due_at, sqlite_where=resting, postgresql_where=resting)
Index("ix_feeds_batch", feeds.c.batch_id)

urls = Table(
    "urls",
    metadata,
    Column("key", CleanText, primary_key=True),
    Column("entry", Json(FeedEntry), nullable=False),
    Column("host", CleanText, nullable=False),
    Column("priority", Integer, nullable=False),
    Column("attempts", Integer, nullable=False, default=0),
    Column("accepted_at", Moment, nullable=False),
    # None: ready. It is cleared when its time has come, so that the ready rows of a host stand in one index in order.
    Column("not_before", Moment),
    Column("batch_id", CleanText),
    Column("assigned_at", Moment),
    Column("ended_at", Moment),
    Column("outcome", Json(Outcome)),
)
unended = urls.c.ended_at.is_(None)
free = and_(unended, urls.c.batch_id.is_(None))
ready = and_(free, urls.c.not_before.is_(None))
delayed = and_(free, urls.c.not_before.is_not(None))
held = urls.c.batch_id.is_not(None)
ended = urls.c.ended_at.is_not(None)
Index(
    "ix_urls_ready",
    urls.c.host,
    urls.c.priority.desc(),
    urls.c.accepted_at,
    urls.c.key,
    sqlite_where=ready,
    postgresql_where=ready,
)
Index("ix_urls_delayed", urls.c.host, urls.c.not_before, sqlite_where=delayed, postgresql_where=delayed)
Index("ix_urls_batch", urls.c.batch_id, sqlite_where=held, postgresql_where=held)
Index("ix_urls_held", urls.c.host, sqlite_where=held, postgresql_where=held)
Index("ix_urls_ended", urls.c.ended_at, sqlite_where=ended, postgresql_where=ended)

#: A host is in one batch at a time. `due_at` is since when it could be served: None while it is in a batch or has
#: nothing waiting; it may be too early (the look corrects it), never too late.
hosts = Table(
    "hosts",
    metadata,
    Column("host", CleanText, primary_key=True),
    Column("due_at", Moment),
    Column("batch_id", CleanText),
    Column("served_at", Moment),
)
Index("ix_hosts_due", hosts.c.due_at, hosts.c.host)

attempts = Table(
    "attempts",
    metadata,
    Column("key", CleanText, ForeignKey("urls.key"), primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("outcome", Json(Outcome), nullable=False),
)

#: An entry that got a new link is noted under the URL by which it was accepted. `entry_key` is the hash of its id.
sightings = Table(
    "sightings",
    metadata,
    Column("key", CleanText, ForeignKey("urls.key"), primary_key=True),
    Column("feed_key", CleanText, primary_key=True),
    Column("feed_url", CleanText, nullable=False),
    Column("entry_id", CleanText),
    Column("source", CleanText),
    Column("first_seen_at", Moment, nullable=False),
    Column("last_seen_at", Moment, nullable=False),
    Column("entry_key", CleanText),
)
Index("ix_sightings_entry", sightings.c.feed_key, sightings.c.entry_key)
Index("ix_sightings_seen", sightings.c.last_seen_at)

#: How many URLs were accepted, ended how, and how many records there are: counting rows would read them all.
tallies = Table(
    "tallies",
    metadata,
    Column("name", CleanText, primary_key=True),
    Column("reason", CleanText, primary_key=True),
    Column("n", BigInteger, nullable=False),
)

#: "seq": the newest place in the change feed; its row lock is the one write lock of the change feed. "indexed": the
#: place up to which the copy index was whole.
counters = Table(
    "counters",
    metadata,
    Column("name", CleanText, primary_key=True),
    Column("value", BigInteger, nullable=False),
)

records = Table(
    "records",
    metadata,
    Column("uri", CleanText, primary_key=True),
    Column("version", Integer, primary_key=True, autoincrement=False),
    Column("seq", BigInteger, nullable=False, unique=True),
    Column("current", Boolean, nullable=False),
    Column("record", Json(Record), nullable=False),
)
current = records.c.current.is_(True)
Index("ix_records_feed", records.c.seq, sqlite_where=current, postgresql_where=current)
Index("ix_records_current", records.c.uri, unique=True, sqlite_where=current, postgresql_where=current)

members = Table(
    "members",
    metadata,
    Column("uri", CleanText, primary_key=True),
    Column("cluster_id", CleanText, nullable=False, index=True),
    Column("first_cluster_id", CleanText, nullable=False, index=True),
    Column("member", Json(Member), nullable=False),
)

links = Table(
    "links",
    metadata,
    Column("a", CleanText, primary_key=True),
    Column("b", CleanText, primary_key=True, index=True),
    Column("link", Json(Link), nullable=False),
)

waiting_pairs = Table(
    "waiting_pairs",
    metadata,
    Column("missing", CleanText, primary_key=True),
    Column("seen_by", CleanText, primary_key=True),
)

#: `low` < `high`: one row for two records, whichever was named first.
corrections = Table(
    "corrections",
    metadata,
    Column("low", CleanText, primary_key=True),
    Column("high", CleanText, primary_key=True, index=True),
    Column("at", Moment, nullable=False),
    Column("correction", Json(Correction), nullable=False),
)
