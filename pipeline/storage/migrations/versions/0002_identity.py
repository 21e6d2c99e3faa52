"""Entries known by their id in a feed, and what is needed to forget those that no feed carries any more."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Add what is empty for the rows that are there: each feed fills it in with its next polls."""
    op.add_column("sightings", sa.Column("entry_key", sa.Text))
    op.add_column("feeds", sa.Column("noted_at", sa.BigInteger))
    op.create_index("ix_sightings_entry", "sightings", ["feed_key", "entry_key"])
    op.create_index("ix_sightings_seen", "sightings", ["last_seen_at"])
    ended = sa.text("ended_at IS NOT NULL")
    op.create_index("ix_urls_ended", "urls", ["ended_at"], sqlite_where=ended, postgresql_where=ended)
