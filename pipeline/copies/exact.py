"""Keys that two articles share only when they are one story: found in the index before any text is compared."""

from __future__ import annotations

from pipeline.copies.claims import SAYS_SO
from pipeline.models import Member
from pipeline.urls import record_uri

#: Shorter texts are alike by chance.
_LEAST_TOKENS = 20


def exact_keys(member: Member) -> tuple[str, ...]:
    """Return the digest, the wire stories and the articles named as source, as keys for the index.

    A key `uri:…` names another article: the index looks for that article too, and for those that name this one.
    """
    keys = [f"digest:{member.digest}"] if member.tokens >= _LEAST_TOKENS else []
    keys += [f"wire:{wire_story(wire_id)}" for wire_id in member.wire_ids]
    keys += [f"uri:{uri}" for uri in sorted(named_uris(member))]
    return tuple(dict.fromkeys(keys))


def wire_story(wire_id: str) -> str:
    """Return a wire id without its version: `dpa:230428-99-483045/5` is the fifth version of one story."""
    return wire_id.rpartition("/")[0] if wire_id.startswith("dpa:") and "/" in wire_id else wire_id


def named_uris(member: Member) -> set[str]:
    """Return the uris of the articles that a page names as its source or as its canonical self."""
    notices = (notice.target_url for notice in member.notices if notice.kind in SAYS_SO)
    urls = {member.canonical_url, *member.source_urls, *notices}
    found = set()
    for url in urls - {None}:
        try:
            found.add(record_uri(url or ""))
        except ValueError:
            continue
    return found - {member.uri}
