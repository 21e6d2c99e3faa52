"""The names of sources as notices write them: their shape in a pattern, and the clean name."""

from __future__ import annotations

import re

from pipeline.text import clean_line, normal_key

#: News agencies as credit lines, datelines and end marks write them.
AGENCIES = (
    "AP",
    "Associated Press",
    "The Associated Press",
    "Reuters",
    "Thomson Reuters",
    "AFP",
    "Agence France-Presse",
    "dpa",
    "dpa-AFX",
    "APA",
    "sda",
    "Keystone-SDA",
    "SID",
    "KNA",
    "epd",
    "dts",
    "dts Nachrichtenagentur",
    "dapd",
    "EFE",
    "Agencia EFE",
    "Europa Press",
    "Télam",
    "Notimex",
    "ANSA",
    "Adnkronos",
    "AGI",
    "LaPresse",
    "ANP",
    "Belga",
    "Lusa",
    "Agência Brasil",
    "Estadão Conteúdo",
    "TT",
    "NTB",
    "Ritzau",
    "STT",
    "PAP",
    "ČTK",
    "MTI",
    "PTI",
    "ANI",
    "IANS",
    "UPI",
    "AAP",
    "PA",
    "PA Media",
    "Press Association",
    "The Canadian Press",
    "La Presse Canadienne",
    "Kyodo",
    "Kyodo News",
    "Jiji",
    "Yonhap",
    "Xinhua",
    "TASS",
    "Interfax",
    "Ukrinform",
    "Anadolu",
    "AA",
    "Bloomberg",
    "Dow Jones",
    "Dow Jones Newswires",
    "CNN",
    "CNN Newsource",
    "Gray News",
    "States Newsroom",
)

_QUOTED = r"""["'][^"'\n]{2,80}["']"""
_DOMAIN = r"[a-z0-9][a-z0-9-]{0,40}(?:\.[a-z0-9-]{1,40}){1,4}"
_MONTHS = "jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec"
_DAYS = "(?:mon|tues|wednes|thurs|fri|satur|sun)day"
#: "in 2014", "on March 4", "on Monday" name no source.
_DATE = rf"(?!(?:\d{{4}}|[0-3]?\d\.?|(?i:{_MONTHS})[a-z]{{0,6}}\.?|(?i:{_DAYS}))(?:[ ,.]|$))"
#: Starts with what is no lower-case Latin letter; a dot is part of it only inside "WIRED.com", "U.S." and "St. Louis".
_NAMED = _DATE + r"[^\W_a-zß-ÿ](?:[^\n.,;:()!?\"]|\.(?=[^\s\"'()])|(?<=\bSt)\.|(?<=\b[A-Z])\.){0,90}"
SOURCE = rf"\[?(?P<src>{_QUOTED}|{_DOMAIN}|{_NAMED})"

#: What follows a name: licence, permission, date, the verb of a German or Dutch sentence.
_STOP = re.compile(
    r"\s(?:-|y escrit[oa]|(?:and )?written by|under|unter|sous|bajo|sotto|sob|onder|and (?:is|was|has|can)|as part"
    r"|with (?:the )?permission|here|hier|where|when|(?:and )?republished|reproduced|mit (?:freundlicher )?genehmigung"
    r"|avec l|met toestemming|con (?:licen|permis|autori)\w*|com autori\w*|erschienen|veröffentlicht|publiziert"
    r"|erscheint|verschenen|gepubliceerd|(?:on|in|at|back in|early in|am|vom|im|le|du|el|del|il|em|no dia|op)"
    rf" (?:\d[\d./]*|(?:{_MONTHS})\w*\.? ?\d+|early \d+|late \d+))(?![\w-]).*",
    re.IGNORECASE | re.DOTALL,
)
#: What stands before a name.
_LEAD = re.compile(
    r"^(?i:(?:[\w.]+'s )?(?:news |content |media )?partners?(?: at)?"
    r"|(?:(?:the|der|dem|den|die|das|le|la|el|il|lo|het|de|o|a|our|the news) )?(?:\w+ )?"
    r"(?:web ?site|blog|newspaper|zeitung|tageszeitung|wochenzeitung|magazin|zeitschrift|portal|site|revue|diario"
    r"|revista|periódico|giornale|quotidiano|rivista|sito|jornal|krant|dagblad|tijdschrift)) (?=[^\Wa-z_\d])"
)
_EDGES = " \t\"'“”„‘’«»‹›*_-–—|.,;:([{<>"
_UNNAMED = re.compile(
    r"^(?:our|this|that|his|her|their|my|its|it|an?|the author|unser|diese|eine|notre|ons|onze)\b"
    r"|^(?:here|original|article|story|link|site|read more|source)$",
    re.IGNORECASE,
)


def partner_name(raw: str | None) -> str | None:
    """Return the source's name without what follows it (licence, date, description); None when no name is left."""
    if not raw:
        return None
    name = _STOP.sub("", clean_line(raw, 200)).strip(_EDGES)
    name = _LEAD.sub("", name).strip(_EDGES)
    name = name.removesuffix("'s").removesuffix("’s")
    return name if normal_key(name) and not _UNNAMED.search(name) else None


def is_own(name: str, own_keys: frozenset[str]) -> bool:
    """Return whether a name is one of the site's own; `own_keys` are normal keys of its names and domains."""
    found = normal_key(name)
    return found in own_keys or found.removeprefix("the") in own_keys


def own_keys(own_names: frozenset[str]) -> frozenset[str]:
    """Return the keys that a site's names and domains are compared by: "The Wire", "thewire.com" and "thewire"."""
    keys = set()
    for name in own_names:
        bare = name.removeprefix("www.")
        keys |= {normal_key(bare), normal_key(bare).removeprefix("the")}
        if "." in bare and " " not in bare:
            keys.add(normal_key(bare.partition(".")[0]))
    return frozenset(keys - {""})
