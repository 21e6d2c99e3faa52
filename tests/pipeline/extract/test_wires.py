"""Marks of agencies: ids, pixels, distributors."""

import json

import pytest

from pipeline.extract.metadata.wires import read_provider, read_source_organization, read_wire_ids
from tests.pipeline.extract.snippets import clues, linked


@pytest.mark.parametrize(
    ("head", "body", "expected"),
    [
        ("", "<p>© dpa-infocom, dpa:260302-99-483045/5</p>", ("dpa:260302-99-483045/5",)),
        ("", "<p>dpa:260302-930-483045</p>", ("dpa:260302-930-483045",)),
        (linked(identifier="urn:newsml:agency.example:20260302:ferry-1"), "", ("urn:newsml:agency.example:20260302:ferry-1",)),
        (
            '<script>var page = {"master-id":"urn:newsml:dpa.com:20090101:260302-99-483045"}</script>',
            "",
            ("urn:newsml:dpa.com:20090101:260302-99-483045", "dpa:260302-99-483045"),
        ),
        ('<script>{"Object Name":"urn:newsml:dpa.com:20090101:260302-99-1"}</script>', "", ()),
        ("", '<img src="https://counter.theconversation.com/content/270911/count.gif?distributor=republish">', ("theconversation:270911",)),
        ("", "<p>The dpa: a short history</p>", ()),
        ("", "", ()),
    ],
)  # fmt: skip
def test_wire_ids(head: str, body: str, expected: tuple[str, ...]) -> None:
    """Ids of the story, not of its pictures."""
    assert read_wire_ids(clues(head, body)) == expected


@pytest.mark.parametrize(
    ("head", "expected"),
    [
        (linked(sourceOrganization={"name": "Coastal News Agency"}), "Coastal News Agency"),
        ('<meta name="source" content="来源：新海社">', "新海社"),
        ('<meta name="source" content="Coastal News Agency">', "Coastal News Agency"),
        ('<meta name="source" content="https://paper.example/">', None),
        ("", None),
    ],
)
def test_source_organization(head: str, expected: str | None) -> None:
    """Linked data, then the source meta without its label."""
    assert read_source_organization(clues(head)) == expected


def arc(story: dict[str, object]) -> str:
    """Return a script with the state of an Arc page."""
    return f'<script>Fusion.arcSite="x";Fusion.globalContent={json.dumps(story)};Fusion.spa=false</script>'


@pytest.mark.parametrize(
    ("head", "expected"),
    [
        (linked(provider={"name": "Coastal News Agency"}), "Coastal News Agency"),
        (arc({"distributor": {"category": "wires", "name": "Coastal News Agency"}}), "Coastal News Agency"),
        (arc({"distributor": {"category": "staff", "name": "Courier"}}), None),
        (arc({"promo": {"distributor": {"category": "wires", "name": "Photo Wire"}}}), None),
        ('<script>Fusion.globalContent={"distributor":</script>', None),
        ("", None),
    ],
)
def test_provider(head: str, expected: str | None) -> None:
    """The distributor of the story, not of a picture in it."""
    assert read_provider(clues(head)) == expected
