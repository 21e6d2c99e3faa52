"""The partner registry."""

from __future__ import annotations

import pytest

from pipeline.copies import Partners
from pipeline.copies.partners import name_key
from pipeline.settings import load_partners

SHIPPED = load_partners(None)
REGISTRY = Partners(SHIPPED)


@pytest.mark.parametrize(
    ("written", "name"),
    [
        ("The Wire", "The Wire"),
        ("the atlantic  wire", "The Wire"),
        ("THE CONVERSATION", "The Conversation"),
        ("Pro Publica", "ProPublica"),
        ("Agence France-Presse", "AFP"),
        ("Deutsche Presse-Agentur", "dpa"),
        ("The Associated Press", "Associated Press"),
        ("AP", "Associated Press"),
        ("Agencia EFE", "EFE"),
        ("新华社", "Xinhua"),
        ("ТАСС", "TASS"),
        ("Wired.com", "WIRED"),
        ("Kaiser Health News", "KFF Health News"),
        ("Basic Books", None),
        ("", None),
        ("...", None),
    ],
)
def test_names(written: str, name: str | None) -> None:
    """A partner is known by its names in several languages, however they are written."""
    found = REGISTRY.named(written)
    assert (found.name if found else None) == name


@pytest.mark.parametrize(
    ("site", "name"),
    [
        ("thewire.com", "The Wire"),
        ("https://www.thewire.com/global/2014/06/isis/372959/", "The Wire"),
        ("https://theconversation.com/uk", "The Conversation"),
        ("e360.yale.edu", "Yale Environment 360"),
        ("wire.example", None),
        ("", None),
    ],
)
def test_domains(site: str, name: str | None) -> None:
    """A partner is known by its site, whatever the host before the domain."""
    found = REGISTRY.at(site)
    assert (found.name if found else None) == name


def test_no_name_and_no_domain_is_given_twice() -> None:
    """Each name, alias, mark and domain of the shipped registry leads to one partner."""
    for keys in (
        [(name_key(name), p.name) for p in SHIPPED for name in (p.name, *p.aliases, *p.marks)],
        [(domain, p.name) for p in SHIPPED for domain in p.domains],
    ):
        owners: dict[str, str] = {}
        assert [(key, name, owners[key]) for key, name in keys if owners.setdefault(key, name) != name] == []


def test_the_shipped_registry_is_well_formed() -> None:
    """Agencies have marks, kinds are known, domains are bare and in lower case."""
    assert {p.kind for p in SHIPPED} <= {"publisher", "agency", "group"}
    assert [p.name for p in SHIPPED if p.kind == "agency" and not (p.marks or p.aliases)] == []
    assert all(d == d.lower() and "/" not in d and not d.startswith("www.") for p in SHIPPED for d in p.domains)
