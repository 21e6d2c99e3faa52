"""The article that came from a partner's archive: a fictional twin of the first case, and the case itself where it lies."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import lxml.html
import pytest

from pipeline.extract import extract_article, make_reader
from pipeline.extract.notices.html_notices import read_html_notices
from pipeline.extract.notices.notices import Stripped, strip_notices
from pipeline.models import Page
from pipeline.policies import ExtractPolicy
from pipeline.text import clean_body, normal_key
from tests.pipeline.extract.notice_rules import compiled, shipped_rules

PAGE = Path(__file__).parents[2] / "data" / "notices" / "partner-archive.html"


@pytest.fixture(scope="module")
def twin() -> Stripped:
    """The twin page, its article taken as the body with everything that stands in it."""
    root = lxml.html.document_fromstring(PAGE.read_text("utf-8"))
    lines = [
        block.text_content()
        for block in root.find(".//article").iter("h1", "p", "h3", "div")
        if len(block.findall("p")) == 0
    ]
    own = frozenset({"The Meridian", "meridian.example"})
    return strip_notices(
        clean_body("\n\n".join(lines)),
        headline=root.findtext(".//h1"),
        description=root.xpath("string(//meta[@property='og:description']/@content)"),
        html_notices=read_html_notices(root, compiled(), own),
        rules=compiled(),
        own_names=own,
    )


def test_both_notices_are_data_and_neither_is_text(twin: Stripped) -> None:
    """The notice whose name was lost, and the last one, with the partner's name and address."""
    told = [(one.kind, one.partner, one.target_url, one.text) for one in twin.notices]
    assert told == [
        (
            "partner-archive",
            None,
            "https://www.thelantern.example/",
            "This article is from the archive of our partner .",
        ),
        (
            "partner-archive",
            "The Lantern",
            "https://www.thelantern.example/",
            "This article is from the archive of our partner The Lantern.",
        ),
    ]
    assert "our partner" not in twin.body


def test_headline_and_standfirst_stand_once(twin: Stripped) -> None:
    """The body begins with the first paragraph, which begins with the standfirst's words."""
    assert twin.body.startswith("The storms of this month went on taking")
    assert twin.body.count("The storms of this month") == 1
    assert "Third Loss in Ten Days" not in twin.body


def test_the_part_under_original_post_is_marked(twin: Stripped) -> None:
    """The label leaves the body; the part runs from the first to the last paragraph of the older text."""
    assert [one.label for one in twin.updates] == ["Original Post"]
    part = twin.body[twin.updates[0].start : twin.updates[0].end]
    assert part.startswith("After a night of gusts")
    assert part.endswith("the glass of the observatory on the hill.")
    assert "Original Post" not in twin.body


def test_extraction_as_a_whole_gives_the_same() -> None:
    """From the bytes of the page: one headline, one standfirst, both notices, the marked part, and nothing of the site."""
    url = "https://www.meridian.example/news/archive/harbour-hall/1234/"
    page = Page(
        requested_url=url,
        url=url,
        status=200,
        content_type="text/html",
        body=PAGE.read_bytes(),
        fetched_at=datetime(2031, 3, 4, tzinfo=UTC),
    )
    article = extract_article(page, None, make_reader(ExtractPolicy(), shipped_rules()))
    assert article.headline == "Storm Tears the Roof From Harbour Hall, Third Loss in Ten Days"
    assert [(one.kind, one.partner) for one in article.notices] == [
        ("partner-archive", None),
        ("partner-archive", "The Lantern"),
    ]
    assert [one.label for one in article.updates] == ["Original Post"]
    assert article.body[article.updates[0].start :].startswith("After a night of gusts")
    assert article.body.count("The storms of this month") == 1
    assert not [word for word in ("our partner", "Original Post", "Quarry", "Meridian") if word in article.body]


def test_the_first_case_itself(corpus: Path) -> None:
    """The text that the project began with gives its notices, its headline once, and its older part."""
    seed = corpus.parent / "seed" / "partner-archive-article.txt"
    if not seed.is_file():
        pytest.skip(f"{seed} is not there")
    body = clean_body(seed.read_text("utf-8"))
    headline, standfirst = body.split("\n\n")[:2]
    stripped = strip_notices(body, headline=headline, description=None, html_notices=(), rules=compiled())
    update = stripped.updates[0]
    assert [(one.kind, one.partner) for one in stripped.notices] == [
        ("partner-archive", None),
        ("partner-archive", "The Wire"),
    ]
    assert "our partner" not in stripped.body
    assert normal_key(stripped.body).count(normal_key(standfirst)) == 1
    assert normal_key(headline) not in normal_key(stripped.body)
    assert (update.label, update.end) == ("Original Post", len(stripped.body))
    assert stripped.body[update.start :].startswith("After a fierce battle")
