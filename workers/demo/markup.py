"""Small pieces of HTML that the templates of all publishers are put together from."""

from __future__ import annotations

import re
from datetime import datetime
from html import escape

from workers.demo.content import Block, Publisher, Story

_LINK = re.compile(r"\[([^\]]*)\]\(([^)]*)\)")


def element(name: str, text: str, **attributes: str) -> str:
    """Return an element around HTML that is ready; in attribute names `_` is `-`, one at the end is dropped."""
    return f"<{name}{_attributes(attributes)}>{text}</{name}>"


def void(name: str, **attributes: str) -> str:
    """Return an element without content."""
    return f"<{name}{_attributes(attributes)}>"


def _attributes(attributes: dict[str, str]) -> str:
    return "".join(f' {key.rstrip("_").replace("_", "-")}="{escape(value)}"' for key, value in attributes.items())


def inline(text: str) -> str:
    """Return the text as HTML; a link without words holds a logo."""

    def link(found: re.Match[str]) -> str:
        words, address = found[1], found[2]
        logo = void("img", src=f"{address}logo.svg", alt="", width="96", height="20")
        return f'<a href="{address}">{words or logo}</a>'

    return _LINK.sub(link, escape(text, quote=False))


def blocks(story: Story, notice: str) -> str:
    """Return the body; `notice` is the class of paragraphs that hold one."""
    return "\n".join(_block(block, notice) for block in story.blocks)


def _block(block: Block, notice: str) -> str:
    if block.kind == "h":
        return element("h3", inline(block.text))
    if block.kind == "notice":
        return element("p", element("em", inline(block.text)), class_=notice)
    return element("p", inline(block.text))


def byline(story: Story) -> str | None:
    """Return who wrote it, as printed."""
    if story.byline is not None:
        return story.byline
    return f"By {' and '.join(story.authors)}" if story.authors else None


def day(time: datetime) -> str:
    """Return the date as printed, "3 March 2025"."""
    return f"{time.day} {time:%B %Y}"


def stamp(time: datetime) -> str:
    """Return the time as in metadata, RFC 3339."""
    return time.isoformat()


def others(publisher: Publisher, story: Story | None, count: int = 5) -> list[Story]:
    """Return the stories that stand beside this one."""
    there = [other for other in publisher.stories if other is not story and other.status == 200]
    return there[:count]


def teasers(publisher: Publisher, story: Story | None) -> str:
    """Return a list of other stories, with their first lines."""
    items = (
        element("li", element("a", inline(other.headline), href=other.path) + element("p", inline(other.dek or "")))
        for other in others(publisher, story)
    )
    return element("ul", "".join(items))
