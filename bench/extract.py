"""Compare extraction with its peers on labelled pages: quality and CPU a page, one table for each set.

    WIREDESK_CORPUS=… python -m bench.extract [--sample N]

All run in this process, in turn on each page; CPU is process time, so a busy machine slows all alike. `share` is of
trafilatura's. What a process loads once (a language model at the first page that declares no language: about half a
second) is loaded before, by pages that are not counted. Peers that are not installed are named and left out
(dependency group "bench").
"""

from __future__ import annotations

import argparse
import importlib
import logging
import re
import time
from collections import Counter
from collections.abc import Callable
from datetime import datetime
from typing import Any, NamedTuple

from bench.corpus import SETS, corpus, labelled, page_of
from bench.shingles import figures, overlap
from pipeline.errors import NotAnArticle
from pipeline.extract import extract_article, make_reader
from pipeline.models import Page
from pipeline.policies import ExtractPolicy
from pipeline.settings import load_notice_rules, load_partners

#: A page that declares nothing.
BARE = page_of(
    "https://example.org/",
    b"<h1>The tide</h1>"
    + b"<p>Twice a day the water comes up to the harbour wall, and the boats lie as high as the street.</p>"
    + b"<p>Those who live there no longer look at the clock: they know by the sound of the ropes what time it is.</p>"
    + b"<p>When it goes out again, the children walk over the sand to the island and back.</p>",
)


class Found(NamedTuple):
    """What an extractor made of a page."""

    body: str = ""
    headline: str = ""
    authors: tuple[str, ...] = ()
    date: datetime | None = None


Extract = Callable[[Page], Found]


def main() -> None:
    """Print one table for each set."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sample", type=int, default=1, help="take every Nth page")
    args = parser.parse_args()
    logging.disable(logging.CRITICAL)
    peers = dict(available())
    total: Counter[str] = Counter()
    for kind in SETS:
        total.update(compare(kind, list(labelled(corpus() / kind))[:: args.sample], peers))
    print("\nshare of CPU over all sets")
    for name in peers:
        print(f"{name:24}{total[name] / total['trafilatura']:7.3f}")


def compare(kind: str, pages: list[tuple[dict[str, Any], Page]], peers: dict[str, Extract]) -> dict[str, float]:
    """Run all on all pages of a set, print their figures, and return the seconds of CPU that each took."""
    found: dict[str, list[Found]] = {name: [] for name in peers}
    spent = dict.fromkeys(peers, 0.0)
    for extract in peers.values():
        for page in (BARE, pages[0][1], pages[-1][1]):
            run(extract, page)
    for _, page in pages:
        for name, extract in peers.items():
            start = time.process_time()
            found[name].append(run(extract, page))
            spent[name] += time.process_time() - start
    print(f"\n{kind}: {len(pages)} pages")
    print(f"{'':24} precision recall     F1  headline    day  instant  authors  ms/page  share")
    for name in peers:
        row = scores([gold for gold, _ in pages], found[name])
        cpu = 1_000 * spent[name] / len(pages)
        print(f"{name:24}{row}{cpu:9.1f}{spent[name] / spent['trafilatura']:7.3f}")
    return spent


def run(extract: Extract, page: Page) -> Found:
    """Return what the extractor found; nothing where it failed."""
    try:
        return extract(page)
    except Exception:
        return Found()


def scores(golds: list[dict[str, Any]], found: list[Found]) -> str:
    """Return the figures of one extractor as columns; a dash where the set has no such field."""
    body = figures([overlap(one.body, gold["text"]) for gold, one in zip(golds, found, strict=True)])
    heads, days, instants, hit, said, wanted = [], [], [], 0, 0, 0
    for gold, one in zip(golds, found, strict=True):
        if gold.get("headline"):
            heads.append(plain(gold["headline"]) == plain(one.headline))
        if gold.get("datePublished"):
            want = datetime.fromisoformat(gold["datePublished"])
            days.append(one.date is not None and one.date.date() == want.date())
            if want.tzinfo:
                exact = one.date is not None and one.date.tzinfo is not None
                instants.append(exact and abs((one.date - want).total_seconds()) <= 60)  # type: ignore[operator]
        if "authors" in gold:
            names, theirs = {plain(name) for name in gold["authors"]}, {plain(name) for name in one.authors} - {""}
            hit, said, wanted = hit + len(names & theirs), said + len(theirs), wanted + len(names)
    shares = [sum(rows) / len(rows) if rows else None for rows in (heads, days, instants)]
    people = 2 * hit / (said + wanted) if wanted else None
    cells = [f"{value:10.3f}" if value is not None else f"{'-':>10}" for value in (*shares, people)]
    return f"{body[0]:10.3f}{body[1]:7.3f}{body[2]:7.3f}" + "".join(cell[1:] for cell in cells)


def plain(text: str) -> str:
    """Return letters and digits, without case."""
    return re.sub(r"\W+", " ", text or "").strip().casefold()


def available() -> list[tuple[str, Extract]]:
    """Return the extractors that can run here."""
    found: list[tuple[str, Extract]] = [
        ("wiredesk", wiredesk()),
        ("trafilatura", trafilatura(fast=False)),
        ("trafilatura, fast", trafilatura(fast=True)),
    ]
    for name, module, make in (
        ("newspaper4k", "newspaper", newspaper4k),
        ("news-please", "newsplease", news_please),
        ("resiliparse", "resiliparse.extract.html2text", resiliparse),
    ):
        try:
            importlib.import_module(module)
        except ImportError as error:
            print(f"{name} is left out: {error}")
        else:
            found.append((name, make()))
    return found


def wiredesk() -> Extract:
    """Return the stage as it runs in a worker."""
    reader = make_reader(ExtractPolicy(), load_notice_rules(None), load_partners(None))

    def extract(page: Page) -> Found:
        try:
            article = extract_article(page, None, reader)
        except NotAnArticle:
            return Found()
        names = tuple(author.name for author in article.authors)
        return Found(article.body, article.headline, names, article.date_published)

    return extract


def trafilatura(*, fast: bool) -> Extract:
    """Return trafilatura with its metadata."""
    from trafilatura import bare_extraction  # noqa: PLC0415 - each peer is loaded only when it runs
    from trafilatura.settings import Document  # noqa: PLC0415

    def extract(page: Page) -> Found:
        found = bare_extraction(page.body, url=page.url, with_metadata=True, fast=fast)
        if not isinstance(found, Document):
            return Found()
        date = datetime.fromisoformat(found.date) if found.date else None
        return Found(found.text or "", found.title or "", tuple((found.author or "").split("; ")), date)

    return extract


def newspaper4k() -> Extract:
    """Return newspaper4k on the page's HTML."""
    from newspaper import Article  # noqa: PLC0415

    def extract(page: Page) -> Found:
        article = Article(page.url)
        article.download(input_html=page.body.decode("utf-8", "replace"))
        article.parse()
        date = article.publish_date if isinstance(article.publish_date, datetime) else None
        return Found(article.text, article.title, tuple(article.authors), date)

    return extract


def news_please() -> Extract:
    """Return news-please on the page's HTML."""
    from newsplease import NewsPlease  # noqa: PLC0415

    def extract(page: Page) -> Found:
        article = NewsPlease.from_html(page.body.decode("utf-8", "replace"), url=page.url, fetch_images=False)
        names = tuple(article.authors or ())
        return Found(article.maintext or "", article.title or "", names, article.date_publish)

    return extract


def resiliparse() -> Extract:
    """Return resiliparse's main content; it reads no metadata."""
    from resiliparse.extract.html2text import extract_plain_text  # noqa: PLC0415

    def extract(page: Page) -> Found:
        return Found(extract_plain_text(page.body.decode("utf-8", "replace"), main_content=True))

    return extract


if __name__ == "__main__":
    main()
