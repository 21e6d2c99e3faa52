"""Pages of a fictional newsroom for the tests: The Lantern republishes what The Beacon wrote."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

from pipeline.models import Page

NOON = datetime(2026, 5, 4, 12, 0, tzinfo=UTC)

FERRY = (
    "The last ferry of the evening left Skerry Point without its captain on Monday, and nobody on board noticed until "
    "the harbour pilot asked who was steering.",
    "Passengers said the crossing was smooth. The boat, a converted trawler that has served the island for thirty years, "
    "kept its course because the wheel had been tied with a length of blue rope, a habit that the company forbids.",
    "\u201cI only stepped ashore to post a letter,\u201d Captain Orla Finnegan told the inquiry. The letter, addressed to "
    "the ferry company, asked for a second crew member on the late service.",
    "The island council will decide on Thursday whether the rope may be kept as an exhibit in the maritime museum, which "
    "has been short of objects since its roof was repaired.",
)
BAKERY = (
    "Bakers in the old town of Marrow will switch off their ovens for an hour on Saturday to protest against a new bridge "
    "toll that adds four coins to every sack of flour.",
    "The guild counted eleven bakeries that have raised the price of a plain loaf since the toll began in spring, and two "
    "that have started to mill their own oats in a garage behind the fire station.",
    "Mayor Teodor Wick promised a review before the harvest fair. He bought a seeded roll on his way out and paid the new "
    "price without a word, according to three people in the queue.",
    "The bridge was rebuilt after the flood of the previous winter, and its accounts are to be published next month by "
    "the county engineer.",
)


def page(
    url: str,
    headline: str,
    paragraphs: tuple[str, ...],
    *,
    site: str,
    published: datetime | None = None,
    top: str = "",
    end: str = "",
    at: datetime = NOON,
) -> Page:
    """Return an article page; `top` and `end` are HTML around the paragraphs."""
    facts = {
        "@context": "https://schema.org",
        "@type": "NewsArticle",
        "headline": headline,
        "publisher": {"@type": "Organization", "name": site},
        "author": {"@type": "Person", "name": "Ada Quill"},
    }
    if published:
        facts["datePublished"] = published.isoformat()
    body = "".join(f"<p>{text}</p>" for text in paragraphs)
    html = (
        f"<!doctype html><html lang=en><head><title>{headline} | {site}</title>"
        f"<script type='application/ld+json'>{json.dumps(facts)}</script></head><body>"
        f"<nav><a href='/'>Home</a><a href='/news'>News</a></nav><main><article><h1>{headline}</h1>{top}{body}{end}"
        f"</article></main><footer>About {site}. Contact us.</footer></body></html>"
    )
    return Page(
        requested_url=url, url=url, status=200, content_type="text/html", body=html.encode(), fetched_at=at
    )  # fmt: skip


def original(at: datetime = NOON) -> Page:
    """Return The Beacon's own page."""
    return page(
        "https://www.beacon.example/2026/05/ferry",
        "Ferry crosses without its captain",
        FERRY,
        site="The Beacon",
        published=NOON - timedelta(days=3),
        at=at,
    )


def copy(at: datetime = NOON) -> Page:
    """Return The Lantern's page of the same article, under the notice of its partner archive."""
    return page(
        "https://www.lantern.example/news/archive/ferry/1881",
        "Ferry crosses without its captain",
        FERRY,
        site="The Lantern",
        published=NOON - timedelta(days=3),
        top="<p><em>This article is from the archive of our partner <a href='https://www.beacon.example/'></a>.</em></p>",
        end="<p><em>This article is from the archive of our partner <a href='https://www.beacon.example/'>The Beacon</a>."
        "</em></p>",
        at=at,
    )


def unrelated(at: datetime = NOON) -> Page:
    """Return a page of The Lantern about something else."""
    return page(
        "https://www.lantern.example/news/bakers",
        "Bakers of Marrow let their ovens cool",
        BAKERY,
        site="The Lantern",
        published=NOON - timedelta(hours=1),
        at=at,
    )
