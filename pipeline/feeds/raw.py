"""What a feed says, before any rule of ours: the common form that each reader gives and `rules` takes."""

from __future__ import annotations

from pipeline.models import Value


class RawEntry(Value, frozen=True, kw_only=True, gc=False):
    """An entry as written. Links may be relative, dates are strings, `*_html` says whether a text is HTML."""

    entry_id: str | None = None
    #: The link that feedparser would choose.
    link: str | None = None
    #: The id, where it says that it is a link, and links of other types: tried when `link` leads nowhere.
    other_links: tuple[str, ...] = ()
    #: feedburner:origLink, which the link only redirects to.
    original_link: str | None = None
    title: str | None = None
    title_html: bool = True
    summary: str | None = None
    summary_html: bool = True
    content_html: str | None = None
    authors: tuple[str, ...] = ()
    published: str | None = None
    updated: str | None = None
    categories: tuple[str, ...] = ()
    language: str | None = None
    source_name: str | None = None
    source_url: str | None = None
    #: xml:base in force at the entry, None where there is none.
    base: str | None = None


class RawFeed(Value, frozen=True, kw_only=True, gc=False):
    """A feed as written."""

    version: str
    title: str | None = None
    title_html: bool = True
    site_url: str | None = None
    self_url: str | None = None
    hub_url: str | None = None
    next_url: str | None = None
    language: str | None = None
    ttl: str | None = None
    update_period: str | None = None
    update_frequency: str | None = None
    skip_hours: tuple[str, ...] = ()
    skip_days: tuple[str, ...] = ()
    entries: tuple[RawEntry, ...] = ()
    #: Entries that the reader left out because there were too many.
    capped: int = 0
    #: Entries that no reader could read.
    unreadable: int = 0
