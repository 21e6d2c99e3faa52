"""Notices, datelines, repeats and stacked parts out of a body: what goes, what stays, and where it stood."""

from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.extract.notices.notices import Stripped, strip_notices
from pipeline.extract.notices.rules import CompiledRules
from pipeline.models import Notice
from tests.pipeline.extract.notice_rules import compiled

FIRST = "The storm took the roof of the old hall on Saturday, and two cranes of the market fell in the same hour."
SECOND = "The council met by candlelight, and the mayor asked the province for three hundred helpers."
LAST = "The engineers will look at the ground before anything is built again."


def strip(
    *paragraphs: str,
    headline: str = "Storm takes the roof of the hall",
    description: str | None = None,
    html_notices: tuple[Notice, ...] = (),
    own_names: frozenset[str] = frozenset({"The Meridian", "meridian.example"}),
) -> Stripped:
    """Return what strip_notices makes of these paragraphs with the shipped rules."""
    return strip_notices(
        "\n\n".join(paragraphs),
        headline=headline,
        description=description,
        html_notices=html_notices,
        rules=compiled(),
        own_names=own_names,
    )


def body_of(*paragraphs: str) -> str:
    """Return paragraphs as a body."""
    return "\n\n".join(paragraphs)


def test_a_body_without_notices_stays_as_it_is() -> None:
    """Nothing is taken from an article that says nothing of its origin."""
    assert strip(FIRST, SECOND, LAST) == Stripped(body=body_of(FIRST, SECOND, LAST))


@pytest.mark.parametrize(
    ("paragraphs", "kind", "partner"),
    [
        (
            (FIRST, SECOND, "This article is from the archive of our partner The Lantern."),
            "partner-archive",
            "The Lantern",
        ),
        (("This article is from the archive of our partner .", FIRST, SECOND), "partner-archive", None),
        ((FIRST, SECOND, "This article originally appeared on LANTERN US."), "originally-appeared", "LANTERN US"),
        ((FIRST, SECOND, "Republished from Field Notes."), "republished", "Field Notes"),
        ((FIRST, SECOND, "Mit Material von dpa und AFP."), "part-credit", "dpa"),
        ((FIRST, SECOND, "The Associated Press contributed to this report."), "part-credit", "Associated Press"),
        ((FIRST, SECOND, "Quelle: dpa"), "wire-credit", "dpa"),
        ((FIRST, SECOND, "© Reuters"), "wire-credit", "Reuters"),
        ((FIRST, SECOND, "(Reporting by Ann Doe in Port Elm; Editing by Bo Roe)"), "wire-credit", None),
        ((FIRST, SECOND, "Correction: The hall has two roofs, not three."), "correction", None),
        ((FIRST, SECOND, "This story was updated at 5 p.m. to include a statement by the mayor."), "update", None),
        ((FIRST, SECOND, "Dit artikel verscheen eerder in Havenblad."), "originally-appeared", "Havenblad"),
    ],
)
def test_a_notice_paragraph_leaves_the_body(paragraphs: tuple[str, ...], kind: str, partner: str | None) -> None:
    """The notice is data, with its place in the text before removal; the article's own text stays."""
    stripped = strip(*paragraphs)
    notice = stripped.notices[0]
    assert stripped.body == body_of(FIRST, SECOND)
    assert [(one.kind, one.partner) for one in stripped.notices] == [(kind, partner)]
    assert body_of(*paragraphs)[notice.start : notice.end] == notice.text


@pytest.mark.parametrize(
    ("dateline", "partner"),
    [
        ("PORT ELM (AP) — ", "AP"),
        ("PORT ELM, Minn. (AP) — ", "AP"),
        ("PORT ELM/SALT BAY, March 7 (Reuters) - ", "Reuters"),
        ("(Reuters) — ", "Reuters"),
        ("Port Elm (dpa/lno) – ", "dpa"),
        ("Port Elm (dts Nachrichtenagentur) – ", "dts Nachrichtenagentur"),
        ("Puerto Olmo, 3 jul (EFE).- ", "EFE"),
        ("London (CNN)", "CNN"),
        ("Port Elm (ots) - ", "ots"),
    ],
)
def test_a_dateline_is_cut_and_its_sentence_stays(dateline: str, partner: str) -> None:
    """The dateline of an agency goes from the first paragraph and is kept as a wire credit."""
    stripped = strip(dateline + FIRST, SECOND)
    assert stripped.body == body_of(FIRST, SECOND)
    assert [(one.kind, one.partner, one.start) for one in stripped.notices] == [("wire-credit", partner, 0)]


@pytest.mark.parametrize("mark", ["(dpa)", "(dpa/lno)", "(AFP)", "(Quelle: APA/sda/dpa)"])
def test_an_end_mark_is_cut_and_its_sentence_stays(mark: str) -> None:
    """The mark of an agency behind the last sentence is a wire credit."""
    stripped = strip(FIRST, f"{SECOND} {mark}")
    assert stripped.body == body_of(FIRST, SECOND)
    assert [(one.kind, one.text) for one in stripped.notices] == [("wire-credit", mark)]


def test_a_notice_sentence_leaves_its_paragraph() -> None:
    """A notice at the end of a paragraph takes its own sentence and no other."""
    stripped = strip(
        FIRST, f"{SECOND} This article was originally published by Tomorrowist. Read the original article."
    )
    assert stripped.body == body_of(FIRST, f"{SECOND} Read the original article.")
    assert stripped.notices[0].text == "This article was originally published by Tomorrowist."


@pytest.mark.parametrize(
    "text",
    [
        "This article was reprinted on Lantern.com.",
        "The novel first appeared in 2014, when few people read it.",
        "She told The Associated Press (AP) that the bridge was closed.",
        "AP Calculus is taught in the second year, and this article was first published in 2014.",
        "Reuters reported that the bridge was closed.",
        "The company originally planned to publish on Monday.",
    ],
)
def test_text_that_only_looks_like_a_notice_stays(text: str) -> None:
    """The traps of real pages are the article's own text."""
    assert strip(FIRST, SECOND, text) == Stripped(body=body_of(FIRST, SECOND, text))


@pytest.mark.parametrize("name", ["The Meridian", "Meridian", "meridian.example"])
def test_the_sites_own_footer_is_no_source(name: str) -> None:
    """A site that names itself as the place of first publication gives no notice, and its footer goes."""
    stripped = strip(FIRST, SECOND, f"The post Storm takes the roof appeared first on {name}.")
    assert stripped == Stripped(body=body_of(FIRST, SECOND))


def test_headline_and_standfirst_are_not_said_twice() -> None:
    """A headline on top goes, and so does the standfirst under it; a first sentence equal to it stays."""
    dek = "The storms of this month went on taking what the harbour had left."
    stripped = strip("Storm Takes the Roof of the Hall", dek, f"{dek} {FIRST}", SECOND, description=dek)
    assert stripped.body == body_of(f"{dek} {FIRST}", SECOND)
    assert stripped.notices == ()


def test_a_standfirst_is_known_by_its_repetition() -> None:
    """Without a description, the line that a later paragraph begins with goes."""
    dek = "The storms of this month went on taking what the harbour had left."
    assert strip(dek, f"{dek} {FIRST}", SECOND).body == body_of(f"{dek} {FIRST}", SECOND)
    assert strip("Well.", f"Well. {FIRST}", SECOND).body == body_of("Well.", f"Well. {FIRST}", SECOND)


def test_a_first_paragraph_that_the_site_took_for_its_description_stays() -> None:
    """Without a repetition the paragraph is the article's own text."""
    assert strip(FIRST, SECOND, LAST, description=FIRST).body == body_of(FIRST, SECOND, LAST)


def test_an_original_post_under_its_label_is_marked() -> None:
    """The heading leaves the body, and the part under it is marked to the end."""
    stripped = strip(FIRST, SECOND, "Original Post", LAST, FIRST)
    update = stripped.updates[0]
    assert stripped.body == body_of(FIRST, SECOND, LAST, FIRST)
    assert (update.label, stripped.body[update.start : update.end]) == ("Original Post", body_of(LAST, FIRST))
    assert stripped.notices == ()


def test_stacked_updates_run_to_the_next_label() -> None:
    """Labels that open a paragraph stay in it; each part ends where the next begins."""
    stripped = strip(f"UPDATE 2: {FIRST}", SECOND, f"UPDATE 1: {LAST}", "Original Post:", FIRST)
    marked = [(one.label, stripped.body[one.start : one.end]) for one in stripped.updates]
    assert marked == [
        ("UPDATE 2", body_of(f"UPDATE 2: {FIRST}", SECOND)),
        ("UPDATE 1", f"UPDATE 1: {LAST}"),
        ("Original Post", FIRST),
    ]


@pytest.mark.parametrize(
    "label", ["Update, 22.21 Uhr - ", "Update: ", "Mise à jour, 14h30 : ", "ACTUALIZACIÓN (3 de mayo): "]
)
def test_an_update_high_up_is_one_paragraph(label: str) -> None:
    """The article goes on under an update that stands on top of it."""
    stripped = strip(label + FIRST, SECOND, LAST)
    assert [stripped.body[one.start : one.end] for one in stripped.updates] == [label + FIRST]


def test_a_date_line_alone_marks_nothing() -> None:
    """A line that says when the page was changed goes, and is no stack."""
    assert strip("UPDATED: Tue., Nov. 19, 2019", FIRST, SECOND) == Stripped(body=body_of(FIRST, SECOND))


def test_what_an_html_block_said_is_joined_with_the_body() -> None:
    """The same words in HTML and body are one notice, with the link of the one and the offsets of the other."""
    text = "This article originally appeared on LANTERN US."
    told = Notice(
        rule_id="en-originally-on",
        kind="originally-appeared",
        text=text,
        partner="LANTERN US",
        target_url="https://lantern.example/1",
    )
    stripped = strip(FIRST, text, html_notices=(told,))
    assert stripped.body == FIRST
    assert [(one.target_url, one.start) for one in stripped.notices] == [("https://lantern.example/1", len(FIRST) + 2)]


def test_what_only_html_said_is_kept_without_offsets() -> None:
    """A notice that extraction dropped is data all the same."""
    told = Notice(
        rule_id="en-republished-from", kind="republished", text="Republished from Field Notes.", partner="Field Notes"
    )
    assert strip(FIRST, SECOND, html_notices=(told,)).notices == (told,)


def test_an_empty_body_is_an_empty_body() -> None:
    """No text gives no notices."""
    assert strip("") == Stripped(body="")


PIECES = st.sampled_from(
    [FIRST, SECOND, LAST, "PORT ELM (AP) — " + FIRST, "(dpa)", "Original Post", "Update: " + LAST, "Quelle: dpa", "…", "© Reuters",
     "This article is from the archive of our partner .", SECOND + " (dpa)", "Storm takes the roof of the hall", "a\nb"]
)  # fmt: skip


@settings(max_examples=200, deadline=None)
@given(st.lists(PIECES, max_size=9))
def test_offsets_hold_for_any_stack_of_paragraphs(pieces: list[str]) -> None:
    """A notice's offsets give its text in the old body, an update's lie in order in the new one, and nothing is left to find."""
    before = body_of(*pieces)
    stripped = strip(*pieces)
    assert all(before[one.start : one.end] == one.text for one in stripped.notices)
    starts = [(one.start, one.end) for one in stripped.updates]
    assert starts == sorted(starts)
    assert all(0 <= start < end <= len(stripped.body) for start, end in starts)
    assert "\n\n\n" not in stripped.body
    assert stripped.body == stripped.body.strip()


@pytest.mark.parametrize(
    "body",
    [
        "x\n\n" * 250_000,
        "The Associated Press contributed to this report. " * 20_000,
        "Original Post\n\n" * 70_000,
        "PORT ELM (AP) — " * 60_000,
        "a" * 1_000_000,
        " (dpa)" * 160_000,
    ],
    ids=["paragraphs", "credits", "labels", "datelines", "letters", "marks"],
)
def test_a_megabyte_of_anything_is_read_in_bounded_time(body: str) -> None:
    """Hostile bodies cost seconds at most."""
    start = time.process_time()
    strip(body)
    assert time.process_time() - start < 8


def test_the_number_of_notices_is_bounded() -> None:
    """A body made of notices cannot fill the record."""
    many = strip(*[f"Update: {FIRST}", "dpa:240516-99-53606/3"] * 2_000)
    assert len(many.notices) + len(many.updates) <= 210
    assert len(strip("The Associated Press contributed to this report. " * 1_000).notices) <= 10


def test_no_rules_find_nothing() -> None:
    """Without rules the body keeps its notices."""
    text = body_of(FIRST, "Quelle: dpa")
    stripped = strip_notices(text, headline="", description=None, html_notices=(), rules=CompiledRules())
    assert stripped == Stripped(body=text)
