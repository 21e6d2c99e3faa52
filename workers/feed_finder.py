"""What an URL that the operator named stands for: a feed, or a site whose feeds and news sitemaps are looked for."""

from __future__ import annotations

from urllib.parse import urljoin, urlsplit

from pipeline.errors import NeverAgain, TryLater
from pipeline.feeds import FoundFeed, well_known
from pipeline.fetch import Client
from pipeline.models import Page, Value
from workers.parsers.feed_parsers import FeedParsers

#: A request waits so long for the turn of its host: the operator's list may name many feeds of one host.
MAX_WAIT_S = 120.0
#: Of a site without feeds and news sitemaps, so many plain sitemaps are shown.
_PLAIN_SITEMAPS = 5


class Finding(Value, frozen=True, kw_only=True):
    """What came of looking at an URL."""

    url: str
    #: feed, site, silent (no answer that could be read), refused (an answer that says no)
    kind: str
    detail: str = ""
    #: What a site has, surest first.
    found: tuple[FoundFeed, ...] = ()


def look_at(url: str, client: Client, parsers: FeedParsers) -> Finding:
    """Return what stands at the URL. Raises nothing but ServiceError."""
    try:
        page = client.get(url, kind="feed", max_wait_s=MAX_WAIT_S)
        found = parsers.discover(page)
    except TryLater as error:
        return Finding(url=url, kind="silent", detail=str(error))
    except NeverAgain as error:
        return Finding(url=url, kind="refused", detail=str(error))
    if _is_itself(found):
        return Finding(url=url, kind="feed")
    return Finding(url=url, kind="site", found=feeds_of_site(page, found, client, parsers))


def feeds_of_site(
    page: Page, named: tuple[FoundFeed, ...], client: Client, parsers: FeedParsers
) -> tuple[FoundFeed, ...]:
    """Return the feeds that the page names and the news sitemaps of robots.txt; without any, what the usual paths have.

    Plain sitemaps, which list a whole archive, are named only where there is nothing else.
    """
    listed = _listed_sitemaps(page.url, client, parsers)
    found = {feed.url: feed for feed in (*named, *(feed for feed in listed if _is_news(feed)))}
    if not found:
        found = {feed.url: feed for feed in _usual(page.url, client, parsers)}
    return tuple(found.values()) or listed[:_PLAIN_SITEMAPS]


def _listed_sitemaps(url: str, client: Client, parsers: FeedParsers) -> tuple[FoundFeed, ...]:
    try:
        return parsers.sitemaps(client.get(urljoin(url, "/robots.txt"), kind="robots", max_wait_s=MAX_WAIT_S))
    except (TryLater, NeverAgain):
        return ()


def _is_news(feed: FoundFeed) -> bool:
    return "news" in urlsplit(feed.url).path.lower()


def _usual(url: str, client: Client, parsers: FeedParsers) -> tuple[FoundFeed, ...]:
    """Return the first feed at a usual path; a server that is in trouble, or has enough of us, is asked no more."""
    for guess in well_known(url):
        try:
            found = parsers.discover(client.get(guess.url, kind="feed", max_wait_s=MAX_WAIT_S))
        except NeverAgain:
            continue
        except TryLater as error:
            if error.reason == "http_403":
                continue
            return ()
        if _is_itself(found):
            return tuple(FoundFeed(url=guess.url, title=feed.title, kind=feed.kind, how=guess.how) for feed in found)
    return ()


def _is_itself(found: tuple[FoundFeed, ...]) -> bool:
    return [feed.how for feed in found] == ["the page itself"]
