"""What an article says about its own origin, taken out of the body: notices, credit lines, datelines, update stacks."""

from __future__ import annotations

from msgspec.structs import replace

from pipeline.extract.findings import Finding, find
from pipeline.extract.paragraphs import Paragraph, Span, paragraphs, without
from pipeline.extract.repeats import repeated
from pipeline.extract.rules import CompiledRule, CompiledRules
from pipeline.extract.sources import own_keys
from pipeline.extract.updates import Label, mark_updates
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
    spans = list(repeated(parts, headline, description))
    active, own = _by_edge(rules.text.for_text(body)), own_keys(own_names)
    notices: list[Notice] = []
    labels: list[Label] = []
    by_text = {normal_key(one.text): one for one in html_notices}
    for index, part in enumerate(parts):
        asked = active[part.top, part.bottom] if len(notices) + len(labels) < _MAX_FOUND else ()
        for found in find(part.text, asked, own):
            span = Span(start=part.start + found.start, end=part.start + found.end)
            if found.rule.takes == "part":
                labels.append(_label(part, found, index))
            else:
                notices += _notices(body, span, found, by_text)
            if found.rule.takes != "part" or _covers(part, found):
                spans.append(span)
        if by_text and len(part.text) <= _MAX_WHOLE and (told := by_text.pop(normal_key(part.text), None)):
            notices.append(replace(told, start=part.start, end=part.end))
            spans.append(Span(start=part.start, end=part.end))
    text, places = without(body, spans)
    updates = mark_updates(text, tuple(labels), places)
    return Stripped(body=text, notices=(*by_text.values(), *notices), updates=updates)


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


def _notices(body: str, span: Span, found: Finding, by_text: dict[str, Notice]) -> tuple[Notice, ...]:
    """Return the notice of a finding, with the link target that its HTML block had; none for the site's own footer."""
    text = body[span.start : span.end].strip()
    told = _told(by_text, found.rule.id, normal_key(text))
    if found.own and found.rule.kind in ("originally-appeared", "republished"):
        return ()
    notice = Notice(
        rule_id=found.rule.id,
        kind=found.rule.kind,
        text=text,
        start=span.start,
        end=span.end,
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
