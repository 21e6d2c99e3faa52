"""Column types that hold our values in either database: clean text, moments, and values as JSON text."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar

from sqlalchemy import BigInteger, Text
from sqlalchemy.engine import Dialect
from sqlalchemy.types import TypeDecorator

from pipeline.codec import from_json, to_json
from pipeline.errors import NeverAgain
from pipeline.models import Value

V = TypeVar("V", bound=Value)

#: PostgreSQL takes no field beyond 1 GB and drops the connection; no honest value comes near this.
MAX_JSON_BYTES = 268_435_456
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

_MICROSECOND = timedelta(microseconds=1)
# What PostgreSQL refuses in text (NUL), and what no UTF-8 can hold (half of a surrogate pair).
_UNSTORABLE = re.compile("[\0\ud800-\udfff]")
_ESCAPED_NUL = b"\\u0000"


def clean_text(text: str) -> str:
    """Return the text with each character that a database refuses replaced by U+FFFD."""
    return _UNSTORABLE.sub("\ufffd", text)


def encode(value: object) -> str:
    """Return the value as JSON text that both databases take. Raises NeverAgain when it is larger than they take."""
    try:
        packed = to_json(value)
    except UnicodeEncodeError:
        packed = _ESCAPED_NUL
    if _ESCAPED_NUL in packed:
        packed = to_json(_cleaned(value))
    if len(packed) > MAX_JSON_BYTES:
        raise NeverAgain("too_large", f"{len(packed)} bytes of JSON; the store takes {MAX_JSON_BYTES}")
    return packed.decode()


def _cleaned(value: object) -> object:
    """Return the value as plain JSON types with clean text; only for values that cannot be encoded as they are."""
    if isinstance(value, str):
        return clean_text(value)
    if isinstance(value, tuple | list):
        return [_cleaned(item) for item in value]
    if isinstance(value, dict):
        return {_cleaned(key): _cleaned(item) for key, item in value.items()}
    if isinstance(value, Value):
        names = zip(value.__struct_encode_fields__, value.__struct_fields__, strict=True)
        return {encoded: _cleaned(getattr(value, name)) for encoded, name in names}
    return value


class CleanText(TypeDecorator[str]):
    """Text without the characters that one of the databases refuses."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        return None if value is None else clean_text(value)


class Moment(TypeDecorator[datetime]):
    """An aware datetime, kept as microseconds since 1970 UTC: equal, sortable and without limits in both databases."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> int | None:
        return None if value is None else (value - EPOCH) // _MICROSECOND

    def process_result_value(self, value: Any | None, dialect: Dialect) -> datetime | None:
        return None if value is None else EPOCH + value * _MICROSECOND


class Json(TypeDecorator[V]):
    """A value of one kind, kept as its JSON text (camelCase, as everywhere)."""

    impl = Text
    cache_ok = True

    def __init__(self, kind: type[V]) -> None:
        super().__init__()
        self.kind = kind

    def process_bind_param(self, value: V | None, dialect: Dialect) -> str | None:
        return None if value is None else encode(value)

    def process_result_value(self, value: Any | None, dialect: Dialect) -> V | None:
        return None if value is None else from_json(value, self.kind)
