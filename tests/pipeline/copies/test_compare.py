"""What joins two articles, and what only looks alike."""

from __future__ import annotations

import random
from datetime import timedelta

import pytest

from pipeline.copies import compare, exact_keys
from pipeline.copies.likeness import headline_likeness
from pipeline.models import Link, Member
from tests.pipeline.copies.stories import NOW, POLICY, cut, edited, member, notice, own_intro, story

RESERVES = (
    "The Central Bank of Marrow entered the bond market to arrange {amount} million crowns of customer agreements, a bank "
    "{speaker} said. Dealers said overnight funds were trading at {rate} per cent when the bank began its temporary and "
    "indirect supply of reserves to the banking system. It will publish its weekly accounts on Thursday."
)
DIVIDEND = "{name} Holdings will pay a quarterly dividend of {cents} cents a share on {day} May to holders on record."


def link(one: str, other: str, **more: object) -> Link | None:
    """Compare two texts of different sites; `more` are fields of the second article."""
    return compare(
        member("harbour-post.example/1", one), one, member("valley-courier.example/2", other, **more), other, POLICY
    )


def joins(one: str, other: str, **more: object) -> bool:
    """Whether two texts make their articles copies."""
    found = link(one, other, **more)
    return found is not None and found.joins


def test_a_link_is_the_same_from_both_sides() -> None:
    """Order of the arguments makes no difference; `a` is the smaller uri."""
    one, other = story(1), own_intro(cut(story(1), 0.7), random.Random(1))
    first, second = member("harbour-post.example/1", one), member("valley-courier.example/2", other)
    found = compare(first, one, second, other, POLICY)
    assert found == compare(second, other, first, one, POLICY)
    assert found is not None
    assert found.a < found.b
    assert compare(first, one, first, one, POLICY) is None


def test_unrelated_articles_have_no_link() -> None:
    """Little shared text leaves nothing to keep."""
    assert link("The quick harbour cat sleeps. " * 40, story(2)) is None


@pytest.mark.parametrize(
    ("amount", "speaker", "rate"),
    [("750", "spokesman", "3.75"), ("400", "spokeswoman", "3.5"), ("two", "official", "4")],
)
def test_notices_of_one_series_do_not_join(amount: str, speaker: str, rate: str) -> None:
    """The same wording with other numbers is the next notice of a series; a corrected word is the same notice."""
    first = RESERVES.format(amount="500", speaker="spokesman", rate="3.25")
    assert not joins(first, RESERVES.format(amount=amount, speaker=speaker, rate=rate))
    assert joins(first, RESERVES.format(amount="500", speaker="spokeswoman", rate="3.25"))


def test_names_tell_notices_apart() -> None:
    """Where numbers are few, the names must agree."""
    form = (
        "{a} has agreed to buy the outstanding shares of {b} that it does not own, the two companies said. The board of {b} "
        "recommends that shareholders accept. {c} of {d} advised the buyer. The merger awaits the consent of the regulator."
    )
    one = form.format(a="Brenmoor Freight", b="Quill Ferries", c="Halvard", d="Ostling")
    other = form.format(a="Solberg Mills", b="Ketteridge Timber", c="Voss", d="Gullhaven")
    assert not joins(one, other)
    assert joins(one, one)


def test_short_texts_are_not_compared() -> None:
    """Fewer than twenty words are alike by chance, even when they are the same."""
    text = DIVIDEND.format(name="Brenmoor", cents=12, day=4)
    assert not joins(text, text)


def test_a_short_series_far_apart_in_time_does_not_join() -> None:
    """The same two sentences a week later are news again; at the same hour they are a copy."""
    text = RESERVES.format(amount="500", speaker="spokesman", rate="3.25")
    one = member("harbour-post.example/1", text, date_published=NOW)
    for days, expected in ((0, True), (7, False)):
        other = member("valley-courier.example/2", text, date_published=NOW + timedelta(days=days))
        found = compare(one, text, other, text, POLICY)
        assert found is not None
        assert found.joins is expected


def test_an_old_article_is_found_again() -> None:
    """A whole article republished after years is a copy."""
    body = story(3)
    one = member("harbour-post.example/1", body, date_published=NOW - timedelta(days=2_000))
    found = compare(one, body, member("valley-courier.example/2", body, date_published=NOW), body, POLICY)
    assert found is not None
    assert found.joins


def test_a_quoted_text_joins_nobody() -> None:
    """A statement in the middle of long articles of their own is quoted; at their beginning it is an excerpt."""
    statement = story(4, paragraphs=2)
    assert not joins(statement, f"{story(5, 4)}\n\n{statement}\n\n{story(6, 4)}")
    assert joins(statement, f"{statement}\n\n{story(5, 4)}\n\n{story(6, 4)}")


def test_a_live_blog_does_not_chain() -> None:
    """A live blog that carries an article whole is no copy of it, one that is the same live blog is."""
    body = story(7, 6)
    blog = f"{body}\n\n{story(8, 20)}"
    assert joins(body, blog)
    assert not joins(body, blog, profile="live-blog")
    assert joins(blog, edited(blog, random.Random(1), 0.03), profile="live-blog")


def test_wire_ids_join_versions_of_one_dispatch() -> None:
    """Versions of one story join whatever became of the text; other stories of that agency do not."""
    one = member("harbour-post.example/1", story(9), wire_ids=("dpa:310506-99-483045/1",))
    for wire_id, expected in (("dpa:310506-99-483045/5", True), ("dpa:310506-99-483046/1", False)):
        text = cut(story(9), 0.5) + story(10)
        other = member("valley-courier.example/2", text, wire_ids=(wire_id,))
        found = compare(one, story(9), other, text, POLICY)
        assert (found is not None and "same_wire_id=dpa:310506-99-483045" in found.signals) is expected


@pytest.mark.parametrize(
    ("text", "expected"), [("", True), (story(11, 1)[:120], True), (story(12), False), (cut(story(1), 0.5), True)]
)
def test_a_page_that_names_another(text: str, expected: bool) -> None:
    """A stub that links to its source joins it, and a copy does; a long text of its own that names it does not."""
    says_so = (notice("originally-appeared", "The Harbour Post", "https://harbour-post.example/1"),)
    assert joins(story(1), text, notices=says_so) is expected


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ("Ferry left without captain", "FERRY LEFT WITHOUT CAPTAIN", 1.0),
        ("CORRECTED - Quill Ferries <QFER> 4th quarter", "Quill Ferries <QF> 4th quarter", 1.0),
        ("Ferry left without captain", "", None),
        ("Ferry left", "Bakers protest", 0.0),
    ],
)
def test_headlines(one: str, other: str, expected: float | None) -> None:
    """Case, tickers and marks of correction do not count."""
    assert headline_likeness(one, other) == expected


def test_exact_keys_name_text_wire_story_and_source() -> None:
    """The keys of an article, and none of a text too short to mean anything."""
    source = member("harbour-post.example/1", story(1))
    copy = Member(
        **{
            **{name: getattr(source, name) for name in source.__struct_fields__},
            "uri": member("valley-courier.example/2").uri,
            "wire_ids": ("dpa:310506-99-483045/5",),
            "source_urls": ("https://harbour-post.example/1", "mailto:desk@harbour-post.example"),
        }
    )
    assert exact_keys(copy) == (f"digest:{source.digest}", "wire:dpa:310506-99-483045", f"uri:{source.uri}")
    assert exact_keys(member("harbour-post.example/2", "Nothing new.")) == ()
