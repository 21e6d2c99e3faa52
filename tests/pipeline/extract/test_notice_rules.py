"""The shipped notice rules: their examples, their traps, their cost on hostile text; and what a wrong rule says."""

from __future__ import annotations

import time
from functools import cache

import pytest
from msgspec.structs import replace

from pipeline.errors import ConfigError
from pipeline.extract.notices.examples import check_examples, matches
from pipeline.extract.notices.findings import find
from pipeline.extract.notices.rules import KINDS, CompiledRule, CompiledRules, compile_rules
from pipeline.extract.notices.sources import AGENCIES
from pipeline.policies import NoticeRule
from tests.pipeline.extract.notice_rules import compiled, shipped_rules

RULES = shipped_rules()
LANGUAGES = ("en", "de", "fr", "es", "it", "pt", "nl")
#: The kinds that name another publisher as the source.
CLAIMS = ("partner-archive", "republished", "originally-appeared", "wire-credit")


@cache
def alone(rule: NoticeRule) -> CompiledRules:
    """Return one rule, compiled."""
    return compile_rules((rule,))


def test_every_rule_has_its_own_id_and_examples() -> None:
    """Ids are unique, and each rule shows what it must and must not match."""
    assert len({rule.id for rule in RULES}) == len(RULES)
    assert [rule.id for rule in RULES if not rule.match or not rule.must_not] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_language_has_sources_credits_corrections_and_updates(language: str) -> None:
    """A language names sources, agencies, corrections, updates and stacked parts."""
    rules = [rule for rule in RULES if rule.language == language]
    kinds = {rule.kind for rule in rules}
    assert {"originally-appeared", "republished", "correction", "update", "collaboration"} <= kinds
    assert kinds & {"wire-credit", "part-credit"}
    assert any(rule.takes == "part" for rule in rules)


@pytest.mark.parametrize(("rule", "text"), [(rule, text) for rule in RULES for text in rule.match], ids=str)
def test_a_rule_matches_its_examples(rule: NoticeRule, text: str) -> None:
    """Every positive example is found through the screen."""
    assert matches(alone(rule), text)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_a_rule_matches_typographic_spellings_of_its_examples(rule: NoticeRule) -> None:
    """No-break blanks and the apostrophes, quotes and dashes of print change nothing."""
    print_signs = str.maketrans({"'": "’", '"': "“", "-": "–", " ": "\xa0"})
    spelled = [text.translate(print_signs) for text in rule.match if rule.place != "attribute"]
    unscreened = tuple(replace(one, needs=()) for one in alone(rule).text.rules)
    assert [text for text in spelled if find(text, unscreened, frozenset())] == spelled


@pytest.mark.parametrize("trapped", RULES, ids=lambda rule: rule.id)
def test_no_rule_falls_into_a_trap_of_any_rule(trapped: NoticeRule) -> None:
    """A negative example matches no rule, except one of a kind whose own examples list it."""
    for text in trapped.must_not:
        wrong = {rule.id for rule in RULES if matches(alone(rule), text) and not _is_example(text, rule.kind)}
        assert wrong == set()


@pytest.mark.parametrize(
    "text",
    [
        "This article was reprinted on Lantern.com.",
        "It first appeared in 2014, when thousands had left the valley.",
        "The map misidentified originally three of the villages.",
        "AP Calculus is taught in the second year.",
        "The group APT41 was named in the report.",
        "Photo: Ann Doe/Reuters",
        "She said on Monday that the story first ran on television.",
        "The company originally planned a bridge in Port Elm.",
        "Der Bericht erschien am Montag.",
        "La ley fue publicada en el boletín.",
    ],
)
def test_traps_of_real_pages_claim_no_source(text: str) -> None:
    """Wordings that look like notices and name no other source give none."""
    found = find(text, compiled().text.for_text(text), frozenset())
    assert [one.rule.id for one in found if one.rule.kind in CLAIMS] == []


@pytest.mark.parametrize(
    ("text", "partner"),
    [
        ("This article was originally published on The Parley, an independent and nonprofit source.", "The Parley"),
        ("This article was originally published by Tomorrowist", "Tomorrowist"),
        ("This story originally appeared on LANTERN.com.", "LANTERN.com"),
        ("This story originally appeared in the St. Elm Post-Dispatch on May 3, 2031.", "St. Elm Post-Dispatch"),
        ("This article is republished from The Parley under a Creative Commons license.", "The Parley"),
        ("Dieser Artikel ist zuerst bei „Markt“ erschienen.", "Markt"),
        ("Dieser Artikel erschien zuerst im Blog Netzflicker.", "Netzflicker"),
        ("Cet article est republié à partir de La Lanterne sous licence Creative Commons.", "La Lanterne"),
        ("Publicado originalmente en Campo Abierto bajo CC BY 4.0", "Campo Abierto"),
        ("Questo articolo è stato pubblicato originariamente su La Lanterna.", "La Lanterna"),
        ("Dit artikel verscheen eerder in Havenblad.", "Havenblad"),
        ("© 2019 Associated Press. All Rights Reserved.", "Associated Press"),
        ("© dpa-infocom, dpa:240516-99-53606/3 (dpa)", "dpa"),
        ("This article is from the archive of our partner .", None),
    ],
)
def test_the_partner_is_the_name_alone(text: str, partner: str | None) -> None:
    """Descriptions, licences, dates, quotes and kinds of publication are cut off a source's name."""
    assert find(text, compiled().text.for_text(text), frozenset())[0].partner == partner


def test_agencies_can_be_added() -> None:
    """A mark from the partner registry is read where {agency} stands."""
    rule = NoticeRule(id="x", kind="wire-credit", language="en", pattern=r"^\((?P<src>{agency})\)", match=("(QNA)",))
    text = "(QNA)"
    assert find(text, compile_rules((rule,)).text.for_text(text), frozenset()) == ()
    assert find(text, compile_rules((rule,), ("QNA",)).text.for_text(text), frozenset())[0].partner == "QNA"


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("pattern", "(unclosed", "pattern cannot be read"),
        ("kind", "reprint", "kind = 'reprint'; allowed are partner-archive"),
        ("place", "middle", "place = 'middle'; allowed are top"),
        ("takes", "all", "takes = 'all'; allowed are match"),
    ],
)
def test_a_wrong_rule_is_named(field: str, value: str, said: str) -> None:
    """A rule that cannot be used stops the start with its id, what was seen and what is allowed."""
    rule = NoticeRule(id="mine", kind=KINDS[0], language="en", pattern="x")
    with pytest.raises(ConfigError, match="mine") as error:
        compile_rules((replace(rule, **{field: value}),))
    assert said in str(error.value)


def test_the_shipped_rules_keep_their_examples() -> None:
    """The check that operators run over their rules passes for the shipped ones."""
    check_examples(RULES)


def test_broken_examples_are_all_listed() -> None:
    """Each example that fails is named with its rule, and with the needs that hide it."""
    rule = NoticeRule(
        id="mine",
        kind="republished",
        language="en",
        pattern="from {src}",
        needs=("taken from",),
        match=("Taken from The Lantern.", "Copied from The Lantern."),
        must_not=("Taken from Denmark.", "Taken by bus."),
    )
    with pytest.raises(ConfigError) as error:
        check_examples((rule,))
    assert str(error.value).splitlines() == [
        "notice rule mine: does not match its example 'Copied from The Lantern.'; none of its needs stands there: taken from",
        "notice rule mine: matches what it must not: 'Taken from Denmark.'",
    ]


HOSTILE = {
    "blanks": " ",
    "letters": "a",
    "capitals": "A",
    "capital words": "Aa ",
    "dots": ". ",
    "dashes": "- ",
    "brackets": "(",
    "bracketed agencies": "(AP) ",
    "quotes": "'\"",
    "starts": "This article was originally ",
    "german starts": "Dieser Artikel zuerst ",
    "french starts": "cet article est publié ",
    "agencies": "AP, Reuters, ",
    "contributors": "Associated Press writers ",
    "copyrights": "© 2019 ",
    "digits": "1 ",
    "labels": "Update, 1 ",
}


@pytest.mark.parametrize("unit", HOSTILE.values(), ids=HOSTILE.keys())
def test_patterns_take_linear_time(unit: str) -> None:
    """Twice the text takes less than three times the time at 100 KB, for each pattern."""
    rules = compiled()
    assert [one.rule.id for one in (*rules.text.rules, *rules.attributes) if not _is_linear(one, unit)] == []


def _is_linear(one: CompiledRule, unit: str) -> bool:
    """Return whether one of a few tries keeps the ratio: others use the machine too."""
    if _seconds(one, unit, 100_000) < 0.03:
        return True
    for _ in range(4):
        once = min(_seconds(one, unit, 50_000) for _ in range(2))
        if min(_seconds(one, unit, 100_000) for _ in range(2)) < 3 * max(once, 0.01):
            return True
    return False


def _seconds(one: CompiledRule, unit: str, size: int) -> float:
    text = unit * (size // len(unit))
    start = time.process_time()
    for _ in one.pattern.finditer(text):
        pass
    return time.process_time() - start


def _is_example(text: str, kind: str) -> bool:
    return any(text in rule.match for rule in RULES if rule.kind == kind)


def test_agency_names_are_unique() -> None:
    """No agency stands in the list twice."""
    assert len(set(AGENCIES)) == len(AGENCIES)
