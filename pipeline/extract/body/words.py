"""The words of words.toml, ready for use."""

from __future__ import annotations

import re
import tomllib
from functools import cache
from importlib.resources import files
from typing import Any


@cache
def load_words() -> dict[str, Any]:
    """Return the tables of words.toml."""
    return tomllib.loads(files("pipeline.extract.body").joinpath("words.toml").read_text("utf-8"))


def phrases(table: str, key: str, form: str = "%s") -> re.Pattern[str]:
    """Return a pattern for any of the expressions of a key, put into `form`.

    It is for texts in lower case: to search without case costs several times as much.
    """
    return re.compile(form % f"(?:{'|'.join(load_words()[table][key])})")


def plain_words(table: str, key: str) -> tuple[str, ...]:
    """Return the plain words of a key."""
    return tuple(load_words()[table][key])
