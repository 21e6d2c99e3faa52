"""Run by Alembic: applies the steps on the connection that schema.py hands over, inside its transaction."""

from __future__ import annotations

from alembic import context

from pipeline.storage.schema import VERSION_TABLE
from pipeline.storage.tables import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    version_table=VERSION_TABLE,
    transactional_ddl=True,
)
with context.begin_transaction():
    context.run_migrations()
