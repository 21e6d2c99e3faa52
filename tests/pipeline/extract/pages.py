"""Pages for the tests of extraction, of newspapers that do not exist."""

from __future__ import annotations

from datetime import UTC, datetime

from pipeline.models import Page

URL = "https://amberly-courier.example/news/ferry"
SENTENCE = "The harbour council of Port Amberly voted on Tuesday to keep the old ferry running until spring. "
OTHER = "Its engine will be overhauled in two steps, so that only six crossings are lost this winter. "


def page(
    html: str | bytes, *, content_type: str | None = "text/html", charset: str | None = None, url: str = URL
) -> Page:
    """Return a page as the fetcher would hand it over."""
    return Page(
        requested_url=url,
        url=url,
        status=200,
        content_type=content_type,
        charset=charset,
        body=html if isinstance(html, bytes) else html.encode(),
        fetched_at=datetime(2026, 3, 1, tzinfo=UTC),
    )


def story(*paragraphs: str, headline: str = "Ferry stays") -> str:
    """Return the HTML of a plain article page."""
    text = "".join(f"<p>{paragraph}</p>" for paragraph in paragraphs)
    return f"<html lang='en'><head><title>{headline}</title></head><body><article><h1>{headline}</h1>{text}</article></body></html>"
