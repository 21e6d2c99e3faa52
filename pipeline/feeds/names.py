"""Element names of feed formats: namespaces that mean the same are folded together, as feedparser folds them."""

from __future__ import annotations

from lxml import etree

_PREFIXES = {
    "": "",
    "http://backend.userland.com/rss": "",
    "http://blogs.law.harvard.edu/tech/rss": "",
    "http://purl.org/rss/1.0/": "",
    "http://my.netscape.com/rdf/simple/0.9/": "",
    "http://purl.org/rss/1.0/modules/rss091#": "",
    "http://purl.org/atom/ns#": "",
    "http://www.w3.org/2005/atom": "",
    "http://purl.org/rss/1.0/modules/content/": "content_",
    "http://purl.org/dc/elements/1.1/": "dc_",
    "http://purl.org/dc/terms/": "dcterms_",
    "http://rssnamespace.org/feedburner/ext/1.0": "feedburner_",
    "http://www.itunes.com/dtds/podcast-1.0.dtd": "itunes_",
    "http://search.yahoo.com/mrss": "media_",
    "http://search.yahoo.com/mrss/": "media_",
    "http://www.w3.org/1999/02/22-rdf-syntax-ns#": "rdf_",
    "http://purl.org/rss/1.0/modules/syndication/": "sy_",
    "http://www.w3.org/1999/xhtml": "xhtml_",
    "http://www.sitemaps.org/schemas/sitemap/0.9": "sitemap_",
    "http://www.google.com/schemas/sitemap/0.84": "sitemap_",
    "http://www.google.com/schemas/sitemap-news/0.9": "news_",
}
#: Elements that mean the same.
_SAME = {
    "dc_title": "title", "guid": "id",
    "issued": "published", "pubdate": "published", "dcterms_issued": "published",
    "modified": "updated", "lastbuilddate": "updated", "dc_date": "updated", "dcterms_modified": "updated",
    "dcterms_created": "created",
    "dc_author": "author", "dc_creator": "author", "itunes_author": "author",
    "keywords": "category", "dc_subject": "category",
    "dc_description": "description", "abstract": "description", "dc_language": "language",
    "fullitem": "content_encoded", "xhtml_body": "body",
}  # fmt: skip


class Names(dict[str, str]):
    """Tag in Clark notation → folded name in lower case ("title", "media_credit"), filled as tags are met."""

    def of(self, element: etree._Element) -> str:
        """Return the folded name. An element of an unknown namespace gets the prefix that the feed gives it."""
        name = self.get(element.tag)
        return self._fold(element) if name is None else name

    def _fold(self, element: etree._Element) -> str:
        tag = element.tag
        if not isinstance(tag, str):
            return "entity"
        namespace, _, local = tag[1:].partition("}") if tag[0] == "{" else ("", "", tag)
        prefix = _PREFIXES.get(namespace.lower())
        if prefix is None:
            prefix = f"{element.prefix.lower()}_" if element.prefix else "foreign_"
        name = prefix + local.lower()
        name = self[tag] = _SAME.get(name, name)
        return name
