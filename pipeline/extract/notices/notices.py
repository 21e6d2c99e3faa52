"""What an article says about its own origin, taken out of the body: notices, credit lines, datelines, update stacks."""

from __future__ import annotations

from dataclasses import dataclass, field

from msgspec.structs import replace

from pipeline.extract.notices.findings import Finding, find
from pipeline.extract.notices.paragraphs import Paragraph, Span, paragraphs, without
from pipeline.extract.notices.repeats import repeated
from pipeline.extract.notices.rules import CompiledRule, CompiledRules
from pipeline.extract.notices.sources import own_keys
from pipeline.extract.notices.updates import Label, mark_updates
from pipeline.models import Notice, Update, Value
from pipeline.text import normal_key

#: Longer paragraphs are no notice from their first to their last word, whatever an HTML block of that text said.
_MAX_WHOLE = 1_500
#: After so many notices and labels a body is no article's, and is left as it is.
_MAX_FOUND = 200
_AT_TOP = ("top", "edge")
_AT_END = ("end", "edge")


class Stripped(Value, frozen=True, kw_only=True):
    """A body that is the article's own text alone, and what was taken out of it."""

    body: str
    notices: tuple[Notice, ...] = ()
    updates: tuple[Update, ...] = ()


def strip_notices(
    body: str,
    *,
    headline: str,
    description: str | None,
    html_notices: tuple[Notice, ...],
    rules: CompiledRules,
    own_names: frozenset[str] = frozenset(),
) -> Stripped:
    """Return the body without notices, credit lines, datelines and a repeated headline and standfirst.

    `own_names` are the site's names and domains: it is no source of its own articles. Offsets of notices are those in
    the given body, offsets of updates those in the returned one.
    """
    parts = paragraphs(body)
    rules_at, own = _by_edge(rules.text.for_text(body)), own_keys(own_names)
    found = _Found(told={normal_key(one.text): one for one in html_notices})
    for index, part in enumerate(parts):
        _read_paragraph(part, index, rules_at[part.top, part.bottom], own, found)
    text, places = without(body, (*repeated(parts, headline, description), *found.spans))
    updates = mark_updates(text, tuple(found.labels), places)
    return Stripped(body=text, notices=(*found.told.values(), *found.notices), updates=updates)


@dataclass(slots=True)
class _Found:
    """What has been found so far, in order."""

    #: What HTML blocks said and no paragraph yet, by its normal key.
    told: dict[str, Notice]
    notices: list[Notice] = field(default_factory=list)
    labels: list[Label] = field(default_factory=list)
    spans: list[Span] = field(default_factory=list)


def _read_paragraph(
    part: Paragraph,
    index: int,
    rules: tuple[CompiledRule, ...],
    own: frozenset[str],
    so_far: _Found,
) -> None:
    """Add what the rules find in a paragraph, and what an HTML block of the same words said, which is told then."""
    enough = len(so_far.notices) + len(so_far.labels) >= _MAX_FOUND
    for found in find(part.text, () if enough else rules, own):
        is_label = found.rule.takes == "part"
        if is_label:
            so_far.labels.append(_label(part, found, index))
        else:
            so_far.notices += _notices(part, found, so_far.told)
        if not is_label or _covers(part, found):
            so_far.spans.append(Span(start=part.start + found.start, end=part.start + found.end))
    if so_far.told and len(part.text) <= _MAX_WHOLE and (told := so_far.told.pop(normal_key(part.text), None)):
        so_far.notices.append(replace(told, start=part.start, end=part.end))
        so_far.spans.append(Span(start=part.start, end=part.end))


def _by_edge(active: tuple[CompiledRule, ...]) -> dict[tuple[bool, bool], tuple[CompiledRule, ...]]:
    """Return the rules for paragraphs at the top, at the bottom, both and neither."""
    return {
        (top, bottom): tuple(
            one
            for one in active
            if one.rule.place == "any" or (top and one.rule.place in _AT_TOP) or (bottom and one.rule.place in _AT_END)
        )
        for top in (False, True)
        for bottom in (False, True)
    }


def _notices(part: Paragraph, found: Finding, by_text: dict[str, Notice]) -> tuple[Notice, ...]:
    """Return the notice of a finding, with the link target that its HTML block had; none for the site's own footer."""
    taken = part.text[found.start : found.end]
    text = taken.strip()
    start = part.start + found.start + len(taken) - len(taken.lstrip())
    told = _told(by_text, found.rule.id, normal_key(text))
    if found.own and found.rule.kind in ("originally-appeared", "republished"):
        return ()
    notice = Notice(
        rule_id=found.rule.id,
        kind=found.rule.kind,
        text=text,
        start=start,
        end=start + len(text),
        partner=found.partner or (told.partner if told else None),
        target_url=told.target_url if told else None,
        language=found.rule.language,
    )
    return (notice,)


def _told(by_text: dict[str, Notice], rule_id: str, key: str) -> Notice | None:
    """Return, and take out, what an HTML block said in these words, or by the same rule in more or fewer of them."""
    alike = (
        other
        for other, one in by_text.items()
        if one.rule_id == rule_id and (other.startswith(key) or key.startswith(other))
    )
    found = key if key in by_text else next(alike, None)
    return by_text.pop(found) if found else None


def _label(part: Paragraph, found: Finding, index: int) -> Label:
    return Label(text=part.text[found.start : found.end].strip(" :–—-"), paragraph=index, alone=_covers(part, found))


def _covers(part: Paragraph, found: Finding) -> bool:
    """Return whether the finding is the whole paragraph, but for punctuation."""
    return not normal_key(part.text[: found.start] + part.text[found.end :])
