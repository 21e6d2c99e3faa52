"""The configuration: defaults, own files, environment, and what is said when it is wrong."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipeline.errors import ConfigError
from pipeline.policies import Settings
from pipeline.settings import (
    load_feeds_toml,
    load_notice_rules,
    load_overrides,
    load_partners,
    load_settings,
)


def test_the_shipped_file_repeats_the_defaults() -> None:
    """config/settings.toml and the policies say the same."""
    assert load_settings(None, {}) == Settings()


def test_own_files_override_key_by_key(tmp_path: Path) -> None:
    """A section of the own file leaves the section's other keys as shipped."""
    (tmp_path / "settings.toml").write_text("[politeness]\ndelay_s = 3\n")
    found = load_settings(tmp_path, {})
    assert (3.0, Settings().politeness.max_delay_s) == (found.politeness.delay_s, found.politeness.max_delay_s)


@pytest.mark.parametrize(
    ("raw", "ports"),
    [("8901", (8901,)), ("80, 443,8901", (80, 443, 8901)), ("[80, 443]", (80, 443)), ("", ())],
)
def test_a_list_in_the_environment_has_commas(tmp_path: Path, raw: str, ports: tuple[int, ...]) -> None:
    """One item or several, numbers or text, brackets or none."""
    assert load_settings(tmp_path, {"WIREDESK_FETCH_ALLOW_PORTS": raw}).fetch.allow_ports == ports
    hosts = {"WIREDESK_POLITENESS_IGNORE_ROBOTS": "*.group.example,7.example"}
    assert load_settings(tmp_path, hosts).politeness.ignore_robots == ("*.group.example", "7.example")


def test_the_environment_overrides_the_files(tmp_path: Path) -> None:
    """WIREDESK_<SECTION>_<KEY> has the last word."""
    (tmp_path / "settings.toml").write_text('[store]\nurl = "sqlite:///file.db"\n')
    environ = {"WIREDESK_STORE_URL": "postgresql://db/wire", "PATH": "/bin"}
    assert load_settings(tmp_path, environ).store.url == "postgresql://db/wire"


@pytest.mark.parametrize(
    ("name", "raw", "section", "key", "expected"),
    [
        ("WIREDESK_FETCH_TOTAL_TIMEOUT_S", "7", "fetch", "total_timeout_s", 7.0),
        ("WIREDESK_FETCH_ALLOW_NETWORKS", "10.0.0.0/8, 127.0.0.0/8", "fetch", "allow_networks", ("10.0.0.0/8", "127.0.0.0/8")),
        ("WIREDESK_FETCH_HOSTS", '{"a.example" = "127.0.0.1:1"}', "fetch", "hosts", {"a.example": "127.0.0.1:1"}),
        ("WIREDESK_FETCH_PROXY", "http://p:1", "fetch", "proxy", "http://p:1"),
        ("WIREDESK_POLITENESS_ROBOTS", "false", "politeness", "robots", False),
    ],
)  # fmt: skip
def test_a_variable_is_read_as_its_key_wants_it(name: str, raw: str, section: str, key: str, expected: object) -> None:
    """Numbers, lists, tables and words."""
    assert getattr(getattr(load_settings(None, {name: raw}), section), key) == expected


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[fetch]\ntotal_timout_s = 3\n", "settings.toml:2: fetch.total_timout_s: unknown key; did you mean total_timeout_s?"),
        ("# one\n[fetch]\n\ntotal_timeout_s = 'x'\n", "settings.toml:4: fetch.total_timeout_s: Expected `float`, got `str`"),
        ("[nonsense]\na = 1\n", "settings.toml:1: nonsense: unknown key"),
        ("[poll]\njitter = 7\n", "settings.toml:2: poll.jitter: Expected `float` <= 1.0"),
        ("[queue]\nthreads = -1\n", "settings.toml:2: queue.threads: Expected `int` >= 1"),
        ("[poll]\njitter = nan\n", "settings.toml:2: poll.jitter: Expected `float` >= 0.0"),
        ("[fetch]\nallow_ports = [80, 'x']\n", "settings.toml:2: fetch.allow_ports[1]: Expected `int`, got `str`"),
        ("[fetch\n", "settings.toml: not valid TOML: "),
        ("data_dir = '''a\n", "settings.toml: not valid TOML: "),
    ],
)  # fmt: skip
def test_a_wrong_setting_is_named_with_file_line_and_key(tmp_path: Path, text: str, message: str) -> None:
    """What was expected is said as well."""
    (tmp_path / "settings.toml").write_text(text)
    with pytest.raises(ConfigError) as raised:
        load_settings(tmp_path, {})
    assert message in str(raised.value)


def test_byte_order_mark_and_windows_lines_do_no_harm(tmp_path: Path) -> None:
    """Editors leave them behind."""
    (tmp_path / "settings.toml").write_bytes(b"\xef\xbb\xbf[poll]\r\njitter = 0.5\r\n")
    assert load_settings(tmp_path, {}).poll.jitter == 0.5


def test_a_file_that_is_not_utf_8_is_named(tmp_path: Path) -> None:
    """With the byte at which it goes wrong."""
    (tmp_path / "settings.toml").write_bytes(b"# caf\xe9\n")
    with pytest.raises(ConfigError, match=r"settings.toml: not UTF-8 at byte 5"):
        load_settings(tmp_path, {})


def test_a_folder_that_is_not_there_is_named(tmp_path: Path) -> None:
    """--config and WIREDESK_CONFIG name a folder."""
    with pytest.raises(ConfigError, match="nowhere: no such folder"):
        load_settings(tmp_path / "nowhere", {})


@pytest.mark.parametrize(
    ("name", "raw", "message"),
    [
        ("WIREDESK_FETCH_TIMEOUT", "3", "WIREDESK_FETCH_TIMEOUT: unknown variable"),
        ("WIREDESK_QUEUE_THREADS", "many", "WIREDESK_QUEUE_THREADS: Expected `int`, got `str`, not 'many'"),
        ("WIREDESK_QUEUE_THREADS", "0", "WIREDESK_QUEUE_THREADS: Expected `int` >= 1, not '0'"),
    ],
)
def test_a_wrong_variable_is_named(name: str, raw: str, message: str) -> None:
    """With what was seen and what is allowed."""
    with pytest.raises(ConfigError) as raised:
        load_settings(None, {name: raw})
    assert message in str(raised.value)


def test_own_partners_and_rules_join_the_shipped_ones(tmp_path: Path) -> None:
    """One of the same name or id is replaced, others are added."""
    (tmp_path / "partners.toml").write_text(
        '[[partner]]\nname = "The Harbour Courier"\ndomains = ["harbour.example"]\n'
    )
    (tmp_path / "notices").mkdir()
    (tmp_path / "notices" / "own.toml").write_text(
        "[[rule]]\nid = 'own-1'\nkind = 'republished'\nlanguage = 'en'\npattern = 'Taken from (?P<src>.+)'\n"
    )
    assert len(load_partners(tmp_path)) == len(load_partners(None)) + 1
    assert "own-1" in {rule.id for rule in load_notice_rules(tmp_path)}


def test_a_feed_that_stands_twice_is_named(tmp_path: Path) -> None:
    """With its line."""
    path = tmp_path / "feeds.toml"
    path.write_text('[[feed]]\nurl = "https://a.example/rss"\n\n[[feed]]\nurl = "https://a.example/rss"\n')
    with pytest.raises(ConfigError, match=r"feeds.toml:5: feed\[1\].url: .* stands twice"):
        load_feeds_toml(path)


def test_overrides_are_read_from_the_own_folder_alone(tmp_path: Path) -> None:
    """None is shipped; a wrong key is named with its line."""
    assert load_overrides(None) == load_overrides(tmp_path) == ()
    (tmp_path / "overrides.toml").write_text('[[override]]\nhost = "harbour.example"\nremove = [".promo"]\n')
    (found,) = load_overrides(tmp_path)
    assert (found.host, found.remove) == ("harbour.example", (".promo",))
    (tmp_path / "overrides.toml").write_text('[[override]]\nhost = "harbour.example"\nremoves = [".promo"]\n')
    with pytest.raises(ConfigError, match=r"overrides.toml:3: .*removes: unknown key; did you mean remove\?"):
        load_overrides(tmp_path)
