"""The newsroom's texts: what is a copy shares text, what is not shares none, and expected.toml knows them all."""

from __future__ import annotations

import re
import tomllib
from importlib.resources import files
from itertools import combinations

import pytest

from workers.demo.content import Publisher, Story, load_newsroom
from workers.demo.feeds import address

EXPECTED = tomllib.loads((files("workers.demo") / "expected.toml").read_text(encoding="utf-8"))
STORIES = [(publisher, story) for publisher in load_newsroom() for story in publisher.stories]


def words_of(story: Story) -> list[str]:
    """The body's words, in lower case."""
    return re.findall(r"\w+", " ".join(block.text for block in story.blocks if block.kind != "notice").lower())


def shingles_of(story: Story) -> set[tuple[str, ...]]:
    """The body's sequences of five words."""
    words = words_of(story)
    return {tuple(words[start : start + 5]) for start in range(len(words) - 4)}


def families() -> dict[str, int]:
    """The number of its cluster by the URL of each story that has copies."""
    urls = [[cluster["original"], *(copy["url"] for copy in cluster["copies"])] for cluster in EXPECTED["cluster"]]
    return {url: number for number, family in enumerate(urls) for url in family}


def test_about_forty_stories_of_seven_publishers() -> None:
    """With every kind of feed and page."""
    publishers = load_newsroom()
    assert (7, 40) == (len(publishers), len(STORIES))
    assert {"rss", "rss-full", "atom", "json", "rdf"} == {publisher.feed for publisher in publishers}
    assert {"json-ld", "opengraph", "microdata", "magazine", "plain"} == {
        publisher.template for publisher in publishers
    }
    assert all(publisher.host.endswith(".example") for publisher in publishers)


def test_expected_knows_every_url() -> None:
    """No URL of a feed is without an expectation, none of the expectations without an URL."""
    urls = {address(publisher, story) for publisher, story in STORIES}
    assert urls == set(EXPECTED["endings"])
    assert families().keys() <= urls


@pytest.mark.parametrize(("publisher", "story"), STORIES, ids=[f"{p.host}{s.path}" for p, s in STORIES])
def test_a_story_is_as_long_as_a_story(publisher: Publisher, story: Story) -> None:
    """Between a long brief and a short feature; excerpts are shorter."""
    if EXPECTED["endings"][address(publisher, story)] == "stored":
        assert 150 <= len(words_of(story)) <= 600


def test_copies_share_text_and_others_share_none() -> None:
    """Not even five words in a row."""
    family = families()
    for (a_publisher, a), (b_publisher, b) in combinations(STORIES, 2):
        a_url, b_url = address(a_publisher, a), address(b_publisher, b)
        shared = len(shingles_of(a) & shingles_of(b))
        if a_url in family and family[a_url] == family.get(b_url):
            assert shared > 100, (a_url, b_url)
        else:
            assert shared == 0, (a_url, b_url)
