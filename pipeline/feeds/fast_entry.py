"""One <item> or <entry> of a well-formed feed, read as feedparser reads it: the order of elements decides."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import urljoin

from lxml import etree

from pipeline.feeds.links import unescape_parameters
from pipeline.feeds.markup import BASE, LANG, Unusual, inner_markup, leaf
from pipeline.feeds.names import Names
from pipeline.feeds.persons import read_person
from pipeline.feeds.raw import RawEntry

_HTML_TYPES = ("text/html", "html", "application/xhtml+xml", "xhtml")
#: Names that would mean something to feedparser inside an element that it does not know.
_MEANT = frozenset(
    (
        "title", "link", "id", "published", "updated", "created", "author", "category", "source", "item", "entry",
        "image", "textinput", "content_encoded", "content", "summary", "description", "entity",
    )
)  # fmt: skip


class EntryReader:
    """Reads the entries of one feed."""

    def __init__(self, names: Names, *, atom: bool, based: bool) -> None:
        self._names = names
        self._atom = atom
        #: Whether a base address is declared anywhere.
        self._based = based
        #: What reads an element, by its tag as libxml2 gives it: the same few in every entry.
        self._takers: dict[str, _Taker] = {}

    def read(self, item: etree._Element) -> RawEntry:
        """Return the entry. Raises Unusual."""
        entry = _Entry(self._names, item, atom=self._atom, base=_base_of(item) if self._based else None)
        for child in item:
            taker = self._takers.get(child.tag) or self._taker(child)
            taker(entry, child)
        return entry.done()

    def _taker(self, child: etree._Element) -> _Taker:
        taker = self._takers[child.tag] = _TAKERS.get(self._names.of(child), _Entry._look_inside)
        return taker


def _base_of(item: etree._Element) -> str | None:
    """Return the base in force: xml:base, or the `base` that some feeds write instead."""
    base: str | None = None
    for element in reversed((item, *item.iterancestors())):
        own = element.get(BASE) or element.get("base")
        if own:
            base = urljoin(base or "", own)
    for child in item:
        if child.get(BASE) or child.get("base"):
            return _mixed_base(child, base)
    return base


def _mixed_base(child: etree._Element, base: str | None) -> str | None:
    """Return the base where only texts have one of their own, which says nothing about links."""
    if etree.QName(child).localname.lower() in ("content", "summary", "title", "description"):
        return base
    raise Unusual("a base of its own")


class _Entry:
    """The entry while it is read."""

    link: str | None = None
    title: tuple[str, bool] | None = None
    media_title: tuple[str, bool] | None = None
    summary: tuple[str, bool] | None = None
    content: tuple[str, bool] | None = None
    published: str | None = None
    updated: str | None = None
    created: str | None = None
    language: str | None = None
    original_link: str | None = None
    source: tuple[str | None, str | None] = (None, None)

    def __init__(self, names: Names, item: etree._Element, *, atom: bool, base: str | None) -> None:
        self.names = names
        self.atom = atom
        self.base = base
        self.entry_id = item.get("{http://www.w3.org/1999/02/22-rdf-syntax-ns#}about")
        self.lang = item.get(LANG)
        self.alternates: list[str] = []
        self.authors: list[str] = []
        self.categories: list[str] = []

    def done(self) -> RawEntry:
        """Return the entry."""
        title = self.title or self.media_title or (None, True)
        summary = self.summary or self._plain_content() or (None, True)
        content = self.content[0] if self.content and self.content[1] else None
        web_id = [self.entry_id] if self.entry_id and self.entry_id.startswith(("http://", "https://")) else []
        return RawEntry(
            entry_id=self.entry_id or None,
            link=self.link or None,
            other_links=(*web_id, *self.alternates),
            original_link=self.original_link or None,
            title=title[0] or None,
            title_html=title[1],
            summary=summary[0] or None,
            summary_html=summary[1],
            content_html=content or None,
            authors=tuple(self.authors),
            published=self.published or self.created or None,
            updated=self.updated or None,
            categories=tuple(self.categories),
            language=self.language or self.lang or None,
            source_name=self.source[0],
            source_url=self.source[1],
            base=self.base,
        )

    def _plain_content(self) -> tuple[str, bool] | None:
        """Return the content where it is no HTML: then it is all the summary that there is."""
        return self.content if self.content and not self.content[1] else None

    def _look_inside(self, element: etree._Element) -> None:
        """Take what Media RSS nests; an element that feedparser would read inside a stranger is for feedparser."""
        for inner in element.iterdescendants():
            name = self.names.of(inner)
            if name == "media_title":
                self._take_media_title(inner)
            elif name == "media_description":
                self._take_description(inner)
            elif name in _MEANT:
                raise Unusual(f"{name} inside {element.tag}")

    def _refuse(self, element: etree._Element) -> None:
        raise Unusual(f"{element.tag} in an entry")

    def _resolve(self, link: str) -> str:
        return urljoin(self.base, link) if self.base and link else link

    def _take_title(self, title: etree._Element) -> None:
        if not self.title:
            text, is_html = inner_markup(title, atom=self.atom)
            self.title = (text, is_html) if text else None

    def _take_media_title(self, title: etree._Element) -> None:
        text, is_html = inner_markup(title, atom=self.atom)
        if text:
            self.media_title = text, is_html

    def _take_link(self, link: etree._Element) -> None:
        href = link.get("url") or link.get("uri") or link.get("href")
        if not href:
            self.link = unescape_parameters(self._resolve(leaf(link)))
        elif link.get("rel", "alternate").lower() == "alternate":
            if (link.get("type") or "text/html").lower() in _HTML_TYPES:
                self.link = self._resolve(href)
            else:
                self.alternates.append(self._resolve(href))

    def _take_id(self, element: etree._Element) -> None:
        text = leaf(element)
        permalink = True
        for key, value in element.attrib.items():
            if key.lower() == "ispermalink":
                permalink = value == "true"
        self.entry_id = self._resolve(text) if permalink else text
        if permalink and self.link is None:
            self.link = self.entry_id

    def _take_description(self, element: etree._Element) -> None:
        if not self.summary or not self.summary[0]:
            self.summary = inner_markup(element, atom=self.atom)

    def _take_content(self, element: etree._Element) -> None:
        if not self.content or not self.content[0]:
            self.content = inner_markup(element, atom=self.atom)

    def _take_encoded(self, element: etree._Element) -> None:
        if not self.content or not self.content[0]:
            self.content = inner_markup(element, atom=False)

    def _take_author(self, author: etree._Element) -> None:
        if not len(author):
            person = read_person(leaf(author))
            if person:
                self.authors.append(person)
            return
        for part in author:
            if self.names.of(part) == "name" and (name := leaf(part)):
                self.authors.append(name)

    def _take_category(self, category: etree._Element) -> None:
        term = category.get("term") or leaf(category)
        if term:
            self.categories.append(term)

    def _take_source(self, source: etree._Element) -> None:
        if not len(source):
            self.source = leaf(source) or None, source.get("url")
            return
        name = url = None
        for part in source:
            kind = self.names.of(part)
            if kind == "title":
                name = inner_markup(part, atom=self.atom)[0]
            elif kind == "link" and part.get("rel", "alternate") == "alternate":
                url = part.get("href")
        self.source = name, url


_Taker = Callable[[_Entry, etree._Element], None]


def _last(field: str) -> _Taker:
    """Return what keeps the text of an element in that field: the last of several wins."""

    def take(entry: _Entry, element: etree._Element) -> None:
        setattr(entry, field, leaf(element))

    return take


_TAKERS: dict[str, _Taker] = {
    "title": _Entry._take_title,
    "media_title": _Entry._take_media_title,
    "link": _Entry._take_link,
    "feedburner_origlink": _last("original_link"),
    "id": _Entry._take_id,
    "description": _Entry._take_description,
    "summary": _Entry._take_description,
    "media_description": _Entry._take_description,
    "itunes_summary": _Entry._take_description,
    "content": _Entry._take_content,
    "body": _Entry._take_content,
    "content_encoded": _Entry._take_encoded,
    "author": _Entry._take_author,
    "category": _Entry._take_category,
    **{field: _last(field) for field in ("published", "updated", "created", "language")},
    "source": _Entry._take_source,
    **dict.fromkeys(("image", "textinput", "entity", "item", "entry"), _Entry._refuse),
}
