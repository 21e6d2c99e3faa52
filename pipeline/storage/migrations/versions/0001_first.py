"""The first schema."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

ENDED = "ended_at IS NULL AND batch_id IS NULL"


def upgrade() -> None:
    """Create the tables of version 1."""
    _feeds()
    _urls()
    _work()
    _records()
    _clusters()


def _text(name: str, *more: object, null: bool = False, key: bool = False) -> sa.Column[str]:
    return sa.Column(name, sa.Text, *more, nullable=null, primary_key=key)  # type: ignore[arg-type]


def _moment(name: str, *, null: bool = True) -> sa.Column[int]:
    return sa.Column(name, sa.BigInteger, nullable=null)


def _number(name: str, *, key: bool = False) -> sa.Column[int]:
    return sa.Column(name, sa.Integer, nullable=False, primary_key=key, autoincrement=False)


def _index(name: str, table: str, columns: list[str], where: str | None = None, *, unique: bool = False) -> None:
    condition = sa.text(where) if where else None
    parts = [sa.text(column) if " " in column else column for column in columns]
    op.create_index(name, table, parts, unique=unique, sqlite_where=condition, postgresql_where=condition)


def _feeds() -> None:
    op.create_table(
        "feeds",
        _text("key", key=True),
        _text("feed"),
        _text("state"),
        _moment("added_at", null=False),
        _moment("due_at"),
        _text("batch_id", null=True),
        _moment("assigned_at"),
    )
    _index("ix_feeds_due", "feeds", ["due_at"], "batch_id IS NULL")
    _index("ix_feeds_batch", "feeds", ["batch_id"])


def _urls() -> None:
    op.create_table(
        "urls",
        _text("key", key=True),
        _text("entry"),
        _text("host"),
        _number("priority"),
        _number("attempts"),
        _moment("accepted_at", null=False),
        _moment("not_before"),
        _text("batch_id", null=True),
        _moment("assigned_at"),
        _moment("ended_at"),
        _text("outcome", null=True),
    )
    order = ["host", "priority DESC", "accepted_at", "key"]
    _index("ix_urls_ready", "urls", order, f"{ENDED} AND not_before IS NULL")
    _index("ix_urls_delayed", "urls", ["host", "not_before"], f"{ENDED} AND not_before IS NOT NULL")
    _index("ix_urls_batch", "urls", ["batch_id"], "batch_id IS NOT NULL")
    _index("ix_urls_held", "urls", ["host"], "batch_id IS NOT NULL")
    op.create_table(
        "attempts", _text("key", sa.ForeignKey("urls.key"), key=True), _number("number", key=True), _text("outcome")
    )
    op.create_table(
        "sightings",
        _text("key", sa.ForeignKey("urls.key"), key=True),
        _text("feed_key", key=True),
        _text("feed_url"),
        _text("entry_id", null=True),
        _text("source", null=True),
        _moment("first_seen_at", null=False),
        _moment("last_seen_at", null=False),
    )


def _work() -> None:
    op.create_table(
        "hosts", _text("host", key=True), _moment("due_at"), _text("batch_id", null=True), _moment("served_at")
    )
    _index("ix_hosts_due", "hosts", ["due_at", "host"])
    op.create_table("tallies", _text("name", key=True), _text("reason", key=True), _moment("n", null=False))
    counters = op.create_table("counters", _text("name", key=True), _moment("value", null=False))
    op.bulk_insert(counters, [{"name": "seq", "value": 0}])


def _records() -> None:
    op.create_table(
        "records",
        _text("uri", key=True),
        _number("version", key=True),
        sa.Column("seq", sa.BigInteger, nullable=False, unique=True),
        sa.Column("current", sa.Boolean, nullable=False),
        _text("record"),
    )
    _index("ix_records_feed", "records", ["seq"], "current IS true")
    _index("ix_records_current", "records", ["uri"], "current IS true", unique=True)


def _clusters() -> None:
    op.create_table("members", _text("uri", key=True), _text("cluster_id"), _text("first_cluster_id"), _text("member"))
    _index("ix_members_cluster_id", "members", ["cluster_id"])
    _index("ix_members_first_cluster_id", "members", ["first_cluster_id"])
    op.create_table("links", _text("a", key=True), _text("b", key=True), _text("link"))
    _index("ix_links_b", "links", ["b"])
    op.create_table("waiting_pairs", _text("missing", key=True), _text("seen_by", key=True))
    op.create_table(
        "corrections", _text("low", key=True), _text("high", key=True), _moment("at", null=False), _text("correction")
    )
    _index("ix_corrections_high", "corrections", ["high"])
