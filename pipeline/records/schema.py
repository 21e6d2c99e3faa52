"""The JSON Schema of the record, generated from its classes; a committed copy lies in docs/record.schema.json."""

from __future__ import annotations

from typing import Any

import msgspec

from pipeline.record import SCHEMA, Record


def record_schema() -> dict[str, Any]:
    """Return the JSON Schema (draft 2020-12) of one record."""
    schema = msgspec.json.schema(Record)
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": f"urn:{SCHEMA.replace('/', ':')}",
        "title": "wiredesk record, version 1",
        **schema,
    }


def schema_text() -> str:
    """Return the schema as indented JSON with a final newline."""
    return msgspec.json.format(msgspec.json.encode(record_schema()), indent=2).decode() + "\n"
