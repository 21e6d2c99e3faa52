"""JSON in and out for the values: camelCase, RFC 3339 in UTC with a Z, checked on the way in."""

from __future__ import annotations

from functools import cache
from threading import Lock
from typing import Any, TypeVar

import msgspec

from pipeline.models import Value

T = TypeVar("T", bound=Value)

_encoder = msgspec.json.Encoder()
_packer = msgspec.msgpack.Encoder()
# msgspec reads a class's annotations when it is first decoded, and another thread that decodes the same class while it
# does so crashes the process (0.22). So a decoder is made by one thread at a time, and used when it is whole.
_making = Lock()


@cache
def _json_decoder(kind: type[Any]) -> msgspec.json.Decoder[Any]:
    with _making:
        return msgspec.json.Decoder(kind)


@cache
def _unpacker(kind: type[Any]) -> msgspec.msgpack.Decoder[Any]:
    with _making:
        return msgspec.msgpack.Decoder(kind)


def to_json(value: object) -> bytes:
    """Return the value as UTF-8 JSON, fields in the order of their declaration."""
    return _encoder.encode(value)


def from_json(data: bytes | str, kind: type[T]) -> T:
    """Return the value that the JSON holds. Raises msgspec.ValidationError naming the path of a wrong field."""
    value: T = _json_decoder(kind).decode(data)
    return value


def to_msgpack(value: object) -> bytes:
    """Return the value as MessagePack, for pipes between our own processes."""
    return _packer.encode(value)


def from_msgpack(data: bytes, kind: type[T]) -> T:
    """Return the value that the MessagePack holds. Raises msgspec.ValidationError."""
    value: T = _unpacker(kind).decode(data)
    return value
