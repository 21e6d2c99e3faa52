"""Whether notice rules do what their own examples say."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from pipeline.errors import ConfigError
from pipeline.extract.notices.findings import find
from pipeline.extract.notices.rules import CompiledRules, compile_rules
from pipeline.policies import NoticeRule


def check_examples(rules: Iterable[NoticeRule], marks: tuple[str, ...] = ()) -> None:
    """Return when every rule matches its `match` and none of its `must_not`. Raises ConfigError with each failure."""
    failures = [failure for rule in rules for failure in _failures(rule, compile_rules((rule,), marks))]
    if failures:
        raise ConfigError("\n".join(failures))


def _failures(rule: NoticeRule, compiled: CompiledRules) -> Iterator[str]:
    for text in rule.match:
        if not matches(compiled, text):
            needed = _missing(rule, text)
            yield f"notice rule {rule.id}: does not match its example {text!r}{needed}"
    for text in rule.must_not:
        if matches(compiled, text):
            yield f"notice rule {rule.id}: matches what it must not: {text!r}"


def matches(compiled: CompiledRules, text: str) -> bool:
    """Return whether one of the rules matches a paragraph or an attribute's value, wherever it stands."""
    in_attribute = any(one.may_match(text.lower()) and one.pattern.search(text) for one in compiled.attributes)
    return in_attribute or bool(find(text, compiled.text.for_text(text), frozenset()))


def _missing(rule: NoticeRule, text: str) -> str:
    """Return a hint where the words of `needs` are what is missing."""
    if not rule.needs or any(need.lower() in text.lower() for need in rule.needs):
        return ""
    return f"; none of its needs stands there: {', '.join(rule.needs)}"
