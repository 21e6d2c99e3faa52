"""The configuration, read once per process: shipped defaults, then the operator's own files, then the environment.

The operator's folder (--config, WIREDESK_CONFIG) may hold settings.toml, feeds.toml or feeds.opml, partners.toml,
overrides.toml and notices/*.toml. settings.toml overrides key by key; partners and notice rules add to the shipped
ones, or replace one of the same name or id. WIREDESK_<SECTION>_<KEY> overrides both, e.g. WIREDESK_STORE_URL.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, get_args, get_origin

import msgspec

from pipeline.errors import ConfigError
from pipeline.models import Feed
from pipeline.policies import NoticeRule, Partner, Policy, Settings, SiteOverride
from pipeline.toml_files import convert, line_of, read_text, read_toml
from pipeline.urls import normalize_url

PREFIX = "WIREDESK_"
#: Names that start like ours but configure something else.
NOT_SETTINGS = frozenset({"WIREDESK_CONFIG", "WIREDESK_CORPUS", "WIREDESK_LOG"})


class FeedLine(Policy, frozen=True, kw_only=True):
    """A [[feed]] table of feeds.toml."""

    url: str
    title: str | None = None
    groups: tuple[str, ...] = ()
    priority: int = 0


class FeedFile(Policy, frozen=True, kw_only=True):
    """feeds.toml"""

    feed: tuple[FeedLine, ...] = ()


class PartnerFile(Policy, frozen=True, kw_only=True):
    """partners.toml"""

    partner: tuple[Partner, ...] = ()


class OverrideFile(Policy, frozen=True, kw_only=True):
    """overrides.toml"""

    override: tuple[SiteOverride, ...] = ()


class RuleFile(Policy, frozen=True, kw_only=True):
    """notices/*.toml"""

    rule: tuple[NoticeRule, ...] = ()


def defaults_dir() -> Path:
    """Return the folder of the shipped defaults: inside the installed package, or config/ of a checkout."""
    packaged = Path(__file__).parent / "defaults"
    return packaged if packaged.is_dir() else Path(__file__).parent.parent / "config"


def load_settings(own: Path | None, environ: Mapping[str, str]) -> Settings:
    """Return the settings. Raises ConfigError naming the file and line, or the variable, that is wrong."""
    _check_folder(own)
    tables: dict[str, Any] = {}
    for path in _files("settings.toml", own):
        text = read_text(path)
        found = read_toml(path, text)
        convert(found, Settings, path=path, text=text)
        _merge(tables, found)
    _merge(tables, _from_environment(environ))
    return msgspec.convert(tables, Settings)


def load_partners(own: Path | None) -> tuple[Partner, ...]:
    """Return the partner registry: the shipped one, added to or overridden by name."""
    partners: dict[str, Partner] = {}
    for path in _files("partners.toml", own):
        text = read_text(path)
        for partner in convert(read_toml(path, text), PartnerFile, path=path, text=text).partner:
            partners[partner.name] = partner
    return tuple(partners.values())


def load_notice_rules(own: Path | None) -> tuple[NoticeRule, ...]:
    """Return the notice rules: the shipped ones, added to or overridden by id."""
    rules: dict[str, NoticeRule] = {}
    for folder in [defaults_dir(), *([own] if own else [])]:
        for path in sorted((folder / "notices").glob("*.toml")):
            text = read_text(path)
            for rule in convert(read_toml(path, text), RuleFile, path=path, text=text).rule:
                rules[rule.id] = rule
    return tuple(rules.values())


def load_overrides(own: Path | None) -> tuple[SiteOverride, ...]:
    """Return what the operator says of single sites: the own overrides.toml; none is shipped."""
    if own is None or not (own / "overrides.toml").exists():
        return ()
    path = own / "overrides.toml"
    text = read_text(path)
    return convert(read_toml(path, text), OverrideFile, path=path, text=text).override


def load_feeds_toml(path: Path) -> tuple[Feed, ...]:
    """Return the feeds of a feeds.toml. Raises ConfigError for an URL that is none, or that stands twice."""
    text = read_text(path)
    lines = convert(read_toml(path, text), FeedFile, path=path, text=text).feed
    seen: dict[str, int] = {}
    for index, line in enumerate(lines):
        where = f"{path}:{line_of(text, f'feed[{index}].url')}: feed[{index}].url"
        try:
            key = normalize_url(line.url)
        except ValueError as error:
            raise ConfigError(f"{where}: {error}") from error
        if key in seen:
            raise ConfigError(f"{where}: {line.url} stands twice (also as feed[{seen[key]}])")
        seen[key] = index
    return tuple(Feed(url=x.url, title=x.title, groups=x.groups, priority=x.priority) for x in lines)


def _check_folder(own: Path | None) -> None:
    if own is not None and not own.is_dir():
        raise ConfigError(f"{own}: no such folder; --config and WIREDESK_CONFIG name a folder with settings.toml")


def _files(name: str, own: Path | None) -> Iterable[Path]:
    yield defaults_dir() / name
    if own is not None and (own / name).exists():
        yield own / name


def _merge(into: dict[str, Any], tables: Mapping[str, Any]) -> None:
    for key, value in tables.items():
        if isinstance(value, dict) and isinstance(into.get(key), dict):
            into[key] = {**into[key], **value}
        else:
            into[key] = value


def _from_environment(environ: Mapping[str, str]) -> dict[str, Any]:
    """Return the tables that the WIREDESK_* variables set. Raises ConfigError naming the variable."""
    tables: dict[str, Any] = {}
    places = _places()
    for name in sorted(environ):
        if not name.startswith(PREFIX) or name in NOT_SETTINGS:
            continue
        if name not in places:
            raise ConfigError(f"{name}: unknown variable; WIREDESK_<SECTION>_<KEY> with a key of settings.toml")
        section, key, kind = places[name]
        value = _parse(environ[name], kind)
        found: dict[str, Any] = {section: {key: value}} if section else {key: value}
        try:
            msgspec.convert(found, Settings)
        except msgspec.ValidationError as error:
            shown = "" if key == "url" else f", not {environ[name][:80]!r}"
            raise ConfigError(f"{name}: {str(error).split(' - at ')[0]}{shown}") from error
        _merge(tables, found)
    return tables


def _places() -> dict[str, tuple[str, str, Any]]:
    """Return section, key and type of every variable name."""
    places: dict[str, tuple[str, str, Any]] = {}
    for section in msgspec.structs.fields(Settings):
        if isinstance(section.type, type) and issubclass(section.type, Policy):
            for field in msgspec.structs.fields(section.type):
                places[f"{PREFIX}{section.name}_{field.name}".upper()] = (section.name, field.name, field.type)
        else:
            places[f"{PREFIX}{section.name}".upper()] = ("", section.name, section.type)
    return places


def _parse(raw: str, kind: Any) -> Any:
    """Return what a variable says: text as it is, a list with commas between its items, all else as in TOML."""
    if kind in (str, str | None):
        return raw
    if get_origin(kind) is tuple and not raw.lstrip().startswith("["):
        parts = [part for item in raw.split(",") if (part := item.strip())]
        return parts if get_args(kind)[0] is str else [_toml(part) for part in parts]
    return _toml(raw)


def _toml(raw: str) -> Any:
    """Return the value that TOML reads, the text itself where TOML reads none."""
    try:
        return tomllib.loads(f"value = {raw}")["value"]
    except tomllib.TOMLDecodeError:
        return raw
