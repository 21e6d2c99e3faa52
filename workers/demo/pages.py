"""The publishers' pages: five templates, as different as those of real papers, from JSON-LD to no metadata at all."""

from __future__ import annotations

import json
from collections.abc import Callable
from html import escape
from typing import Any

from workers.demo.content import Publisher, Story
from workers.demo.markup import blocks, byline, day, element, inline, stamp, teasers, void


def story_page(publisher: Publisher, story: Story) -> str:
    """Return the page of a story."""
    return _TEMPLATES[publisher.template](publisher, story)


def front_page(publisher: Publisher) -> str:
    """Return the publisher's front page, which names its feed."""
    kinds = {"atom": "application/atom+xml", "json": "application/feed+json"}
    feed = void(
        "link", rel="alternate", type=kinds.get(publisher.feed, "application/rss+xml"), href=publisher.feed_path
    )
    main = element("main", element("h1", escape(publisher.name)) + teasers(publisher, None))
    return _document(publisher.name, feed, _header(publisher) + main + _footer(publisher))


def _json_ld_page(publisher: Publisher, story: Story) -> str:
    data = json.dumps(_json_ld(publisher, story), ensure_ascii=False).replace("</", "<\\/")
    script = f'<script type="application/ld+json">{data}</script>'
    time = element("time", day(story.published), datetime=stamp(story.published))
    article = element(
        "article",
        element("p", inline(story.section or "News"), class_="kicker")
        + element("h1", inline(story.headline))
        + element("p", inline(story.dek or ""), class_="standfirst")
        + element("p", f"{inline(byline(story) or '')} | {time}", class_="byline")
        + element("div", blocks(story, "credit"), class_="story-body"),
    )
    aside = element("aside", element("h2", "Most read") + teasers(publisher, story), class_="most-read")
    body = _header(publisher) + element("main", article + aside) + _footer(publisher)
    return _document(f"{story.headline} | {publisher.name}", script + _canonical(publisher, story), body)


def _opengraph_page(publisher: Publisher, story: Story) -> str:
    article = element(
        "div",
        element("h1", inline(story.headline), class_="headline")
        + element("h2", inline(story.dek or ""), class_="subhead")
        + element("div", inline(byline(story) or ""), class_="author")
        + element("div", blocks(story, "source-line"), class_="article-text")
        + element("div", f"Published {day(story.published)}", class_="dateline"),
        class_="article",
    )
    related = element("div", element("h4", "More from us") + teasers(publisher, story), class_="related")
    body = _header(publisher) + element("div", article + related, id="content") + _footer(publisher)
    return _document(story.headline, _opengraph(publisher, story) + _canonical(publisher, story), body)


def _microdata_page(publisher: Publisher, story: Story) -> str:
    people = "".join(
        element(
            "span", element("span", escape(name), itemprop="name"), itemprop="author", itemscope="", itemtype=_PERSON
        )
        for name in story.authors
    )
    agency = element("span", inline(story.byline or ""), class_="byline")
    house = element(
        "div",
        void("meta", itemprop="name", content=publisher.name),
        itemprop="publisher",
        itemscope="",
        itemtype=_HOUSE,
    )
    article = element(
        "article",
        element("h1", inline(story.headline), itemprop="headline")
        + element("p", inline(story.dek or ""), itemprop="description")
        + element("div", (people or agency) + void("meta", itemprop="datePublished", content=stamp(story.published)))
        + element("div", blocks(story, "notice"), itemprop="articleBody")
        + house,
        itemscope="",
        itemtype="https://schema.org/NewsArticle",
    )
    share = element("ul", "".join(element("li", element("a", to, href="#")) for to in ("Mail", "Print", "Share")))
    nearby = element("section", element("h2", "From the uplands") + teasers(publisher, story))
    body = _header(publisher) + article + share + nearby + _footer(publisher)
    return _document(f"{story.headline} - {publisher.name}", _canonical(publisher, story), body)


def _magazine_page(publisher: Publisher, story: Story) -> str:
    data = json.dumps(_json_ld(publisher, story), ensure_ascii=False).replace("</", "<\\/")
    head = f'<script type="application/ld+json">{data}</script>' + _opengraph(publisher, story)
    header = element(
        "header",
        element("p", inline(story.section or ""), class_="rubric")
        + element("h1", inline(story.headline))
        + element("p", inline(story.dek or ""), class_="dek")
        + element("address", inline(byline(story) or ""), class_="byline")
        + element("time", day(story.published), datetime=stamp(story.published)),
    )
    article = element("article", header + element("section", blocks(story, "partner-notice"), class_="article-body"))
    newsletter = element(
        "div", element("p", "Sign up for our letter from the coast, every Sunday."), class_="newsletter"
    )
    body = _header(publisher) + element("main", article + newsletter + teasers(publisher, story)) + _footer(publisher)
    return _document(f"{story.headline} - {publisher.name}", head + _canonical(publisher, story), body)


def _plain_page(publisher: Publisher, story: Story) -> str:
    text = element("h2", inline(story.headline)) + blocks(story, "small") + "<hr>"
    date = element("p", element("small", f"{publisher.name}, {day(story.published)}"))
    return _document(story.headline, "", element("h1", escape(publisher.name)) + text + date)


_PERSON = "https://schema.org/Person"
_HOUSE = "https://schema.org/Organization"
_TEMPLATES: dict[str, Callable[[Publisher, Story], str]] = {
    "json-ld": _json_ld_page,
    "opengraph": _opengraph_page,
    "microdata": _microdata_page,
    "magazine": _magazine_page,
    "plain": _plain_page,
}


def _document(title: str, head: str, body: str) -> str:
    top = void("meta", charset="utf-8") + element("title", escape(title)) + head
    return f'<!doctype html>\n<html lang="en">{element("head", top)}{element("body", body)}</html>\n'


def _header(publisher: Publisher) -> str:
    links = "".join(element("a", name, href=f"/{name.lower()}/") for name in ("News", "Sport", "Weather", "Notices"))
    logo = element("a", escape(publisher.name), href="/", class_="logo")
    return element("header", logo + element("p", escape(publisher.tagline)) + element("nav", links), class_="site")


def _footer(publisher: Publisher) -> str:
    imprint = f"© 2025 {escape(publisher.name)}. All rights reserved."
    links = "".join(element("a", name, href="#") for name in ("Contact", "Privacy", "Advertise"))
    return element("footer", element("p", imprint) + links)


def _canonical(publisher: Publisher, story: Story) -> str:
    return void("link", rel="canonical", href=publisher.root + story.path)


def _opengraph(publisher: Publisher, story: Story) -> str:
    properties = {
        "og:type": "article",
        "og:title": story.headline,
        "og:description": story.dek or "",
        "og:url": publisher.root + story.path,
        "og:site_name": publisher.name,
        "article:published_time": stamp(story.published),
        "article:modified_time": stamp(story.modified) if story.modified else "",
        "article:section": story.section or "",
    }
    return "".join(void("meta", property=key, content=value) for key, value in properties.items() if value)


def _json_ld(publisher: Publisher, story: Story) -> dict[str, Any]:
    data = {
        "@context": "https://schema.org",
        "@type": "NewsArticle",
        "mainEntityOfPage": publisher.root + story.path,
        "headline": story.headline,
        "description": story.dek,
        "datePublished": stamp(story.published),
        "dateModified": stamp(story.modified) if story.modified else None,
        "author": _json_ld_authors(story),
        "publisher": {"@type": "NewsMediaOrganization", "name": publisher.name, "url": f"{publisher.root}/"},
        "articleSection": story.section,
        "keywords": list(story.keywords) or None,
        "inLanguage": "en",
    }
    return {key: value for key, value in data.items() if value is not None}


def _json_ld_authors(story: Story) -> list[dict[str, str]]:
    if story.byline is not None:
        return [{"@type": "Organization", "name": story.byline}]
    return [{"@type": "Person", "name": name} for name in story.authors]
