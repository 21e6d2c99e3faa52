"""The direction of imports, as docs/architecture.md draws it."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent

#: The group of a module, by the longest prefix that fits.
GROUPS = {
    "pipeline": "values",
    "pipeline.models": "values",
    "pipeline.record": "values",
    "pipeline.errors": "values",
    "pipeline.policies": "values",
    "pipeline.urls": "tools",
    "pipeline.unwrap": "tools",
    "pipeline.text": "tools",
    "pipeline.codec": "tools",
    "pipeline.toml_files": "settings",
    "pipeline.storage.base": "ports",
    "pipeline.settings": "settings",
    "pipeline.feeds": "stage feeds",
    "pipeline.extract": "stage extract",
    "pipeline.copies": "stage copies",
    "pipeline.records": "stage records",
    "pipeline.fetch": "edge fetch",
    "pipeline.index": "edge index",
    "pipeline.storage": "edge storage",
    "pipeline.archive": "edge archive",
    "pipeline.ingest": "compositions",
    "pipeline.rejoin": "compositions",
    "pipeline.polling": "compositions",
    "pipeline.parsing": "compositions",
    "workers": "workers",
}
MAY_IMPORT = {
    "values": {"values"},
    "tools": {"values", "tools"},
    "ports": {"values", "ports"},
    "settings": {"values", "tools", "settings"},
    "stage": {"values", "tools"},
    "edge": {"values", "tools", "ports"},
    "compositions": {"values", "tools", "ports", "stage", "compositions"},
    "workers": {"values", "tools", "ports", "settings", "stage", "edge", "compositions", "workers"},
}
#: The one home, or the homes, of a package.
HOMES = {
    "trafilatura": ("pipeline.extract",),
    "lxml": ("pipeline.extract", "pipeline.feeds"),
    "feedparser": ("pipeline.feeds",),
    "rq": ("workers",),
    "urllib3": ("pipeline.fetch",),
    "redis": ("pipeline.index", "pipeline.fetch", "workers"),
    "sqlalchemy": ("pipeline.storage",),
    "alembic": ("pipeline.storage",),
    "warcio": ("pipeline.archive",),
    "click": ("workers",),
    "uvicorn": ("workers",),
}
#: What a pure module must not touch: sockets, paths, the environment, the clock, dice, logs.
IMPURE = {"socket", "os", "pathlib", "time", "random", "secrets", "logging", "structlog", "subprocess", "threading"}
#: A lock around what is made once in a process.
PERMITTED = {"pipeline.codec": {"threading"}}


def modules() -> list[str]:
    """Return the dotted names of all modules."""
    files = [*ROOT.glob("pipeline/**/*.py"), *ROOT.glob("workers/**/*.py")]
    return sorted(".".join(file.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__") for file in files)


def imports(module: str) -> Iterator[str]:
    """Yield the dotted names that a module imports, inside functions too."""
    base = ROOT.joinpath(*module.split("."))
    file = base / "__init__.py" if base.is_dir() else base.with_suffix(".py")
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            assert node.level == 0, f"{module} imports relatively"
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def group(module: str) -> str:
    """Return the group of a module."""
    parts = module.split(".")
    return next(GROUPS[p] for n in range(len(parts), 0, -1) if (p := ".".join(parts[:n])) in GROUPS)


@pytest.mark.parametrize("module", modules())
def test_a_module_imports_only_what_its_group_may(module: str) -> None:
    """No stage imports a stage, no edge an edge's inside, nothing flows back."""
    mine = group(module)
    ours = {name for name in imports(module) if name.split(".")[0] in ("pipeline", "workers")}
    wrong = {name for name in ours if group(name) != mine and group(name).split()[0] not in MAY_IMPORT[mine.split()[0]]}
    assert wrong == set()


@pytest.mark.parametrize("module", modules())
def test_a_third_party_package_has_one_home(module: str) -> None:
    """The packages that shape a part are named in that part alone."""
    foreign = {name.split(".")[0] for name in imports(module)} & HOMES.keys()
    homeless = {name for name in foreign if not any(f"{module}.".startswith(f"{home}.") for home in HOMES[name])}
    assert homeless == set()


@pytest.mark.parametrize("module", [m for m in modules() if group(m).split()[0] in ("values", "tools", "stage")])
def test_a_pure_module_touches_nothing_outside(module: str) -> None:
    """`now` is an argument, and so is everything else that a pure part needs."""
    assert {name.split(".")[0] for name in imports(module)} & IMPURE - PERMITTED.get(module, set()) == set()
