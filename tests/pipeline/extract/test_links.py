"""Declared addresses are sane or not taken."""

import pytest

from pipeline.extract.metadata.links import read_amp, read_canonical, read_sources, web_url
from tests.pipeline.extract.snippets import URL, clues, linked

BASE = "https://www.amberly-courier.example"


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("/ferry", BASE + "/ferry"),
        ("//cdn.example/a", "https://cdn.example/a"),
        (" https://paper.example/a ", "https://paper.example/a"),
        ("javascript:alert(1)", None),
        ("data:text/html,x", None),
        ("ftp://paper.example/a", None),
        ("http://[", None),
        ("https://localhost/a", None),
        ("https://paper.example:99999/", None),
        ("https://paper.example/" + "a" * 3_000, None),
        ("https://paper.example/a\u202eb", None),
        ("", None),
        (None, None),
        (7, None),
    ],
)
def test_web_urls(value: object, expected: str | None) -> None:
    """Absolute http(s) addresses of a public shape, at most 2 KB."""
    assert web_url(value, BASE) == expected


@pytest.mark.parametrize(
    ("head", "expected"),
    [
        ('<link rel="canonical" href="/ferry">', (BASE + "/ferry", "link")),
        (
            '<link rel="canonical" href="javascript:x"><meta property="og:url" content="https://paper.example/f">',
            ("https://paper.example/f", "og"),
        ),
        ("", (None, None)),
    ],
)
def test_canonical(head: str, expected: tuple[str | None, str | None]) -> None:
    """rel=canonical, then og:url."""
    assert read_canonical(clues(head)) == expected


def test_amp() -> None:
    """The AMP form of a page."""
    assert read_amp(clues('<link rel="amphtml" href="/ferry.amp">')) == BASE + "/ferry.amp"
    assert read_amp(clues()) is None


@pytest.mark.parametrize(
    ("head", "expected"),
    [
        ('<meta name="original-source" content="https://beacon.example/ferry">', ("https://beacon.example/ferry",)),
        ('<meta name="syndication-source" content="https://beacon.example/ferry">', ("https://beacon.example/ferry",)),
        (linked(isBasedOn="https://beacon.example/ferry"), ("https://beacon.example/ferry",)),
        (linked(isBasedOn={"@id": "https://beacon.example/ferry"}), ("https://beacon.example/ferry",)),
        (f'<meta name="original-source" content="{URL}">', ()),
        (linked(isBasedOn="https://www.amberly-courier.example/other"), ()),
        (linked(isBasedOn=[None, 7, {}]), ()),
        ("", ()),
    ],
)
def test_sources_on_other_sites(head: str, expected: tuple[str, ...]) -> None:
    """What a page says of itself is no source."""
    assert read_sources(clues(head)) == expected


def test_the_pixel_of_a_republished_post() -> None:
    """The tracker's pixel names the site and the post."""
    body = '<img id="republication-tracker-tool-source" src="https://beacon.example/?republication-pixel=true&amp;post=48320">'
    assert read_sources(clues("", body)) == ("https://beacon.example/?p=48320",)
