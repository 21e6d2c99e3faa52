"""The JSON Schema of the record, generated from its classes; a committed copy lies in docs/record.schema.json."""

from __future__ import annotations

from inspect import cleandoc
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
        **_unindented(schema),
    }


def _unindented(schema: Any) -> Any:
    """Return the schema with descriptions as Python 3.13 and later keep docstrings: without their indentation."""
    if isinstance(schema, dict):
        return {
            name: cleandoc(value) if name == "description" and isinstance(value, str) else _unindented(value)
            for name, value in schema.items()
        }
    return [_unindented(item) for item in schema] if isinstance(schema, list) else schema


def schema_text() -> str:
    """Return the schema as indented JSON with a final newline."""
    return msgspec.json.format(msgspec.json.encode(record_schema()), indent=2).decode() + "\n"
