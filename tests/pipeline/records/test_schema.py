"""The committed JSON Schema."""

from __future__ import annotations

from pathlib import Path

from pipeline.records.schema import schema_text

COMMITTED = Path(__file__).parents[3] / "docs" / "record.schema.json"


def test_the_committed_schema_is_the_generated_one() -> None:
    """A change of the record changes docs/record.schema.json; `wiredesk records --schema` writes it."""
    assert COMMITTED.read_text(encoding="utf-8") == schema_text()
