"""What differs between the kinds of things that are fetched."""

from __future__ import annotations

from dataclasses import dataclass

from pipeline.fetch.body import BodyRule
from pipeline.fetch.robots import MAX_ROBOTS_BYTES
from pipeline.policies import FetchPolicy


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """How one kind is asked for, and what of the answer is read."""

    accept: str
    body: BodyRule
    #: Whether robots.txt is asked first, and whether nothing at all may be an answer.
    obeys_robots: bool = True
    may_be_empty: bool = False


def kinds(policy: FetchPolicy) -> dict[str, Kind]:
    """Return the kinds by name: page, feed, sitemap, robots."""
    feed = BodyRule(max_bytes=policy.max_feed_bytes, gunzip=True)
    return {
        "page": Kind(
            accept="text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.5",
            body=BodyRule(max_bytes=policy.max_page_bytes, html=True),
        ),
        "feed": Kind(
            accept="application/rss+xml,application/atom+xml,application/feed+json,application/xml;q=0.9,"
            "text/xml;q=0.9,application/json;q=0.8,*/*;q=0.5",
            body=feed,
        ),
        "sitemap": Kind(accept="application/xml,text/xml;q=0.9,*/*;q=0.5", body=feed),
        "robots": Kind(
            accept="text/plain,*/*;q=0.5",
            body=BodyRule(max_bytes=MAX_ROBOTS_BYTES, cut=True),
            obeys_robots=False,
            may_be_empty=True,
        ),
    }
