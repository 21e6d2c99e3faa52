"""The shipped notice rules, for the tests of notices."""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path

import msgspec

from pipeline.extract.notices.rules import CompiledRules, compile_rules
from pipeline.policies import NoticeRule

FOLDER = Path(__file__).parents[3] / "config" / "notices"


@cache
def shipped_rules() -> tuple[NoticeRule, ...]:
    """Return all rules of config/notices, in the order of files and lines."""
    tables = [tomllib.loads(path.read_text("utf-8")) for path in sorted(FOLDER.glob("*.toml"))]
    return tuple(rule for table in tables for rule in msgspec.convert(table["rule"], list[NoticeRule]))


@cache
def compiled() -> CompiledRules:
    """Return the shipped rules, compiled."""
    return compile_rules(shipped_rules())
