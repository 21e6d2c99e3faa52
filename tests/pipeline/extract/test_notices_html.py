"""Notices read from HTML: which blocks count, where links lead, what attributes say."""

from __future__ import annotations

import time

import lxml.html
import pytest

from pipeline.extract.notices.html_notices import read_html_notices
from pipeline.models import Notice
from tests.pipeline.extract.notice_rules import compiled

OWN = frozenset({"The Meridian", "meridian.example"})


def read(html: str) -> tuple[Notice, ...]:
    """Return the notices of a page with this body."""
    root = lxml.html.document_fromstring(f"<html><body>{html}</body></html>")
    before = lxml.html.tostring(root)
    notices = read_html_notices(root, compiled(), OWN)
    assert lxml.html.tostring(root) == before
    return notices


def test_a_block_of_the_article_gives_text_partner_and_target() -> None:
    """The link with the source's name gives the target."""
    html = (
        '<article><p>Read <a href="https://quarry.example/">this</a> too.</p><p><em>This article was originally published on '
        '<a href="https://www.parley.example/a-1">The Parley</a>. Read the <a href="https://x.example/">original article</a>.</em></p></article>'
    )
    assert [(one.kind, one.partner, one.target_url, one.start) for one in read(html)] == [
        ("originally-appeared", "The Parley", "https://www.parley.example/a-1", None)
    ]


@pytest.mark.parametrize(
    ("link", "partner", "target"),
    [
        (
            '<a href="https://www.thelantern.example/"><img src="l.png" alt="The Lantern"></a>',
            "The Lantern",
            "https://www.thelantern.example/",
        ),
        (
            '<a href="//www.thelantern.example/" title="The Lantern"></a>',
            "The Lantern",
            "https://www.thelantern.example/",
        ),
        ('<a href="https://www.thelantern.example/"></a>', None, "https://www.thelantern.example/"),
        ('<a href="/partners/"></a>', None, None),
        ("", None, None),
    ],
)
def test_a_lost_name_is_taken_from_the_link(link: str, partner: str | None, target: str | None) -> None:
    """Words without a name keep the link's target, and its picture's or title's name where there is one."""
    notices = read(f"<div>This article is from the archive of our partner {link}.</div><p>Text.</p>")
    assert [(one.rule_id, one.partner, one.target_url) for one in notices] == [
        ("en-archive-of-partner", partner, target)
    ]


def test_a_link_to_terms_is_no_source() -> None:
    """A credit's link counts only with the agency's name."""
    html = '<p>©2019 The Associated Press. All rights reserved. <a href="https://agency.example/terms">Terms of use</a></p>'
    assert [(one.partner, one.target_url) for one in read(html)] == [("Associated Press", None)]


@pytest.mark.parametrize(
    "html",
    [
        "<nav><p>This article originally appeared on Quarry.</p></nav>",
        '<ul class="related"><li>This story originally appeared in Quarry: A pier is built</li></ul>',
        '<div class="comments"><p>This article was originally published on Quarry.</p></div>',
        "<figure><figcaption>© 2031 Reuters. All rights reserved.</figcaption></figure>",
        '<div><a href="/1"><div>This article originally appeared on Quarry.</div></a></div>',
        "<script>var text = 'This article originally appeared on Quarry.';</script>",
        "<p>" + "This article originally appeared on Quarry. " * 30 + "</p>",
        "<p>The post Storm appeared first on The Meridian.</p>",
        "<p>Photo: Ann Doe/Reuters</p>",
        '<a href="/original">Read the original article</a>',
    ],
    ids=[
        "nav",
        "related",
        "comments",
        "caption",
        "teaser",
        "script",
        "long",
        "own footer",
        "photo credit",
        "bare link",
    ],
)
def test_what_is_not_the_articles_is_left(html: str) -> None:
    """Navigation, related links, comments, captions, long texts and the site's own footer give no notice."""
    assert read(f"<main><article><p>Text.</p></article>{html}</main>") == ()


def test_the_same_words_twice_are_one_notice() -> None:
    """A page that shows its notice at the top and at the end has one."""
    html = "<p>Republished from Field Notes.</p>" * 2
    assert [one.text for one in read(html)] == ["Republished from Field Notes."]


@pytest.mark.parametrize(
    ("html", "rule", "partner"),
    [
        (
            '<img src="https://counter.theconversation.com/content/12/count.gif" alt="">',
            "conversation-counter",
            "theconversation.com",
        ),
        ('<script src="https://pixel.propublica.org/pixel.js"></script>', "propublica-counter", "propublica.org"),
        (
            '<img data-src="https://lantern.example/?republication-pixel=true&post=1">',
            "republication-tracker",
            "lantern.example",
        ),
    ],
)
def test_a_republication_counter_is_a_notice(html: str, rule: str, partner: str) -> None:
    """The URL of a counter says who is republished."""
    assert [(one.rule_id, one.partner) for one in read(f"<p>Text.</p>{html}")] == [(rule, partner)]


def test_a_page_of_notices_gives_no_more_than_twenty() -> None:
    """A hostile page cannot fill the record with notices."""
    html = "".join(f"<p>Republished from Field Notes {number}a.</p>" for number in range(500))
    assert len(read(html)) == 20


@pytest.mark.parametrize(
    "html",
    [
        "<div>used with permission " * 1_500 + "</div>" * 1_500,
        "<p>used with permission</p>" * 50_000,
        "<div>" * 1_000 + "<p>© permission <b>x</b></p>" * 20_000,
        "<p>" + "permission " * 100_000,
        '<img src="https://x.example/?republication-pixel">' * 50_000,
    ],
    ids=["nested", "many", "deep", "long", "addresses"],
)
def test_a_hostile_page_costs_bounded_time(html: str) -> None:
    """Nested, many, deep and long blocks with the words of notices cost seconds at most."""
    parser = lxml.html.HTMLParser(huge_tree=True)
    root = lxml.html.document_fromstring(f"<html><body>{html}</body></html>", parser=parser)
    start = time.process_time()
    read_html_notices(root, compiled(), OWN)
    assert time.process_time() - start < 4


def test_an_empty_page_gives_none() -> None:
    """No text, no notices."""
    assert read("") == ()
