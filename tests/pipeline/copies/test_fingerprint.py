"""Fingerprints and the measure of shared text."""

from __future__ import annotations

import random
import subprocess
import sys
from itertools import pairwise

import pytest

from pipeline.copies import fingerprint, shared_passages
from pipeline.copies.fingerprint import winnow
from pipeline.copies.measure import shared, shingled
from pipeline.copies.shingles import shingle_hashes
from tests.pipeline.copies.stories import POLICY, edited, own_intro, story, typography


def plain_winnow(hashes: list[int], window: int) -> set[int]:
    """The definition: the smallest hash of every window."""
    if len(hashes) <= window:
        return {min(hashes)} if hashes else set()
    return {min(hashes[at : at + window]) for at in range(len(hashes) - window + 1)}


@pytest.mark.parametrize("count", [0, 1, 2, 15, 16, 17, 18, 40, 500])
def test_winnowing_keeps_the_least_of_every_window(count: int) -> None:
    """The fast way gives what the definition says, ties and short texts included."""
    dice = random.Random(count)
    for top in (3, 50, 2**64):
        hashes = [dice.randrange(top) for _ in range(count)]
        assert winnow(hashes, 16) == plain_winnow(hashes, 16)


def test_a_hash_is_that_of_its_words_alone() -> None:
    """The multiplication of the whole text gives each shingle the hash that it has on its own, in 64 bits."""
    words = story(1).lower().split()
    whole = shingle_hashes(words, 5)
    assert whole == [shingle_hashes(words[at : at + 5], 5)[0] for at in range(len(words) - 4)]
    assert all(0 <= value < 2**64 for value in whole)
    assert len(set(whole)) == len({tuple(words[at : at + 5]) for at in range(len(words) - 4)})


def test_hashes_are_the_same_in_every_process() -> None:
    """The index outlives processes and releases: these values must not change."""
    code = "from pipeline.copies.shingles import shingle_hashes as h; print(h('the ferry left on monday'.split(), 5))"
    other = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert other.strip() == str(shingle_hashes(["the", "ferry", "left", "on", "monday"], 5)) == "[3519578141479594003]"


def test_a_shared_run_of_twenty_words_shares_a_fingerprint() -> None:
    """Whatever surrounds it, a run of shingle and window size leaves a common hash."""
    run = " ".join(story(2).split()[:20])
    for seed in range(50):
        one = fingerprint(f"{story(100 + seed)} {run} {story(200 + seed)}", POLICY)
        other = fingerprint(f"{story(300 + seed)} {run} {story(400 + seed)}", POLICY)
        assert set(one.hashes) & set(other.hashes)


def test_typography_makes_no_difference() -> None:
    """Quotes, dashes, blanks and case are not part of a text."""
    body = story(3)
    assert fingerprint(typography(body), POLICY) == fingerprint(body.upper(), POLICY) == fingerprint(body, POLICY)


@pytest.mark.parametrize(("body", "hashes"), [("", 0), ("Three small words", 0), ("one two three four five six", 2)])
def test_short_texts(body: str, hashes: int) -> None:
    """A text shorter than a shingle has no fingerprint; a short one keeps all of its shingles."""
    assert len(fingerprint(body, POLICY).hashes) == hashes


def test_scripts_without_blanks_are_compared_by_characters() -> None:
    """A Chinese and a Thai text have shingles of ten characters, and a cut copy is covered."""
    for text in (
        "港口新闻社周一报道渡轮在没有船长的情况下离开了码头直到引水员询问谁在掌舵",
        "เรือข้ามฟากออกจากท่าเรือโดยไม่มีกัปตันเมื่อวันจันทร์",
    ):
        whole, part = shingled(text, 5), shingled(text[:-8], 5)
        assert whole.size == 10
        assert shared(part, whole).coverage == 1.0


def test_coverage_bears_edited_words() -> None:
    """With 8 % of the words replaced, most words still lie in shared shingles; sentences would not."""
    body = story(4)
    one, other = shingled(body, 5), shingled(edited(body, random.Random(1), 0.08), 5)
    assert 0.7 < shared(one, other).coverage < 0.97


def test_own_words_and_lead() -> None:
    """An own introduction is counted as own words and as lead, and leaves nothing uncovered of the original."""
    body = story(5)
    text = own_intro(body, random.Random(9))
    copy, original = shared(shingled(text, 5), shingled(body, 5)), shared(shingled(body, 5), shingled(text, 5))
    assert original.coverage == 1.0
    assert copy.tokens - original.tokens >= copy.own == copy.lead(20) >= 40


def test_passages_say_where_the_text_stands_in_both() -> None:
    """Each passage is the same words in both texts, and together they are the shared words."""
    body = story(6)
    text = own_intro(edited(body, random.Random(2), 0.03), random.Random(3))
    found = shared_passages(body, text, POLICY)
    assert [body[p.start_a : p.end_a] for p in found] == [text[p.start_b : p.end_b] for p in found]
    assert all(one.end_a <= other.start_a for one, other in pairwise(found))
    assert sum(p.words for p in found) > 0.85 * len(body.split())
