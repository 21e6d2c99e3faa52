"""The order of body extraction: blocks, their likelihood, a choice; other ways only when the result looks wrong."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from lxml.html import HtmlElement

from pipeline.extract.body.blocks import Block, read_blocks
from pipeline.extract.body.cues import is_wall
from pipeline.extract.body.fallback import article_body, embedded_article, second_opinion
from pipeline.extract.body.hints import Hints, letters
from pipeline.extract.body.landscape import Landscape, Place, word_count
from pipeline.extract.body.model import THRESHOLD, likelihood
from pipeline.extract.body.signals import MAX_MEASURED, measure
from pipeline.extract.body.tables import settle_tables, texts_of
from pipeline.models import Value

#: A body of fewer words makes us look again.
_ENOUGH_WORDS = 40
#: Repeated paragraphs of fewer letters may be meant: a refrain, "Yes." in an interview.
_MIN_REPEATED = 40
_MAY_REPEAT = frozenset(("li", "td", "th"))
#: From so many letters on a block may be the whole article once more.
_MIN_WHOLE = 1_500
#: Texts are compared with so many letters before them at most.
_MAX_SAID = 200_000
#: How many blocks behind the body may say that the rest is for subscribers.
_WALL_WITHIN = 8


class Body(Value, frozen=True, kw_only=True):
    """The text of an article, and how it was found."""

    #: Paragraphs apart by one blank line.
    text: str = ""
    #: blocks, article-body, embedded, trafilatura
    source: str = "blocks"
    #: Whether the page says, right behind the text, that the rest is for subscribers.
    walled: bool = False

    @property
    def words(self) -> int:
        """Return the number of words."""
        return word_count(self.text) if self.text else 0


def read_body(root: HtmlElement, hints: Hints, article: str | None = None) -> Body:
    """Return the article's body; an empty one when the page has none. The tree is not changed.

    `article` is JSON-LD's articleBody as it came: it is used where the page's own text has clearly less.
    """
    best = choose(read_blocks(root), hints)
    if not looks_wrong(best, hints):
        return best
    for attempt in _other_ways(root, hints, article):
        found = attempt()
        if found.words > 1.5 * best.words:
            best = found
        if not looks_wrong(best, hints):
            break
    return best


def choose(blocks: list[Block], hints: Hints) -> Body:
    """Return the body made of those blocks that are likely the article's, each text once."""
    land = Landscape(blocks)
    if not land.places:
        return Body()
    likely = likelihood(measure(land, hints))
    likely += [float(place.prose > 0 and land.is_inside(place.block.frame)) for place in land.places[MAX_MEASURED:]]
    likely = settle_tables(land, likely)
    chosen = [
        place
        for place, share in zip(land.places, likely, strict=True)
        if share >= THRESHOLD and place.key != hints.byline
    ]
    texts = texts_of(_once(chosen))
    last = land.places.index(chosen[-1]) if chosen else 0
    behind = land.places[last + 1 : last + 1 + _WALL_WITHIN] if texts else []
    return Body(text="\n\n".join(texts), walled=any(is_wall(place.block.text) for place in behind))


def _once(places: list[Place]) -> Iterator[Place]:
    """Yield the places without those that say again what stood before: repeated, quoted, or all in one."""
    said = ""
    keys: list[str] = []
    for place in places:
        key = place.key
        long = len(key) > _MIN_REPEATED and place.block.frame.tag not in _MAY_REPEAT
        if long and key in said:
            continue
        if len(key) > _MIN_WHOLE and sum(len(one) for one in keys if one in key) > len(key) / 2:
            continue
        yield place
        said = f"{said} {key}" if len(said) < _MAX_SAID else said
        if long:
            keys.append(key)


def looks_wrong(body: Body, hints: Hints) -> bool:
    """Return whether there is probably a better body: too short, or much less than JSON-LD's articleBody."""
    return body.words < _ENOUGH_WORDS or _letters_less(body.text, hints.article)


def _letters_less(text: str, article: str) -> bool:
    """Return whether the text has less than half of articleBody's letters; they are counted only if that is near."""
    return 2 * len(text) < 3 * len(article) and 2 * len(letters(text)) < len(article)


def _other_ways(root: HtmlElement, hints: Hints, article: str | None) -> Iterator[Callable[[], Body]]:
    yield lambda: choose(read_blocks(root, everything=True), hints)
    yield lambda: Body(text=article_body(article), source="article-body")
    yield lambda: _embedded(root, hints)
    yield lambda: Body(text=second_opinion(root), source="trafilatura")


def _embedded(root: HtmlElement, hints: Hints) -> Body:
    tree = embedded_article(root)
    if tree is None:
        return Body()
    found = choose(read_blocks(tree, everything=True), hints)
    return Body(text=found.text, source="embedded", walled=found.walled)
