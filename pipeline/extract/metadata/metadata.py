"""The metadata of a page: every field from the best source that has it."""

from __future__ import annotations

from lxml.html import HtmlElement

from pipeline.extract.authors.authors import read_authors
from pipeline.extract.dates.dates import best_date, read_dates
from pipeline.extract.language import declared_language
from pipeline.extract.metadata.headline import read_headlines
from pipeline.extract.metadata.images import read_images
from pipeline.extract.metadata.links import read_amp, read_canonical, read_sources
from pipeline.extract.metadata.rights import read_copyright, read_free, read_license, read_preferences, read_usage_terms
from pipeline.extract.metadata.standfirst import read_standfirst
from pipeline.extract.metadata.subjects import read_genres, read_keywords, read_section
from pipeline.extract.metadata.wires import read_provider, read_source_organization, read_wire_ids
from pipeline.extract.walk import jsonld
from pipeline.extract.walk.clues import Clues
from pipeline.extract.walk.linked import name_of
from pipeline.extract.walk.walk import collect
from pipeline.models import ArticleFields, FeedEntry, Page
from pipeline.text import clean_text

_MAX_BODY_CHARS = 2_000_000


class Metadata(ArticleFields, frozen=True, kw_only=True):
    """What a page says about its article, before its body is known.

    `language` is as declared by the page or the feed; where nothing is declared the body tells (settle_language).
    """

    #: JSON-LD articleBody, paragraphs as they came; None when the page has none.
    article_body: str | None = None
    #: JSON-LD types of the article's node and og:type, in lower case: ("newsarticle", "og:article").
    types: tuple[str, ...] = ()


def read_metadata(root: HtmlElement, page: Page, entry: FeedEntry | None) -> Metadata:
    """Return the metadata of a page. The tree is not changed; nothing is raised for what a page holds."""
    clues = collect(root, page, entry)
    headline, alternatives, headline_source = read_headlines(clues)
    byline, authors, authors_source = read_authors(clues)
    description, description_source = read_standfirst(clues)
    dates = read_dates(clues)
    published, modified = best_date(dates, "published", "created"), best_date(dates, "modified", "updated")
    section, section_source = read_section(clues)
    keywords, keywords_source = read_keywords(clues)
    canonical, canonical_source = read_canonical(clues)
    language, language_source = declared_language(clues)
    sources = {
        "headline": headline_source,
        "description": description_source,
        "authors": authors_source,
        "datePublished": published.source if published else None,
        "dateModified": modified.source if modified else None,
        "articleSection": section_source,
        "keywords": keywords_source,
        "canonicalUrl": canonical_source,
        "language": language_source,
    }
    return Metadata(
        headline=headline,
        alternative_headlines=alternatives,
        description=description,
        byline=byline,
        authors=authors,
        date_published=published.value if published else None,
        date_modified=modified.value if modified else None,
        dates=dates,
        section=section,
        keywords=keywords,
        genres=read_genres(clues),
        images=read_images(clues),
        canonical_url=canonical,
        amp_url=read_amp(clues),
        site_name=_site_name(clues),
        source_organization=read_source_organization(clues),
        provider=read_provider(clues),
        copyright_notice=read_copyright(clues),
        license=read_license(clues),
        usage_terms=read_usage_terms(clues),
        is_accessible_for_free=read_free(clues),
        wire_ids=read_wire_ids(clues),
        source_urls=read_sources(clues),
        preferences=read_preferences(clues),
        language=language,
        fields={name: source for name, source in sources.items() if source},
        article_body=_article_body(clues),
        types=_types(clues),
    )


def _site_name(clues: Clues) -> str | None:
    return clues.meta("og:site_name", limit=200) or name_of(clues.get("publisher"), 200)


def _article_body(clues: Clues) -> str | None:
    text = clues.get("articleBody")
    return clean_text(text[:_MAX_BODY_CHARS]) or None if isinstance(text, str) else None


def _types(clues: Clues) -> tuple[str, ...]:
    og = clues.meta("og:type", limit=100)
    return tuple(name.lower() for name in jsonld.types(clues.article)) + ((f"og:{og.lower()}",) if og else ())
