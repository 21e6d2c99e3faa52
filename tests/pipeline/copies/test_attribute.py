"""Clusters, roles and originals."""

from __future__ import annotations

import random
from datetime import datetime, timedelta

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.copies import Partners, attribute, cluster_id, same_verdict
from pipeline.models import Correction, Link, Member
from pipeline.record import Syndication
from tests.pipeline.copies.stories import NOW, PARTNERS, member, notice

REGISTRY = Partners(PARTNERS)
HARBOUR, COURIER, THIRD = "harbour-post.example/1", "valley-courier.example/1", "fenwick-times.example/1"


def text_link(one: Member, other: Member, *, joins: bool = True, coverage: float = 0.97) -> Link:
    """A link between two articles of about 400 words."""
    a, b = sorted((one.uri, other.uri))
    own = round(400 * (1 - coverage))
    return Link(a=a, b=b, coverage_a=coverage, coverage_b=coverage, own_a=own, own_b=own, joins=joins)


def judge(*members: Member, corrections: tuple[Correction, ...] = (), **more: float) -> dict[str, Syndication]:
    """Attribute members that all share their text, by domain."""
    links = [text_link(one, other, **more) for at, one in enumerate(members) for other in members[:at]]  # type: ignore[arg-type]
    found = attribute(members, links, corrections, REGISTRY, NOW)
    return {one.domain: found[one.uri] for one in members}


def roles(found: dict[str, Syndication]) -> list[str]:
    """The roles in the order of the members."""
    return [verdict.role for verdict in found.values()]


def test_an_article_alone_is_solo() -> None:
    """No other member, no claim: solo, sure, its own cluster."""
    one = member(HARBOUR)
    (verdict,) = judge(one).values()
    assert (verdict.role, verdict.confidence, verdict.cluster_id) == ("solo", 1.0, cluster_id(one.uri))
    assert verdict.original is verdict.relation is verdict.nearest is None


def test_a_notice_makes_the_copy_and_finds_the_original() -> None:
    """A page from a partner's archive is the copy, though it came first and bears the earlier date."""
    copy = member(COURIER, notices=(notice("partner-archive", "Harbour Post"),), date_published=NOW - timedelta(days=9))
    original = member(HARBOUR, date_published=NOW, first_seen_at=NOW + timedelta(days=1))
    found = judge(copy, original)
    assert roles(found) == ["copy", "original"]
    verdict = found["valley-courier.example"]
    assert verdict.original is not None
    assert (verdict.original.uri, verdict.original.publisher) == (original.uri, "The Harbour Post")
    assert verdict.confidence >= 0.9
    assert [evidence.signal for evidence in verdict.evidence] == ["notice:partner-archive"]
    assert (verdict.relation, verdict.nearest) == ("verbatim", original.uri)


def test_a_page_without_a_name_is_known_by_its_domain() -> None:
    """ "Northmoor Post" is northmoor-post.example, where the page gives no name and no registry knows it."""
    copy = member(COURIER, notices=(notice("republished", "The Northmoor Post"),))
    original = member("northmoor-post.example/1")
    assert roles(judge(copy, original)) == ["copy", "original"]


def test_a_source_never_fetched_is_the_original_without_a_uri() -> None:
    """A single page that names its source is a copy of what we never saw."""
    says_so = (notice("republished", "The Harbour Post", "https://harbour-post.example/ferry"),)
    (verdict,) = judge(member(COURIER, notices=says_so)).values()
    assert verdict.role == "copy"
    assert verdict.original is not None
    assert verdict.original.uri is None
    assert verdict.original.url == "https://harbour-post.example/ferry"
    assert verdict.original.publisher == "The Harbour Post"


@pytest.mark.parametrize(
    "more",
    [
        {"notices": (notice("originally-appeared", "The Harbour Post"),)},
        {"notices": (notice("republished", None, "https://www.harbour-post.example/newsletter"),)},
        {"canonical_url": "https://www.harbour-post.example/1"},
        {"source_urls": ("https://harbour-post.example/1?print=1",)},
        {"notices": (notice("originally-appeared", "Harbour-Post"),), "publisher": "harbour-post.example"},
        {"notices": (notice("part-credit", "NCW"),)},
        {"notices": (notice("licence", "Valley Courier"),)},
        {"authors": ("Ada Brenmoor",), "provider": "The Harbour Post"},
    ],
)
def test_what_a_page_says_of_itself_is_no_claim(more: dict[str, object]) -> None:
    """Footers, self-references, newsletters, part credits and licences make no copy."""
    (verdict,) = judge(member(HARBOUR, **more)).values()
    assert verdict.role == "solo"


def test_a_part_credit_is_told_and_decides_nothing() -> None:
    """Others who contributed stand among the evidence, without points."""
    (verdict,) = judge(member(HARBOUR, notices=(notice("part-credit", "NCW"),))).values()
    assert [(e.signal, e.points) for e in verdict.evidence] == [("part-credit", 0.0)]


def test_an_agency_story_has_a_representative() -> None:
    """Without the agency's own page the earliest copy stands for it, and the agency is named as the original."""
    credit = (notice("wire-credit", "NCW"),)
    early = member(
        THIRD, notices=credit, date_published=NOW - timedelta(hours=3), date_exact=True, date_source="json-ld"
    )
    late = member(COURIER, notices=credit, date_published=NOW, date_exact=True, date_source="json-ld")
    found = judge(late, early)
    assert roles(found) == ["copy", "representative"]
    original = found["valley-courier.example"].original
    assert original is not None
    assert (original.uri, original.publisher) == (None, "North Coast Wire")
    assert found["valley-courier.example"].nearest == early.uri


def test_the_agency_page_is_the_original_when_it_comes() -> None:
    """With its own page in the cluster the agency is the original, whatever the dates say."""
    credit = (notice("wire-credit", "NCW"),)
    found = judge(member(COURIER, notices=credit, date_published=NOW), member("ncw.example/1"))
    assert roles(found) == ["copy", "original"]


def test_a_named_source_outweighs_an_agency_credit() -> None:
    """An agency's mark says who wrote it; the page that says where it comes from knows better."""
    says_so = (notice("republished", "The Harbour Post"), notice("wire-credit", "NCW"))
    found = judge(member(COURIER, notices=says_so), member(HARBOUR), member("ncw.example/1"))
    assert roles(found) == ["copy", "original", "copy"]


def test_a_chain_of_sources_leads_to_its_beginning() -> None:
    """A source that names a source itself is not the original."""
    middle = member(COURIER, notices=(notice("republished", "The Harbour Post"),))
    last = member(THIRD, notices=(notice("republished", "Valley Courier"),))
    assert roles(judge(last, middle, member(HARBOUR))) == ["copy", "copy", "original"]


@pytest.mark.parametrize(
    ("minutes", "exact", "first", "sure"),
    [
        (180, True, "harbour", True),
        (10, True, "arrived", False),
        (180, False, "arrived", False),
        (3_000, True, "harbour", True),
    ],
)
def test_dates_decide_when_they_are_exact_and_apart(minutes: int, exact: bool, first: str, sure: bool) -> None:
    """The earlier page is the original; a bare date or minutes apart leave it to the order of arrival, unsure."""
    dates = {"date_exact": exact, "date_source": "json-ld"}
    early = member(
        HARBOUR, date_published=NOW - timedelta(minutes=minutes), first_seen_at=NOW + timedelta(hours=1), **dates
    )
    late = member(COURIER, date_published=NOW, first_seen_at=NOW, **dates)
    found = judge(early, late)
    assert roles(found) == (["original", "copy"] if first == "harbour" else ["copy", "original"])
    assert (found["harbour-post.example"].confidence >= 0.7) is sure


def test_shared_text_that_joins_nobody_is_still_told() -> None:
    """A link that does not join leaves two solo articles in clusters of their own."""
    found = judge(member(HARBOUR), member(COURIER), joins=False, coverage=0.3)  # type: ignore[arg-type]
    assert roles(found) == ["solo", "solo"]
    assert len({verdict.cluster_id for verdict in found.values()}) == 2


def correction(kind: str, one: Member, other: Member, at: datetime = NOW) -> Correction:
    """An editor's word."""
    return Correction(kind=kind, a=one.uri, b=other.uri, at=at)


def test_a_split_holds_against_every_link() -> None:
    """Two members that an editor split stay apart, also by way of a third, which stays with its nearer text."""
    one, other, third = member(HARBOUR), member(COURIER), member(THIRD)
    links = [text_link(one, other), text_link(one, third), text_link(other, third, coverage=0.9)]
    found = attribute([one, other, third], links, [correction("split", one, other)], REGISTRY, NOW)
    assert found[one.uri].cluster_id == found[third.uri].cluster_id != found[other.uri].cluster_id
    assert found[other.uri].role == "solo"
    assert found[one.uri].evidence[0].signal == "editor:split"


def test_a_join_needs_no_link_and_the_latest_word_holds() -> None:
    """An editor joins what shares no text; a later split of the same two undoes it."""
    one, other = member(HARBOUR), member(COURIER)
    join, split = correction("join", one, other), correction("split", other, one, NOW + timedelta(days=1))
    found = attribute([one, other], [], [join], REGISTRY, NOW)
    assert found[one.uri].cluster_id == found[other.uri].cluster_id
    found = attribute([one, other], [], [split, join], REGISTRY, NOW)
    assert found[one.uri].cluster_id != found[other.uri].cluster_id


def test_the_smallest_uri_names_the_cluster() -> None:
    """Every member carries the id of the smallest, which that member had alone."""
    members = [member(HARBOUR), member(COURIER), member(THIRD)]
    found = judge(*members)
    assert {verdict.cluster_id for verdict in found.values()} == {cluster_id(min(m.uri for m in members))}
    assert {verdict.member_count for verdict in found.values()} == {3}


def test_same_verdict_looks_past_time_and_size() -> None:
    """When it was decided and how many members there are is no change; a role is."""
    one = judge(member(HARBOUR), member(COURIER))["harbour-post.example"]
    assert same_verdict(one, msgspec.structs.replace(one, decided_at=NOW + timedelta(days=1), member_count=9))
    assert not same_verdict(one, msgspec.structs.replace(one, role="copy"))


KINDS = ("partner-archive", "republished", "wire-credit", "part-credit")
SITES = ("harbour-post.example", "valley-courier.example", "ncw.example", "fenwick-times.example", "gull.example")


@st.composite
def newsrooms(draw: st.DrawFn) -> tuple[list[Member], list[Link], list[Correction]]:
    """Some members with notices and dates, some links among them, some corrections."""
    count = draw(st.integers(1, 7))
    members = []
    for number in range(count):
        named = draw(st.lists(st.tuples(st.sampled_from(KINDS), st.sampled_from(PARTNERS)), max_size=2))
        hours = draw(st.none() | st.integers(0, 48))
        members.append(
            member(
                f"{draw(st.sampled_from(SITES))}/{number}",
                notices=tuple(notice(kind, partner.name) for kind, partner in named),
                date_published=None if hours is None else NOW + timedelta(hours=hours),
                date_exact=draw(st.booleans()),
                date_source="json-ld",
                first_seen_at=NOW + timedelta(minutes=draw(st.integers(0, 3))),
                tokens=draw(st.sampled_from((10, 400))),
            )
        )
    pairs = [(one, other) for at, one in enumerate(members) for other in members[:at]]
    picked = draw(st.lists(st.sampled_from(pairs), unique=True)) if pairs else []
    links = [
        text_link(one, other, joins=draw(st.booleans()), coverage=draw(st.sampled_from((0.3, 0.7, 0.9, 1.0))))
        for one, other in picked
    ]
    judged = draw(st.lists(st.sampled_from(pairs), unique=True, max_size=3)) if pairs else []
    corrections = [
        correction(draw(st.sampled_from(("split", "join"))), one, other, NOW + timedelta(days=draw(st.integers(0, 1))))
        for one, other in judged
    ]
    return members, links, corrections


@settings(max_examples=300, deadline=None)
@given(newsrooms(), st.randoms(use_true_random=False))
def test_order_makes_no_difference(
    newsroom: tuple[list[Member], list[Link], list[Correction]], dice: random.Random
) -> None:
    """Whatever the order of members, links and corrections, every verdict is the same, and each holds together."""
    members, links, corrections = newsroom
    expected = attribute(members, links, corrections, REGISTRY, NOW)
    for part in newsroom:
        dice.shuffle(part)  # type: ignore[arg-type]
    found = attribute(members, links, corrections, REGISTRY, NOW)
    assert found == expected
    for uri, verdict in found.items():
        cluster = [other for other, its in found.items() if its.cluster_id == verdict.cluster_id]
        assert len(cluster) == verdict.member_count
        assert verdict.cluster_id == cluster_id(min(cluster))
        assert [found[other].role for other in cluster].count("original") <= 1
        assert 0 <= verdict.confidence <= 1
        assert (verdict.original is None) == (verdict.role in ("solo", "original"))
        assert verdict.role != "solo" or cluster == [uri]
