"""Relations between articles of ours and what republishers make of them."""

from __future__ import annotations

import random
from collections import Counter
from itertools import combinations

from pipeline.copies import Partners, attribute, compare
from pipeline.models import Member
from tests.pipeline.copies.stories import (
    NOW,
    PARTNERS,
    POLICY,
    cut,
    edited,
    member,
    notice,
    own_intro,
    stacked,
    story,
    typography,
    without_paragraphs,
)

STORIES = 40


def republished(body: str, seed: int) -> list[tuple[str, str, Member, str, set[str]]]:
    """Return (what was done, url, the copy, its text, the relations that name it rightly)."""
    dice = random.Random(f"republished {seed}")
    says_so = (notice("republished", "The Harbour Post"),)
    update, marks = stacked(body, dice)
    texts = {
        "typography": (typography(body), {"verbatim"}),
        "own intro": (own_intro(body, dice), {"extended"}),
        "cut to 60 %": (cut(body, 0.6), {"excerpt"}),
        "cut to 30 %": (cut(body, 0.3), {"excerpt"}),
        "a third of the paragraphs dropped": (without_paragraphs(body, dice, 0.35), {"excerpt"}),
        "3 % edited": (edited(body, dice, 0.03), {"verbatim"}),
        "8 % edited": (edited(body, dice, 0.08), {"reworked", "verbatim"}),
        "stacked update": (update, {"stacked"}),
        "read more": (cut(body, 0.15) + "\n\nRead more at The Harbour Post.", {"excerpt"}),
    }
    made = []
    for what, (text, right) in texts.items():
        updates = marks if what == "stacked update" else ()
        url = f"valley-courier.example/{seed}/{what.replace(' ', '-').replace('%', 'pc')}"
        made.append((what, url, member(url, text, notices=says_so, updates=updates), text, right))
    stub = member(f"valley-courier.example/{seed}/stub", "", notices=(
        notice("originally-appeared", "The Harbour Post", f"https://harbour-post.example/{seed}"),
    ))  # fmt: skip
    return [*made, ("stub", stub.url, stub, "", {"notice-only"})]


def test_relations_of_generated_copies() -> None:
    """At least 95 % of the copies get the right relation, each the right role, and all of them their original."""
    right, wrong = Counter[str](), Counter[tuple[str, str | None]]()
    for seed in range(STORIES):
        body = story(seed)
        original = member(f"harbour-post.example/{seed}", body)
        for what, _, copy, text, expected in republished(body, seed):
            link = compare(original, body, copy, text, POLICY)
            found = attribute([original, copy], [link] if link else [], [], Partners(PARTNERS), NOW)
            verdict = found[copy.uri]
            if verdict.relation in expected and verdict.role == "copy" and found[original.uri].role == "original":
                right[what] += 1
            else:
                wrong[what, verdict.relation] += 1
    assert right.total() / (right.total() + wrong.total()) >= 0.95, wrong
    assert all(right[what] >= 0.85 * STORIES for what in right), wrong


def test_different_stories_of_one_newsroom_do_not_join() -> None:
    """The articles behind the generated set are no copies of each other, although they share phrases and names."""
    bodies = {seed: story(seed) for seed in range(STORIES)}
    members = {seed: member(f"harbour-post.example/{seed}", body) for seed, body in bodies.items()}
    for one, other in combinations(bodies, 2):
        link = compare(members[one], bodies[one], members[other], bodies[other], POLICY)
        assert link is None or not link.joins
