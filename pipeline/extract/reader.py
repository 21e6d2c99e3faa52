"""What extraction needs beside the page: made once per process, the same for every page."""

from __future__ import annotations

from pipeline.extract.notices.rules import CompiledRules, compile_rules
from pipeline.extract.overrides import SiteRules, compile_overrides
from pipeline.models import Value
from pipeline.policies import ExtractPolicy, NoticeRule, Partner, SiteOverride


class Reader(Value, frozen=True, kw_only=True):
    """The policy, the notice rules, the partners and the operator's overrides, ready for use."""

    policy: ExtractPolicy = ExtractPolicy()
    partners: tuple[Partner, ...] = ()
    rules: CompiledRules = CompiledRules()
    overrides: tuple[SiteRules, ...] = ()


def make_reader(
    policy: ExtractPolicy,
    rules: tuple[NoticeRule, ...] = (),
    partners: tuple[Partner, ...] = (),
    overrides: tuple[SiteOverride, ...] = (),
) -> Reader:
    """Return the reader for these settings. Raises ConfigError naming a rule or an override that cannot be used."""
    marks = [mark for partner in partners for mark in partner.marks]
    return Reader(
        policy=policy,
        partners=partners,
        rules=compile_rules(rules, marks),
        overrides=compile_overrides(overrides),
    )
