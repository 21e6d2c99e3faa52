"""Tests of settings by host name."""

from __future__ import annotations

from pipeline.fetch.hosts import HostTable


def test_the_longest_name_wins() -> None:
    """A name of its own wins over wildcards, a longer wildcard over a shorter; a wildcard is not the domain itself."""
    find = HostTable({"*.example": 1, "*.a.example": 2, "B.a.example": 3}).find
    names = ("x.example", "x.a.example", "b.a.example", "c.b.a.example", "a.example", "example", "a.example.org", "")
    assert [find(name) for name in names] == [1, 2, 3, 2, 1, None, None, None]
