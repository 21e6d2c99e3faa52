"""What a page says about its own origin: that it was made elsewhere, and where."""

from __future__ import annotations

from collections.abc import Iterator

from pipeline.copies.partners import Partners, name_key
from pipeline.models import Member, Notice, Value
from pipeline.policies import Partner
from pipeline.record import Evidence
from pipeline.urls import normalize_url, record_uri, registrable_domain

#: Points of each signal: how sure it makes the verdict, 0 to 1.
NOTICE = 0.95
NAMED_URL = 0.9
CANONICAL = 0.9
WIRE_ID = 0.85
WIRE_CREDIT = 0.75

#: Kinds of notices by which a page says that it is a copy.
SAYS_SO = {"partner-archive", "republished", "originally-appeared"}
#: The agency that gives ids with this beginning.
_ID_AGENCY = {"dpa:": "dpa", "theconversation:": "The Conversation"}


class Claim(Value, frozen=True, kw_only=True):
    """One statement of a page that its text comes from somewhere else."""

    signal: str
    value: str
    points: float
    #: A page that says so is the copy; an agency's mark says only who wrote it.
    says_so: bool
    #: Name of the source as the registry has it, or as written.
    name: str | None = None
    #: Registrable domains of the source.
    domains: tuple[str, ...] = ()
    #: Address of the very article, where the page gives it.
    url: str | None = None

    @property
    def uri(self) -> str | None:
        """Return the uri that the named article has, or would have."""
        return record_uri(self.url) if self.url else None


def claims_of(member: Member, partners: Partners) -> tuple[Claim, ...]:
    """Return what a page says of its origin, the strongest first; what it says of itself is left out."""
    found = [*_notices(member, partners), *_links(member, partners), *_marks(member, partners)]
    return tuple(sorted((c for c in found if not _is_own(c, member, partners)), key=_rank))


def remarks_of(member: Member) -> tuple[Evidence, ...]:
    """Return what a page says of its making that decides nothing: others who contributed, a collaboration."""
    kinds = ("part-credit", "collaboration")
    return tuple(Evidence(signal=n.kind, value=n.text[:200], points=0.0) for n in member.notices if n.kind in kinds)


def _rank(claim: Claim) -> tuple[object, ...]:
    return (-claim.points, claim.signal, claim.value, claim.url or "")


def _notices(member: Member, partners: Partners) -> Iterator[Claim]:
    for notice in member.notices:
        if notice.kind in SAYS_SO and (notice.partner or notice.target_url):
            yield _claim(f"notice:{notice.kind}", notice, NOTICE, partners, says_so=True)
        elif notice.kind == "wire-credit" and notice.partner:
            yield _claim("wire-credit", notice, WIRE_CREDIT, partners, says_so=False)


def _claim(signal: str, notice: Notice, points: float, partners: Partners, *, says_so: bool) -> Claim:
    partner = partners.named(notice.partner) or partners.at(notice.target_url)
    domains = _domains(partner) or ((registrable_domain(notice.target_url),) if notice.target_url else ())
    name = partner.name if partner else notice.partner or domains[0]
    return Claim(
        signal=signal,
        value=notice.text[:200],
        points=points,
        says_so=says_so,
        name=name,
        domains=domains,
        url=_article_url(notice.target_url),
    )


def _links(member: Member, partners: Partners) -> Iterator[Claim]:
    named = [("canonical", CANONICAL, member.canonical_url)] if member.canonical_url else []
    named += [("source-url", NAMED_URL, url) for url in member.source_urls]
    for signal, points, url in named:
        if _article_url(url):
            partner = partners.at(url)
            domains = _domains(partner) or (registrable_domain(url),)
            name = partner.name if partner else domains[0]
            yield Claim(signal=signal, value=url, points=points, says_so=True, name=name, domains=domains, url=url)


def _marks(member: Member, partners: Partners) -> Iterator[Claim]:
    for wire_id in member.wire_ids:
        known = next((name for start, name in _ID_AGENCY.items() if wire_id.startswith(start)), None)
        partner = partners.named(known) or partners.at(_newsml_provider(wire_id))
        name = partner.name if partner else known
        yield Claim(
            signal="wire-id", value=wire_id, points=WIRE_ID, says_so=False, name=name, domains=_domains(partner)
        )
    named = [("source-organization", member.source_organization), ("provider", member.provider)]
    for signal, credit in [*named, *(("author", author) for author in member.authors)]:
        partner = partners.named(credit)
        if partner and partner.kind == "agency":
            yield Claim(
                signal=signal,
                value=partner.name,
                points=WIRE_CREDIT,
                says_so=False,
                name=partner.name,
                domains=_domains(partner),
            )


def _newsml_provider(wire_id: str) -> str | None:
    """Return the provider of `urn:newsml:<domain>:<date>:<id>:…` (RFC 3085)."""
    parts = wire_id.split(":")
    return parts[2] if wire_id.startswith("urn:newsml:") and len(parts) > 3 else None


def _is_own(claim: Claim, member: Member, partners: Partners) -> bool:
    """Return whether a claim names the page's own publisher: a footer, a self-reference, an agency on its own site."""
    if claim.uri == member.uri or member.domain in claim.domains:
        return True
    name = name_key(claim.name or "")
    if name and name in (name_key(member.publisher), name_key(member.domain), name_key(member.domain.split(".")[0])):
        return True
    here = partners.at(member.domain) or partners.named(member.publisher)
    return here is not None and here is partners.named(claim.name)


def _domains(partner: Partner | None) -> tuple[str, ...]:
    return partner.domains if partner else ()


def _article_url(url: str | None) -> str | None:
    """Return the URL where it can be one article's: http(s), and more than a site's front page."""
    if not url:
        return None
    try:
        path = normalize_url(url).split("/", 3)[3]
    except ValueError:
        return None
    return url if path.strip("/") else None
