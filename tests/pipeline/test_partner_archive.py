"""The first case: an article from a partner's archive beside the partner's own page, in either order of arrival.

On a fictional twin always; on the real text where it lies beside the corpus.
"""

from __future__ import annotations

import html
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import redis

from pipeline.ingest import arrival_of, ingest_page
from pipeline.models import Page
from pipeline.policies import Partner
from pipeline.record import Record
from pipeline.settings import load_partners
from tests.pipeline.desks import open_desk
from tests.pipeline.newsroom import NOON

FICTIONAL = (
    Partner(name="The Semaphore", domains=("semaphore.example",)),
    Partner(name="The Long View", domains=("longview.example",)),
)


@dataclass(frozen=True)
class Case:
    """A text as it was laid out: headline, standfirst, notice, body with an update stack, notice."""

    text: str
    partner: str
    host_url: str
    partner_url: str

    @property
    def blocks(self) -> list[str]:
        """The paragraphs, notices and all."""
        return [" ".join(block.split()) for block in self.text.split("\n\n") if block.strip()]

    @property
    def story(self) -> list[str]:
        """The article's own paragraphs, without headline, standfirst and notices."""
        return [block for block in self.blocks[2:] if "archive of our partner" not in block]

    def host_page(self) -> Page:
        """The host's page: headline and standfirst above the article and again in it, both notices in the text."""
        headline, standfirst, *rest = self.blocks
        inner = "".join(f"<p>{html.escape(block)}</p>" for block in rest)
        body = f"<h1>{html.escape(headline)}</h1><p class='dek'>{html.escape(standfirst)}</p><div class='body'>{inner}</div>"
        return layout(self.host_url, headline, standfirst, body)

    def partner_page(self) -> Page:
        """The partner's own page: the same story, told once."""
        headline, standfirst = self.blocks[:2]
        inner = "".join(f"<p>{html.escape(block)}</p>" for block in self.story)
        return layout(self.partner_url, headline, standfirst, f"<h1>{html.escape(headline)}</h1>{inner}")


def layout(url: str, headline: str, standfirst: str, article: str) -> Page:
    """Return a page as both sites would have made it."""
    facts = {
        "@type": "NewsArticle",
        "headline": headline,
        "description": standfirst,
        "datePublished": "2014-06-22T14:05:00Z",
    }
    text = (
        f"<!doctype html><html lang='en'><head><meta charset='utf-8'><title>{html.escape(headline)}</title>"
        f"<script type='application/ld+json'>{json.dumps(facts)}</script></head><body><header><a href='/'>Home</a></header>"
        f"<main><article>{article}</article></main><footer>Terms and conditions</footer></body></html>"
    )
    return Page(requested_url=url, url=url, status=200, content_type="text/html", body=text.encode(), fetched_at=NOON)


TWIN = Case(
    partner="The Semaphore",
    host_url="https://www.longview.example/news/archive/2019/02/storm-third-island/4410/",
    partner_url="https://www.semaphore.example/2019/02/storm-third-island/4410/",
    text="""Storm Takes the Third Island Causeway in Two Nights

The storm that has battered the Outer Reach took its third causeway in just two nights, cutting off the island of Tarrow.

This article is from the archive of our partner .

The storm that has battered the Outer Reach took its third causeway in just two nights, cutting off the island of Tarrow. The road was closed an hour before the sea came over it, and nobody was on it when the middle arch went.

As the Reach Gazette reports, the loss of the causeway leaves the islands with a single crossing, "a narrow lane of gravel and goodwill" that floods at every spring tide. The ferry company, as we noted on Friday, has one boat in the yard.

A survey of the last remaining causeway found nine cracks, two of them wide enough for a hand.

The harbour board is now opposed to any repair before summer, and its chairman accuse the county of looking for pictures.

What fell was built for carts, and everybody who drives on it has known that since school."

Let us hope the county was listening.

Original Post

After two days of wind from the south, the sea broke through the causeway at Pell and Small Tarrow late on Friday, and took the lamp posts with it.

By morning some forty cars stood on the wrong side, most of them belonging to people who had gone across for the fiddle contest. They were brought back by the lifeboat, four at a time, with their fiddles.

The council of the Reach opened the school at Pell for the night and served soup that had been meant for the contest.

This article is from the archive of our partner The Semaphore.""",
)


@pytest.fixture(params=["twin", "seed"])
def case(request: pytest.FixtureRequest) -> Case:
    """The fictional twin, and the real text."""
    if request.param == "twin":
        return TWIN
    corpus: Path = request.getfixturevalue("corpus")
    path = corpus.parent / "seed" / "partner-archive-article.txt"
    if not path.exists():
        pytest.skip(f"{path} is not there")
    return Case(
        text=path.read_text(encoding="utf-8"),
        partner="The Wire",
        host_url="https://www.theatlantic.com/international/archive/2014/06/isis-expands-its-reach/373238/",
        partner_url="https://www.thewire.com/global/2014/06/isis-expands-its-reach/373238/",
    )


Ingest = Callable[..., tuple[Record, Record]]


@pytest.fixture
def ingest(tmp_path: Path, redis_client: redis.Redis) -> Iterator[Ingest]:
    """Ingest pages and return the host's and the partner's record."""
    with open_desk(tmp_path, redis_client, (*load_partners(None), *FICTIONAL)) as desk:

        def run(case: Case, *, partner_first: bool) -> tuple[Record, Record]:
            pages = [case.host_page(), case.partner_page()]
            for page in reversed(pages) if partner_first else pages:
                ingest_page(desk, arrival_of(page))
            by_url = {record.url: record for record in desk.store.changes()}
            return by_url[case.host_url], by_url[case.partner_url]

        yield run


@pytest.mark.parametrize("partner_first", [True, False])
def test_the_partner_is_the_original_in_either_order(case: Case, ingest: Ingest, partner_first: bool) -> None:
    """Two records in one cluster: the host's is a copy, with relation, coverage and the evidence."""
    host, partner = ingest(case, partner_first=partner_first)
    assert host.syndication.cluster_id == partner.syndication.cluster_id
    assert (host.syndication.role, partner.syndication.role) == ("copy", "original")
    assert host.syndication.original is not None
    assert (partner.uri, case.partner) == (host.syndication.original.uri, host.syndication.original.publisher)
    assert host.syndication.relation in {"verbatim", "stacked"}
    assert host.syndication.coverage is not None
    assert min(host.syndication.coverage.of_this, host.syndication.coverage.of_other) > 0.9
    assert any("partner-archive" in evidence.signal for evidence in host.syndication.evidence)


def test_both_notices_are_data_and_neither_is_text(case: Case, ingest: Ingest) -> None:
    """The first lost its name, the last kept it."""
    host, partner = ingest(case, partner_first=True)
    archive = [notice for notice in host.notices if notice.kind == "partner-archive"]
    assert [None, case.partner] == [notice.partner for notice in archive]
    assert "archive of our partner" not in host.article_body
    assert not [notice for notice in partner.notices if notice.kind == "partner-archive"]


def test_headline_and_standfirst_come_once(case: Case, ingest: Ingest) -> None:
    """The article's first sentence repeats the standfirst and stays; the copies above it go."""
    host, _ = ingest(case, partner_first=True)
    headline, standfirst = case.blocks[:2]
    assert (headline, standfirst) == (host.headline, host.description)
    assert headline not in host.article_body
    assert host.article_body.count(standfirst) == 1
    assert host.article_body.startswith(case.story[0][:60])


def test_the_part_under_original_post_is_marked(case: Case, ingest: Ingest) -> None:
    """With offsets in the body, and without its label in the text."""
    host, _ = ingest(case, partner_first=True)
    (update,) = [update for update in host.updates if update.label.startswith("Original Post")]
    older = case.story[case.story.index("Original Post") + 1 :]
    assert "\n\n".join(older) == host.article_body[update.start : update.end].strip()
    assert "Original Post" not in host.article_body


def test_the_quote_that_lost_its_mark_is_kept_as_it_is(case: Case, ingest: Ingest) -> None:
    """Nothing is added to a text, and nothing else taken from it."""
    host, _ = ingest(case, partner_first=True)
    expected = [block for block in case.story if block != "Original Post"]
    assert expected == host.article_body.split("\n\n")
