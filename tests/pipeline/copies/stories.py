"""Articles of a fictional newsroom, and what republishers do to them."""

from __future__ import annotations

import random
import re
from datetime import UTC, datetime

from pipeline.copies import fingerprint
from pipeline.models import Member, Notice, Update
from pipeline.policies import CopyPolicy, Partner
from pipeline.urls import record_uri

POLICY = CopyPolicy()
NOW = datetime(2031, 5, 6, 12, tzinfo=UTC)

PARTNERS = (
    Partner(name="The Harbour Post", aliases=("Harbour Post",), domains=("harbour-post.example",)),
    Partner(name="Valley Courier", domains=("valley-courier.example",), group="Courier House"),
    Partner(name="North Coast Wire", aliases=("NCW",), domains=("ncw.example",), kind="agency", marks=("NCW",)),
)

_WHO = (
    "The {adj} harbour master|A retired pilot from {place}|Auditor {name}|Mayor {name}|Two {adj} engineers|The {adj} union|"
    "Fisheries officer {name}|A spokeswoman for {name}|{adj:c} residents of {place}|The court in {place}|"
    "Professor {name}|The shipyard's {adj} owner|{n} volunteers|An inspector from {place}|The {adj} opposition leader|"
    "{adj:c} insurers|{n} teachers|The director of the {thing}|{adj:c} farmers upriver|{name}, who runs the {thing},"
)
_DID = (
    "warned on {day} that|told a {adj} hearing that|wrote to {name} that|found after {n} weeks that|"
    "denied on {day} that|has promised since {year} that|learned in {place} that|conceded to {name} that|"
    "argued before {n} witnesses that|said {adv} that|reported {adv} to {place} that|{adv} insisted that"
)
_WHAT = (
    "the {thing} would cost {n} million crowns|nobody {adv} checked the {thing} for {n} years|"
    "the {thing} near {place} was {adv} close to collapse|{n} {adj} families could lose the {thing}|"
    "work on the {thing} may {adv} begin before {month}|plans for the {thing} were {adv} copied in {year}|"
    "a {adj} loan of {n} millions {adv} paid for the {thing}|the {thing} belonged {adv} to {place}|"
    "the {thing} should {adv} be kept|{adj} tides had {adv} moved the {thing} by {n} metres|"
    "a {adj} buyer from {place} offered {n} crowns|the {thing} must {adv} close from {month}"
)
_WHY = (
    "because the {thing} stood on {adj} sand|although {name} {adv} knew of it|which surprised even {name} in {place}|"
    "after a {adj} storm in {month}|as {adj} tests in {place} had {adv} shown|if the {adj} ministry agrees by {month}|"
    "while {n} {adj} towns wait|unless {name} {adv} pays for the {thing}|just as in {year}|"
    "despite the {adj} objections of {name}|so that {adj} boats from {place} can land|"
    "by {n} votes to {n}"
)
_LISTS = {
    "name": "Ada Brenmoor|Tomas Quill|Ines Halvard|Oda Ferrin|Jonas Ketteridge|Mirela Voss|Piet Anker|Runa Solberg|"
    "Hale Winterbourne|Csilla Varga|Ewan Thackeray|Lotte Marsh|Bram Osterlund|Yara Pell|Silas Coombe|Noor Haddow",
    "place": "Tern Bay|Old Saltmarsh|Kestrel Point|Upper Weir|Gullhaven|Marrow Island|Fenwick Lock|Dunmore Strand|Ostling|"
    "Pellworth|Skerry Head|Lower Ings|Carrow Sound|Withy Ford|Quarrel Reach|Hob's Landing",
    "thing": "sea wall|swing bridge|ferry terminal|fish market|tidal mill|lighthouse|breakwater|railway embankment|sluice|"
    "cold store|slipway|pumping station|rope works|customs house|drill hall|ice factory|signal tower|boat lift",
    "adj": "weary|cautious|former|younger|stubborn|distant|local|anxious|patient|foreign|elderly|nervous|silent|angry|"
    "cheerful|wealthy|northern|unpaid|honest|reluctant|careful|famous|hungry|forgotten|busy|sceptical|loyal|proud|idle|"
    "grateful|obscure|modest|tireless|bitter|sudden|gentle|crooked|temporary|ancient|uncertain|private|second|secret",
    "adv": "quietly|plainly|again|never|hardly|openly|twice|calmly|slowly|finally|rarely|gladly|firmly|nearly|merely|once|"
    "wrongly|briefly|surely|rightly|partly|largely|wholly|often|always|already|loudly|coldly|neatly|soon|barely|simply",
    "day": "Monday|Tuesday|Wednesday|Thursday|Friday|Saturday|Sunday",
    "month": "January|February|March|April|June|July|August|September|October|November|December",
}


def story(seed: int, paragraphs: int = 9) -> str:
    """Return an article of about 40 words a paragraph, always the same for a seed."""
    dice = random.Random(seed)
    return "\n\n".join(" ".join(sentence(dice) for _ in range(2)) for _ in range(paragraphs))


def sentence(dice: random.Random) -> str:
    """Return one sentence of about 20 words."""
    text = " ".join(dice.choice(part.split("|")) for part in (_WHO, _DID, _WHAT, _WHY)) + "."
    while slot := re.search(r"\{(\w+)(:c)?\}", text):
        text = text[: slot.start()] + _fill(slot.group(1), slot.group(2), dice) + text[slot.end() :]
    return text


def _fill(kind: str, capital: str | None, dice: random.Random) -> str:
    if kind in ("n", "year"):
        return str(dice.randint(2, 97) if kind == "n" else dice.randint(1950, 2020))
    word = dice.choice(_LISTS[kind].split("|"))
    return word.capitalize() if capital else word


def member(name: str, body: str = "", **more: object) -> Member:
    """Return the member for an article at `<domain>/<path>`."""
    url = f"https://{name}"
    domain = name.partition("/")[0]
    made = fingerprint(body, POLICY)
    fields: dict[str, object] = {
        "uri": record_uri(url),
        "url": url,
        "publisher": next((p.name for p in PARTNERS if domain in p.domains), domain),
        "domain": domain,
        "headline": "",
        "tokens": made.tokens,
        "digest": made.digest,
        "first_seen_at": NOW,
    }
    return Member(**{**fields, **more})  # type: ignore[arg-type]


def notice(kind: str, partner: str | None = None, target_url: str | None = None) -> Notice:
    """Return a notice as extraction finds it."""
    return Notice(
        rule_id=f"test-{kind}", kind=kind, text=f"From {partner or target_url}.", partner=partner, target_url=target_url
    )


def paragraphs(body: str) -> list[str]:
    """Return the paragraphs of a body."""
    return body.split("\n\n")


def typography(body: str) -> str:
    """Return the body with other quotes, dashes and blanks."""
    return body.replace("'", "’").replace(", ", ",\u00a0").replace(" - ", " – ")


def own_intro(body: str, dice: random.Random) -> str:
    """Return the body under a paragraph of the republisher's own."""
    return " ".join(sentence(dice) for _ in range(3)) + "\n\n" + body


def cut(body: str, share: float) -> str:
    """Return the beginning of the body, about so much of it."""
    words = body.split(" ")
    return " ".join(words[: round(len(words) * share)])


def without_paragraphs(body: str, dice: random.Random, share: float) -> str:
    """Return the body without some of its paragraphs."""
    parts = paragraphs(body)
    dropped = set(dice.sample(range(1, len(parts)), max(1, round(len(parts) * share))))
    return "\n\n".join(part for number, part in enumerate(parts) if number not in dropped)


def edited(body: str, dice: random.Random, share: float) -> str:
    """Return the body with a share of its words replaced."""
    spare = [word for word in sentence(random.Random(dice.random())).lower().split() if word.isalpha()] or ["again"]
    return re.sub(r"[^\W\d]+", lambda word: dice.choice(spare) if dice.random() < share else word.group(), body)


def stacked(body: str, dice: random.Random) -> tuple[str, tuple[Update, ...]]:
    """Return the body under an update of several paragraphs, and the update as extraction marks it."""
    top = "\n\n".join(sentence(dice) + " " + sentence(dice) for _ in range(4))
    text = f"{top}\n\n{body}"
    return text, (Update(label="Original Post", start=len(top) + 2, end=len(text)),)
