"""The article that came from a partner's archive: a fictional twin of the first case, and the case itself where it lies."""

from __future__ import annotations

from pathlib import Path

import lxml.html
import pytest

from pipeline.extract.html_notices import read_html_notices
from pipeline.extract.notices import Stripped, strip_notices
from pipeline.text import clean_body, normal_key
from tests.pipeline.extract.notice_rules import compiled

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


def test_the_first_case_itself(corpus: Path) -> None:
    """The text that the project began with gives its notices, its headline once, and its older part."""
    seed = corpus.parent / "seed" / "partner-archive-article.txt"
    if not seed.is_file():
        pytest.skip(f"{seed} is not there")
    body = clean_body(seed.read_text("utf-8"))
    headline, standfirst = body.split("\n\n")[:2]
    stripped = strip_notices(body, headline=headline, description=standfirst, html_notices=(), rules=compiled())
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
