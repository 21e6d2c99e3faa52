"""The best date is the first in order of trust that has time and zone."""

from datetime import UTC, datetime, timedelta

import pytest

from pipeline.extract.dates.dates import best_date, read_dates
from pipeline.models import DateEvidence, FeedEntry
from tests.pipeline.extract.snippets import NOW, URL, clues, linked


def published(
    head: str = "",
    body: str = "",
    *,
    entry: FeedEntry | None = None,
    url: str = "https://paper.example/ferry",
    lang: str = "",
) -> DateEvidence | None:
    """Return the best published date of a page."""
    return best_date(read_dates(clues(head, body, entry=entry, url=url, lang=lang)), "published", "created")


def meta(content: str, name: str = "article:published_time") -> str:
    """Return a meta with a date."""
    return f'<meta property="{name}" content="{content}">'


AT = datetime(2026, 3, 2, 13, 5, tzinfo=UTC)


@pytest.mark.parametrize(
    ("head", "body", "source"),
    [
        (linked(datePublished="2026-03-02T14:05:00+01:00") + meta("2026-03-01T00:00:00Z"), "", "json-ld"),
        (linked(datePublished="2026-03-02") + meta("2026-03-02T13:05:00Z"), "", "meta"),
        (linked(datePublished="2026-03-02 14:05:00") + meta("2026-03-02T14:05:00+01:00"), "", "meta"),
        (meta("2026-03-02T13:05:00Z", "date"), "", "meta"),
        (meta("1772456700", "parsely-pub-date"), "", "meta"),
        ("", '<time itemprop="datePublished" datetime="2026-03-02T13:05Z">2 March</time>', "microdata"),
        ("", '<h1>Ferry</h1><time datetime="2026-03-02T13:05:00Z">today</time>', "time-element"),
        ("", "<h1>Ferry</h1><p>2 March 2026, 8:05 am EST</p>", "text"),
        ('<script>window.state = {"publishedAt":"2026-03-02T13:05:00Z"}</script>', "", "text"),
    ],
)
def test_sources_in_order_of_trust(head: str, body: str, source: str) -> None:
    """Linked data, metas, microdata, time elements, shown dates, the state of scripts."""
    found = published(head, body)
    assert found is not None
    assert (found.value, found.source, found.zone) == (AT, source, "declared")


def test_a_url_gives_the_day() -> None:
    """A date in the URL is the last resort, and only a day."""
    found = published(url="https://paper.example/2026/mar/02/ferry")
    assert found is not None
    assert (found.value.date().isoformat(), found.precision, found.zone, found.source) == (
        "2026-03-02",
        "day",
        "unknown",
        "url",
    )


@pytest.mark.parametrize(
    ("url", "day"),
    [
        ("https://paper.example/2026/03/02/ferry", "2026-03-02"),
        ("https://paper.example/ferry-20260302.html", "2026-03-02"),
        ("https://paper.example/A2026030214320005196", "2026-03-02"),
        ("https://paper.example/2026-03-02-ferry", "2026-03-02"),
        ("https://paper.example/article/20261399", None),
        ("https://paper.example/2031/03/02/ferry", None),
        ("https://paper.example/ferry-16879335", None),
    ],
)
def test_dates_in_urls(url: str, day: str | None) -> None:
    """Numbers that are no day of the past are no dates."""
    found = published(url=url)
    assert (found and found.value.date().isoformat()) == day


def test_no_date_is_invented() -> None:
    """A page without a date has none."""
    assert published("", "<h1>Ferry</h1><p>Read more</p>") is None


def test_the_future_is_not_believed() -> None:
    """A date beyond tomorrow is no date of publication."""
    ahead = NOW + timedelta(days=3)
    assert published(meta(ahead.isoformat())) is None
    assert published(meta((NOW + timedelta(hours=10)).isoformat())) is not None


def test_a_zone_is_taken_over_from_the_same_moment() -> None:
    """A time without a zone beside the same time with one is read in that zone, and says so."""
    dates = read_dates(clues(linked(datePublished="2026-03-02T14:05:00", dateModified="2026-03-02T15:00:00+01:00")))
    first = best_date(dates, "published")
    assert first is not None
    assert (first.value, first.zone) == (AT, "assumed")


def test_a_zone_is_worked_out_from_the_feed() -> None:
    """The feed's instant tells which zone the page's clock shows."""
    entry = FeedEntry(url=URL, published=AT, published_raw="Mon, 02 Mar 2026 13:05:00 GMT")
    found = best_date(read_dates(clues(linked(datePublished="2026-03-02T22:05:00"), entry=entry)), "published")
    assert found is not None
    assert (found.value, found.zone, found.source) == (AT, "declared", "feed")


def test_an_unknown_zone_says_so() -> None:
    """A time without any zone stands as UTC, marked unknown."""
    found = published(linked(datePublished="2026-03-02T14:05:00"))
    assert found is not None
    assert (found.value, found.zone) == (datetime(2026, 3, 2, 14, 5, tzinfo=UTC), "unknown")


def test_published_and_modified_are_apart() -> None:
    """What a page calls updated is not its date of publication."""
    body = "<h1>Ferry</h1><p>Published <time datetime='2026-03-02T13:05:00Z'>2 March</time></p><p>Updated <time datetime='2026-03-02T18:00:00Z'>2 March</time></p>"
    dates = read_dates(clues("", body))
    assert [(date.role, date.value.hour) for date in dates if date.source == "time-element"] == [
        ("published", 13),
        ("modified", 18),
    ]
    only_modified = read_dates(clues(meta("2026-03-02T18:00:00Z", "article:modified_time")))
    assert best_date(only_modified, "published", "created") is None


def test_a_shown_date_does_not_replace_a_declared_time() -> None:
    """A time without a zone in linked data is still better than a time on the page."""
    head = linked(datePublished="2026-03-02T14:05:00")
    found = published(head, "<h1>Ferry</h1><p>2 March 2026, 3:17 am EST</p>")
    assert found is not None
    assert found.source == "json-ld"


def test_american_pages_put_the_month_first() -> None:
    """The declared language decides how 3/2/2026 is read."""
    american = published("", "<h1>Ferry</h1><p>3/2/2026</p>", lang="en-US")
    british = published("", "<h1>Ferry</h1><p>3/2/2026</p>", lang="en-GB")
    assert american is not None
    assert british is not None
    assert [date.value.date().isoformat() for date in (american, british)] == ["2026-03-02", "2026-02-03"]


def test_the_title_may_end_with_the_date() -> None:
    """Some sites put the day into the window's title."""
    found = published("<title>Ferry stays | Courier | 02.03.2026</title>")
    assert found is not None
    assert (found.value.date().isoformat(), found.source) == ("2026-03-02", "text")


@pytest.mark.parametrize("value", [None, 17, [], {}, ["x"], "soon", "9" * 5_000])
def test_wrong_types_are_no_dates(value: object) -> None:
    """Nothing is raised for what linked data may hold."""
    assert published(linked(datePublished=value)) is None


def test_a_shown_time_is_that_of_the_readers() -> None:
    """Where the host's country has one zone, what the page shows is read in it, and marked assumed."""
    found = published("", "<h1>Fähre</h1><p>Stand: 02.03.2026, 14:05 Uhr</p>", url="https://kurier.example.de/f")
    assert found is not None
    assert (found.value, found.zone, found.source) == (AT, "assumed", "text")


def test_a_declared_time_on_the_readers_clock() -> None:
    """A declared time without a zone is local when the page shows the same time on the clock."""
    head = meta("2026-03-02T14:05:33")
    shown = published(head, "<h1>Fähre</h1><p>02.03.2026, 14:05 Uhr</p>", url="https://kurier.example.de/f")
    other = published(head, "<h1>Fähre</h1><p>02.03.2026, 15:05 Uhr</p>", url="https://kurier.example.de/f")
    assert shown is not None
    assert other is not None
    assert (shown.value.hour, shown.zone, shown.source) == (13, "assumed", "meta")
    assert (other.value.hour, other.zone, other.source) == (14, "unknown", "meta")


@pytest.mark.parametrize(
    "markup",
    [
        "<p>2 March 2026 / 5 March 2026</p>",
        "<aside><time datetime='2026-03-02'>x</time></aside>",
        "<nav><p>2 March 2026</p></nav>",
    ],
)
def test_dates_of_something_else(markup: str) -> None:
    """Two days in a line, and dates in menus and asides, are not believed."""
    assert published("", f"<h1>Ferry</h1>{markup}") is None


@pytest.mark.parametrize(
    ("markup", "role"),
    [
        ("<p>2 March 2026 14:05 (last updated 3 March)</p>", "published"),
        ("<p>Last updated: 2 March 2026 14:05</p>", "modified"),
        ("<p><b>Aktualisiert am</b> <span>02.03.2026</span></p>", "modified"),
        ('<time class="entry-date updated" datetime="2026-03-02">x</time>', "published"),
        ('<time class="updated" datetime="2026-03-02">x</time>', "modified"),
    ],
)
def test_the_role_is_told_by_what_precedes(markup: str, role: str) -> None:
    """Words before a date, and marks of its element, tell published from modified."""
    assert [date.role for date in read_dates(clues("", f"<h1>Ferry</h1>{markup}"))][:1] == [role]


def test_microdata_of_other_pieces_is_passed_over() -> None:
    """Dates near the headline come before those of teasers."""
    body = (
        "<div class='related'><i itemprop='datePublished' content='2026-01-01T00:00Z'></i></div>"
        "<article><h1>Ferry</h1><i itemprop='datePublished' content='2026-03-02T13:05Z'></i></article>"
    )
    found = published("", body)
    assert found is not None
    assert found.value == AT


def test_a_label_belongs_to_the_date_behind_it() -> None:
    """ "Updated" before one date says nothing of the next."""
    dates = read_dates(clues("", "<h1>Ferry</h1><p><i>Updated: 3 March 2026</i> <i>2 March 2026</i></p>"))
    assert [(date.role, date.value.day) for date in dates] == [("modified", 3), ("published", 2)]
