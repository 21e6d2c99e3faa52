"""The page as a flat list of text blocks in reading order: what a reader would see as one paragraph, heading or item.

One walk over the shared tree, which it does not change. Left out is what browsers never show as text (scripts, inputs,
hidden inline text), and whole parts whose names say that they are something else than the article.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache

from lxml import etree
from lxml.html import HtmlElement

from pipeline.extract.body.element_names import groups_of
from pipeline.extract.body.words import plain_words

#: Elements that begin and end a block.
_BREAKING = frozenset(plain_words("elements", "breaking"))
#: Elements whose text is no text of the page.
_SKIPPED = frozenset(plain_words("elements", "skipped"))
_HIDDEN = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.IGNORECASE)
_UNSEEN = re.compile(
    r"(?:^|[\s_-])(?:sr-only|visually-?hidden|screen-?reader(?:-text)?|assistive-text|a11y-hidden|tooltip|rollover|popover|popup)"
    r"(?:[\s_-]|$)",
    re.IGNORECASE,
)
_NAMED = ("class", "id", "itemprop", "role", "data-component")
#: Runs of blanks that are not one plain blank.
_BLANKS = re.compile("[\t\r\n\f\v\xa0\u3000][ \t\r\n\f\v\xa0\u3000]*| [ \t\r\n\f\v\xa0\u3000]+")
#: An article has one h1; more than these are teasers or menus.
_MAX_H1 = 3
#: Frames further in count as standing in the last of these.
_MAX_FRAMES = 200


class Frame:
    """A block element around text: its tag, its names, and the frame that it stands in."""

    __slots__ = ("bits", "depth", "hidden", "names", "parent", "tag")

    def __init__(self, tag: str, names: str, bits: int, hidden: bool, parent: Frame | None) -> None:
        self.tag = tag
        self.names = names
        self.bits = bits
        self.parent = parent
        self.hidden: bool = hidden or (parent is not None and parent.hidden)
        self.depth: int = parent.depth + 1 if parent is not None else 0

    def up(self) -> Iterable[Frame]:
        """Yield the frame and all around it, innermost first."""
        frame: Frame | None = self
        while frame is not None:
            yield frame
            frame = frame.parent


class Block:
    """One run of text between block boundaries, blanks made single."""

    __slots__ = ("broken", "frame", "linked", "links", "strong", "text")

    def __init__(self, text: str, frame: Frame, *, linked: int, links: int, strong: int, broken: bool) -> None:
        self.text = text
        self.frame = frame
        #: Characters inside links, links, characters in bold.
        self.linked = linked
        self.links = links
        self.strong = strong
        #: Whether it ends at a double <br>.
        self.broken = broken


def names_of(element: HtmlElement) -> str:
    """Return class, id, itemprop, role and test id of an element, in one string."""
    return " ".join(filter(None, map(element.get, _NAMED)))[:400]


def read_blocks(root: HtmlElement, *, everything: bool = False) -> list[Block]:
    """Return the text blocks of a page; with `everything`, also those in parts named as something else."""
    walk = _Walk(() if everything else _around_headlines(root), everything)
    events = etree.iterwalk(root, events=("start", "end"))
    for event, element in events:
        if event == "end":
            walk.end(element)
        elif not walk.start(element):
            events.skip_subtree()
    walk.flush()
    return walk.blocks


def _around_headlines(root: HtmlElement) -> Iterable[HtmlElement]:
    """Return the elements around the first h1s; kept in a list, so that lxml gives the same objects again."""
    found = []
    for number, heading in enumerate(root.iter("h1")):
        if number == _MAX_H1:
            break
        found.append(heading)
        found.extend(heading.iterancestors())
    return found


@lru_cache(maxsize=4_096)
def _is_unseen(names: str) -> bool:
    """Return whether a class is one of texts that only screen readers speak."""
    return _UNSEEN.search(names) is not None


def _on_one_line(text: str) -> str:
    return " ".join(text.split()) if text.isascii() else _BLANKS.sub(" ", text).strip()


def _is_hidden(element: HtmlElement) -> bool:
    style = element.get("style")
    return (style is not None and _HIDDEN.search(style) is not None) or element.get("hidden") is not None


class _Walk:
    """The state of one walk: the block being read, and where in the page it stands."""

    __slots__ = (
        "_breaks",
        "_everything",
        "_filled",
        "_frame",
        "_holders",
        "_in_link",
        "_in_strong",
        "_linked",
        "_links",
        "_open",
        "_parts",
        "_skipped",
        "_strong",
        "blocks",
    )

    def __init__(self, holders: Iterable[HtmlElement], everything: bool) -> None:
        self.blocks: list[Block] = []
        self._holders = frozenset(holders)
        self._everything = everything
        self._frame: Frame | None = None
        self._open: list[Frame] = []
        self._skipped: HtmlElement | None = None
        self._parts: list[str] = []
        #: Whether the parts hold more than blanks.
        self._filled = False
        self._in_link = self._in_strong = self._linked = self._links = self._strong = self._breaks = 0

    def start(self, element: HtmlElement) -> bool:
        """Read an element's beginning. Returns whether its inside is wanted."""
        tag = element.tag
        if tag in _SKIPPED:
            self._skipped = element
            return False
        if tag in _BREAKING:
            self.flush()
            names = names_of(element)
            bits, foreign = groups_of(tag, names)
            if foreign and not self._everything and element not in self._holders:
                self._skipped = element
                return False
            around = self._open[min(len(self._open), _MAX_FRAMES) - 1] if self._open else None
            frame = Frame(tag, names, bits, _is_hidden(element), around)
            self._frame = frame
            self._open.append(frame)
        elif not self._start_inline(element, tag):
            self._skipped = element
            return False
        if element.text:
            self._add(element.text)
        return True

    def _start_inline(self, element: HtmlElement, tag: str) -> bool:
        if tag == "a":
            self._in_link += 1
            self._links += 1
        elif tag == "br":
            self._breaks += 1
            if self._breaks > 1 and self._parts:
                self.flush(broken=True)
            elif self._parts:
                self._parts.append("\n")
        elif tag in ("b", "strong"):
            self._in_strong += 1
        elif _is_hidden(element):
            return False
        else:
            names = element.get("class")
            return names is None or not _is_unseen(names)
        return True

    def end(self, element: HtmlElement) -> None:
        """Read an element's end and the text after it."""
        tag = element.tag
        if element is self._skipped:
            self._skipped = None
        elif tag in _BREAKING:
            self.flush()
            if self._open:
                self._open.pop()
            self._frame = self._open[-1] if self._open else None
        elif tag == "a":
            self._in_link -= 1
        elif tag in ("b", "strong"):
            self._in_strong -= 1
        if element.tail:
            self._add(element.tail)

    def flush(self, broken: bool = False) -> None:
        """End the block that is being read."""
        self._breaks = 0
        if self._filled:
            text = _on_one_line("".join(self._parts))
            if self._frame is not None:
                self.blocks.append(
                    Block(
                        text,
                        self._frame,
                        linked=self._linked,
                        links=self._links,
                        strong=self._strong,
                        broken=broken,
                    )
                )
            self._filled = False
        self._parts.clear()
        self._linked = self._links = self._strong = 0

    def _add(self, text: str) -> None:
        self._parts.append(text)
        size = len(text.strip())
        if size:
            self._filled = True
            self._breaks = 0
            if self._in_link:
                self._linked += size
            if self._in_strong:
                self._strong += size
