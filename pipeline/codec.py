"""JSON in and out for the values: camelCase, RFC 3339 in UTC with a Z, checked on the way in."""

from __future__ import annotations

from typing import TypeVar

import msgspec

from pipeline.models import Value

T = TypeVar("T", bound=Value)

_encoder = msgspec.json.Encoder()
_packer = msgspec.msgpack.Encoder()


def to_json(value: object) -> bytes:
    """Return the value as UTF-8 JSON, fields in the order of their declaration."""
    return _encoder.encode(value)


def from_json(data: bytes | str, kind: type[T]) -> T:
    """Return the value that the JSON holds. Raises msgspec.ValidationError naming the path of a wrong field."""
    return msgspec.json.decode(data, type=kind)


def to_msgpack(value: object) -> bytes:
    """Return the value as MessagePack, for pipes between our own processes."""
    return _packer.encode(value)


def from_msgpack(data: bytes, kind: type[T]) -> T:
    """Return the value that the MessagePack holds. Raises msgspec.ValidationError."""
    return msgspec.msgpack.decode(data, type=kind)
