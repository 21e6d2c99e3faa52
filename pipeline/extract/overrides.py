"""What an operator says about sites of their own: where a field stands on the page, and which parts are to go.

Selectors are CSS, or XPath when they begin with "/" or "(". All are compiled at start, so that a mistake stops the
start and not the first page.
"""

from __future__ import annotations

from datetime import date
from urllib.parse import urlsplit

from lxml import etree
from lxml.cssselect import CSSSelector
from lxml.html import HtmlElement

from pipeline.errors import ConfigError
from pipeline.models import Value
from pipeline.policies import SiteOverride

#: The fields that an override can point at.
FIELDS = ("headline", "description", "authors", "date_published", "date_modified", "section", "body")


class SiteRules(Value, frozen=True, kw_only=True):
    """An override with its selectors compiled."""

    override: SiteOverride
    fields: dict[str, etree.XPath]
    remove: tuple[etree.XPath, ...]


def compile_overrides(overrides: tuple[SiteOverride, ...]) -> tuple[SiteRules, ...]:
    """Return the overrides ready for use. Raises ConfigError naming the host, the key and what is wrong."""
    return tuple(_compile(override) for override in overrides)


def rules_for(rules: tuple[SiteRules, ...], url: str, day: date) -> tuple[SiteRules, ...]:
    """Return the overrides for the page's host and the day that it was fetched, in the order of the file."""
    host = (urlsplit(url).hostname or "").lower()
    return tuple(one for one in rules if _is_for(one.override, host, day))


def apply_removals(root: HtmlElement, rules: tuple[SiteRules, ...]) -> None:
    """Remove the parts that the overrides name; the text behind a part stays. Changes the tree."""
    for one in rules:
        for selector in one.remove:
            for element in selector(root):
                if isinstance(element, HtmlElement) and element.getparent() is not None:
                    element.drop_tree()


def select(root: HtmlElement, rules: tuple[SiteRules, ...], field: str) -> tuple[HtmlElement | str, ...]:
    """Return what the first override with a selector for the field finds: elements, or strings of an XPath."""
    for one in rules:
        if field in one.fields:
            found = one.fields[field](root)
            return tuple(found) if isinstance(found, list) else (str(found),)
    return ()


def select_text(root: HtmlElement, rules: tuple[SiteRules, ...], field: str) -> tuple[str, ...]:
    """Return the texts that the overrides find for a field, blanks made single, empty ones left out."""
    found = (one if isinstance(one, str) else _text_of(one) for one in select(root, rules, field))
    return tuple(text for text in (" ".join(one.split()) for one in found) if text)


def _text_of(element: HtmlElement) -> str:
    return str(element.get("datetime") or element.get("content") or element.text_content())


def _is_for(override: SiteOverride, host: str, day: date) -> bool:
    if host != override.host and not host.endswith("." + override.host):
        return False
    return (override.valid_from or day) <= day <= (override.valid_to or day)


def _compile(override: SiteOverride) -> SiteRules:
    if not override.host or "/" in override.host:
        raise ConfigError(f"override for {override.host!r}: host must be a host name such as paper.example")
    if override.valid_from and override.valid_to and override.valid_to < override.valid_from:
        raise ConfigError(f"override for {override.host}: valid_to {override.valid_to} is before {override.valid_from}")
    unknown = sorted(set(override.fields) - set(FIELDS))
    if unknown:
        raise ConfigError(f"override for {override.host}: unknown field {unknown[0]!r}; allowed: {', '.join(FIELDS)}")
    return SiteRules(
        override=override,
        fields={name: _selector(override.host, f"fields.{name}", text) for name, text in override.fields.items()},
        remove=tuple(_selector(override.host, "remove", text) for text in override.remove),
    )


def _selector(host: str, key: str, text: str) -> etree.XPath:
    try:
        return etree.XPath(text) if text.startswith(("/", "(", "./")) else CSSSelector(text, translator="html")
    # cssselect's errors are SyntaxErrors; lxml's are its own.
    except (SyntaxError, etree.XPathError) as error:
        raise ConfigError(f"override for {host}: {key}: {text!r} is no CSS or XPath selector ({error})") from error
