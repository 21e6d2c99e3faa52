"""Tests of reading URLs."""

from __future__ import annotations

import pytest

from pipeline.errors import NeverAgain
from pipeline.fetch.target import parse_target


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("http://paper.example", "http://paper.example/"),
        ("HTTPS://Paper.Example:443/A/b?c=D#part", "https://paper.example/A/b?c=D"),
        ("http://paper.example:8080/", "http://paper.example:8080/"),
        ("http://paper.example./a", "http://paper.example/a"),
        (" http://paper.example/a b\n", "http://paper.example/a%20b"),
        ("http://reader:secret@paper.example/", "http://paper.example/"),
        ("http://a:b@c@paper.example/", "http://paper.example/"),
        ("http://paper.example?q=1", "http://paper.example/?q=1"),
        ("http://paper.example/ünïcode?ß=1", "http://paper.example/%C3%BCn%C3%AFcode?%C3%9F=1"),
        ("http://paper.example/%2e%2e/%7Eme/a%2Fb", "http://paper.example/%2e%2e/%7Eme/a%2Fb"),
        ("http://zürich.example/", "http://xn--zrich-kva.example/"),
        ("http://1.1.1.1/", "http://1.1.1.1/"),
        ("http://1.1.1.1.example/", "http://1.1.1.1.example/"),
        ("http://[2606:4700:4700::1111]:8080/", "http://[2606:4700:4700::1111]:8080/"),
        ("http://under_score.example/", "http://under_score.example/"),
        ("http://①②⑦.⓪.⓪.①/", "http://127.0.0.1/"),
        ("http://ⓛⓞⓒⓐⓛⓗⓞⓢⓣ/", "http://localhost/"),
    ],
)
def test_read(url: str, expected: str) -> None:
    """An URL is read into the form that is requested, with nothing changed that selects content."""
    assert parse_target(url).url == expected


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("ftp://paper.example/", "scheme_not_allowed"),
        ("file:///etc/hosts", "scheme_not_allowed"),
        ("gopher://paper.example/", "scheme_not_allowed"),
        ("data:text/html,hello", "bad_url"),
        ("javascript:alert(1)", "bad_url"),
        ("//paper.example/", "bad_url"),
        ("paper.example", "bad_url"),
        ("http:///a", "bad_url"),
        ("http://", "bad_url"),
        ("http://paper.example:0/", "bad_url"),
        ("http://paper.example:99999/", "bad_url"),
        ("http://paper.example:8x/", "bad_url"),
        ("http://2130706433/", "bad_url"),
        ("http://0x7f000001/", "bad_url"),
        ("http://0177.0.0.1/", "bad_url"),
        ("http://127.1/", "bad_url"),
        ("http://0/", "bad_url"),
        ("http://a..example/", "bad_url"),
        (f"http://{'a' * 64}.example/", "bad_url"),
        (f"http://{'a.' * 140}example/", "bad_url"),
        ("http://paper.example\\@127.0.0.1/", "bad_url"),
        ("http://paper.example/a\\b", "bad_url"),
        ("http://paper.example/a\r\nHost: b", "bad_url"),
        ("http://paper.example/\x00", "bad_url"),
        ("http://pa\tper.example/", "bad_url"),
        ("http://paper.example%00.example/", "bad_url"),
        ("http://[fe80::1%25lo]/", "bad_url"),
        ("http://[::1/", "bad_url"),
        ("http://[::1]x/", "bad_url"),
        ("http://paper.example/" + "a" * 9_000, "url_too_long"),
    ],
)
def test_refused(url: str, reason: str) -> None:
    """An URL that parsers read differently, or that is none, is refused with its reason."""
    with pytest.raises(NeverAgain) as caught:
        parse_target(url)
    assert caught.value.reason == reason
    assert "secret" not in str(caught.value)
