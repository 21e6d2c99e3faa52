"""The base of every value."""

from __future__ import annotations

import msgspec


class Value(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """The base of every value: immutable, slotted, keyword-only, camelCase in JSON."""
