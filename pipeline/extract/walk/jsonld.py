"""The linked data (JSON-LD) of a page: lenient reading, and the one node that speaks of the article."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

import msgspec

from pipeline.extract.walk.lines import line

Node = dict[str, Any]

MAX_SCRIPT_CHARS = 2_000_000
MAX_SCRIPTS = 30
MAX_NODES = 3_000
MAX_DEPTH = 12

_WRAPPERS = re.compile(r"^\s*(?:<!--|//\s*<!\[CDATA\[|/\*\s*<!\[CDATA\[\s*\*/|<!\[CDATA\[)|(?://\s*)?(?:-->|\]\]>)\s*$")
_TRAILING_COMMA = re.compile(r",(?=\s{0,50}[}\]])")
_BAD_ESCAPE = re.compile(r'\\(?![\\"/bfnrtu])')
_DOUBLE_COMMA = re.compile(r",(?:\s{0,50},)+")
_DECODER = json.JSONDecoder(strict=False)
_FIELD = re.compile(
    r'"(headline|name|datePublished|dateModified|description|isAccessibleForFree|articleSection|inLanguage|@type)"'
    r'\s{0,20}:\s{0,20}"((?:[^"\\\n]|\\.){1,1000})"'
)


def read_nodes(scripts: list[str]) -> tuple[Node, ...]:
    """Return the top nodes of the scripts in document order: graphs and arrays opened, at most MAX_NODES."""
    nodes: list[Node] = []
    for script in scripts[:MAX_SCRIPTS]:
        if len(script) <= MAX_SCRIPT_CHARS:
            for value in _decode(script):
                nodes.extend(_open(value, 0))
    return tuple(nodes[:MAX_NODES])


def _decode(script: str) -> list[object]:
    try:
        return [msgspec.json.decode(script)]
    except (msgspec.DecodeError, RecursionError, UnicodeEncodeError):
        return _decode_leniently(script)


def _decode_leniently(script: str) -> list[object]:
    text = _WRAPPERS.sub("", _WRAPPERS.sub("", script)).strip().rstrip(";")
    for repair in (str, _repaired):
        try:
            return list(_sequence(repair(text)))
        except (ValueError, RecursionError):
            continue
    return _salvaged(text)


def _sequence(text: str) -> Iterator[object]:
    """Yield the JSON values that stand one after the other in the text."""
    at = 0
    while at < len(text):
        value, at = _DECODER.raw_decode(text, at)
        yield value
        while at < len(text) and text[at] in " \t\r\n,;":
            at += 1


def _repaired(text: str) -> str:
    text = _DOUBLE_COMMA.sub(",", text)
    return _BAD_ESCAPE.sub("", _TRAILING_COMMA.sub("", text))


def _salvaged(text: str) -> list[object]:
    """Return one node of the plain fields that can be read out of text that is no JSON."""
    node: Node = {}
    for name, value in _FIELD.findall(text[:100_000]):
        node.setdefault(name, value.replace('\\"', '"').replace("\\/", "/"))
    return [node] if node.get("@type") and len(node) > 1 else []


def _open(value: object, depth: int) -> Iterator[Node]:
    if isinstance(value, list) and depth < MAX_DEPTH:
        for item in value[:MAX_NODES]:
            yield from _open(item, depth + 1)
    elif isinstance(value, dict):
        yield value
        if "@graph" in value and depth < MAX_DEPTH:
            yield from _open(value["@graph"], depth + 1)


def items(value: object, limit: int = 50) -> list[Any]:
    """Return a value that may be one or many as a list of at most `limit`."""
    if value is None:
        return []
    return value[:limit] if isinstance(value, list) else [value]


def types(node: Node) -> tuple[str, ...]:
    """Return the types of a node without their vocabulary: ("NewsArticle",)."""
    names = (line(name, 200) for name in items(node.get("@type"), 10))
    return tuple(name.rpartition("/")[2].rpartition(":")[2] for name in names if name)


def resolve(value: object, index: dict[str, Node]) -> object:
    """Return the node that a bare {"@id": …} points to, else the value itself."""
    if isinstance(value, dict) and "@id" in value and len(value) <= 2:
        found = index.get(str(value["@id"]))
        return value if found is None else found
    return value


def index_by_id(nodes: tuple[Node, ...]) -> dict[str, Node]:
    """Return the nodes that carry more than a reference, by their @id."""
    index: dict[str, Node] = {}
    for node in nodes:
        if isinstance(node.get("@id"), str) and len(node) > 2:
            index.setdefault(node["@id"], node)
    return index
