"""TOML files as values, with errors that name the file, the line, the key and what is allowed."""

from __future__ import annotations

import difflib
import re
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any, TypeVar

import msgspec

from pipeline.errors import ConfigError

T = TypeVar("T")

#: A configuration file is small; anything larger is a mistake.
MAX_BYTES = 5_000_000

_PATH = re.compile(r"^(?P<what>.*?)(?: - at `\$(?P<path>[^`]*)`)?$", re.DOTALL)
_UNKNOWN = re.compile(r"unknown field `(?P<key>[^`]+)`")


def read_text(path: Path) -> str:
    """Return a configuration file's text. Raises ConfigError when it is missing, unreadable, too large or not UTF-8."""
    try:
        if path.stat().st_size > MAX_BYTES:
            raise ConfigError(f"{path}: larger than {MAX_BYTES:,} bytes; a configuration file is small")
        return path.read_bytes().decode("utf-8-sig").replace("\r\n", "\n")
    except FileNotFoundError as error:
        raise ConfigError(f"{path}: no such file") from error
    except IsADirectoryError as error:
        raise ConfigError(f"{path}: is a directory, expected a file") from error
    except UnicodeDecodeError as error:
        raise ConfigError(f"{path}: not UTF-8 at byte {error.start}") from error
    except OSError as error:
        raise ConfigError(f"{path}: cannot be read: {error.strerror}") from error


def read_toml(path: Path, text: str | None = None) -> dict[str, Any]:
    """Return the tables of a TOML file. Raises ConfigError naming file and line."""
    try:
        return tomllib.loads(read_text(path) if text is None else text)
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(f"{path}: not valid TOML: {error}") from error


def convert(tables: Mapping[str, Any], kind: type[T], *, path: Path, text: str) -> T:
    """Return the tables as a checked value. Raises ConfigError naming file, line, key and what is expected."""
    try:
        return msgspec.convert(tables, kind)
    except msgspec.ValidationError as error:
        raise ConfigError(explain(str(error), kind, path, text)) from error


def explain(message: str, kind: Any, path: Path, text: str) -> str:
    """Return msgspec's message as "file:line: key: what was expected"."""
    found = _PATH.match(message)
    assert found
    what, where = found["what"], (found["path"] or "").lstrip(".")
    unknown = _UNKNOWN.search(what)
    if unknown:
        where = f"{where}.{unknown['key']}".lstrip(".")
        what = "unknown key" + suggestion(unknown["key"], kind, where)
    line = line_of(text, where)
    return f"{path}{f':{line}' if line else ''}: {where or 'the file'}: {what}"


def suggestion(key: str, kind: Any, where: str) -> str:
    """Return "; did you mean …?" or the list of the keys that are known at that place."""
    for part in re.sub(r"\[[^\]]*\]", "", where).split(".")[:-1]:
        fields = {field.name: field.type for field in msgspec.structs.fields(kind)}
        kind = _item_type(fields.get(part))
    if not _is_struct(kind):
        return ""
    names = [field.name for field in msgspec.structs.fields(kind)]
    close = difflib.get_close_matches(key, names, n=1)
    return f"; did you mean {close[0]}?" if close else f"; known here: {', '.join(sorted(names))}"


def line_of(text: str, where: str) -> int | None:
    """Return the line (from 1) on which the key of a path such as "fetch.hosts" or "feed[2].url" stands."""
    path = [(name, int(index or 0)) for name, index in re.findall(r"([^.\[\]]+)(?:\[(\d+)\])?", where)]
    if not path:
        return None
    *tables, (key, _) = path
    table, seen, best = "", -1, None
    wanted, index = ".".join(name for name, _ in tables), (tables[-1][1] if tables else 0)
    for number, line in enumerate(text.splitlines(), 1):
        header = re.match(r"\s*\[{1,2}\s*([^\]]+?)\s*\]{1,2}\s*(?:#.*)?$", line)
        if header:
            table = header[1]
            seen += table == wanted
            if table == where or (table == wanted and seen == index):
                best = number
        elif re.match(rf"""\s*["']?{re.escape(key)}["']?\s*=""", line) and table == wanted and (seen in {-1, index}):
            return number
    return best


def _item_type(kind: Any) -> Any:
    arguments = getattr(kind, "__args__", None)
    return arguments[0] if arguments else kind


def _is_struct(kind: Any) -> bool:
    return isinstance(kind, type) and issubclass(kind, msgspec.Struct)
