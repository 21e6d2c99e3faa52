"""The newsroom's content, as read from its files.

Each publisher is a folder with a publisher.toml and one text file a story: a TOML head between two lines of +++, then
blocks apart by blank lines. A block is a paragraph, "## " and a heading, "! " and a notice set apart from the text, or
lines "@include publisher/story 2-5", which stand for those paragraphs and headings of another story.
"""

from __future__ import annotations

import re
import tomllib
from datetime import UTC, datetime
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable

import msgspec

from pipeline.models import Value

_INCLUDE = re.compile(r"@include (\S+)/(\S+) (\d+)-(\d+)")


class Block(Value, frozen=True, kw_only=True):
    """A paragraph, heading or notice; the text may hold [words](address) for a link."""

    #: p, h, notice
    kind: str
    text: str


class Story(Value, frozen=True, kw_only=True, rename=None):
    """One story as one publisher runs it."""

    path: str
    headline: str
    dek: str | None = None
    authors: tuple[str, ...] = ()
    #: In the place of authors, as printed.
    byline: str | None = None
    published: datetime
    modified: datetime | None = None
    section: str | None = None
    keywords: tuple[str, ...] = ()
    #: What the server answers.
    status: int = 200
    #: Where the story used to be, and where its feed still says it is; redirects to `path`.
    old_path: str | None = None
    blocks: tuple[Block, ...] = ()


class Publisher(Value, frozen=True, kw_only=True, rename=None):
    """A publisher and its stories, newest first."""

    name: str
    host: str
    tagline: str
    #: json-ld, opengraph, microdata, magazine, plain: how its pages are made.
    template: str
    #: rss, rss-full, atom, json, rdf
    feed: str
    feed_path: str
    robots: str = "User-agent: *\nDisallow:\n"
    #: Seconds that its server takes for an answer.
    slow_s: float = 0.0
    stories: tuple[Story, ...] = ()

    @property
    def root(self) -> str:
        """The address of its front page, without the slash at the end."""
        return f"http://{self.host}"


@cache
def load_newsroom() -> tuple[Publisher, ...]:
    """Return all publishers, by name of folder."""
    folders = sorted((folder for folder in _root().iterdir() if folder.is_dir()), key=lambda folder: folder.name)
    return tuple(_publisher(folder) for folder in folders)


def _root() -> Traversable:
    return files("workers.demo") / "newsroom"


def _publisher(folder: Traversable) -> Publisher:
    head = tomllib.loads((folder / "publisher.toml").read_text(encoding="utf-8"))
    stories = [_story(file.read_text(encoding="utf-8")) for file in folder.iterdir() if file.name.endswith(".txt")]
    stories.sort(key=lambda story: (story.published, story.path), reverse=True)
    return msgspec.structs.replace(msgspec.convert(head, Publisher), stories=tuple(stories))


def _story(source: str) -> Story:
    _, head, body = source.split("+++", 2)
    story = msgspec.convert(tomllib.loads(head), Story)
    published = story.published.astimezone(UTC)
    return msgspec.structs.replace(story, published=published, blocks=_blocks(body))


def _blocks(body: str) -> tuple[Block, ...]:
    blocks: list[Block] = []
    for part in re.split(r"\n\s*\n", body.strip()):
        includes = _INCLUDE.findall(part)
        if includes:
            for publisher, name, first, last in includes:
                blocks.extend(_included(publisher, name)[int(first) - 1 : int(last)])
        elif part.startswith("## "):
            blocks.append(Block(kind="h", text=part.removeprefix("## ")))
        elif part.startswith("! "):
            blocks.append(Block(kind="notice", text=part.removeprefix("! ")))
        elif part:
            blocks.append(Block(kind="p", text=part))
    return tuple(blocks)


def _included(publisher: str, name: str) -> tuple[Block, ...]:
    source = (_root() / publisher / f"{name}.txt").read_text(encoding="utf-8")
    return tuple(block for block in _story(source).blocks if block.kind != "notice")
