"""An operator's word on their own sites."""

from datetime import date

import pytest

from pipeline.errors import ConfigError
from pipeline.extract import extract_article, make_reader
from pipeline.policies import ExtractPolicy, SiteOverride
from tests.pipeline.extract.pages import OTHER, SENTENCE, page, story

HTML = (
    "<html><head><title>x</title></head><body><h1>Wrong</h1><div class='kop'>Ferry stays</div>"
    f"<div id='tekst'><p>{SENTENCE * 3}</p><p class='tip'>Tip: {SENTENCE}</p><p>{OTHER * 2}</p></div>"
    "<span class='wie'>Ines Varga</span><time class='wanneer' datetime='2026-02-10T18:05:00+01:00'>10/2</time></body></html>"
)


def test_selectors_find_the_fields() -> None:
    """CSS and XPath point at fields, and provenance says so."""
    override = SiteOverride(
        host="amberly-courier.example",
        fields={
            "headline": "div.kop",
            "authors": "//span[@class='wie']",
            "date_published": "time.wanneer",
            "body": "#tekst p:not(.tip)",
        },
    )
    article = extract_article(page(HTML), None, make_reader(ExtractPolicy(), overrides=(override,)))
    assert article.headline == "Ferry stays"
    assert [author.name for author in article.authors] == ["Ines Varga"]
    assert article.date_published is not None
    assert article.date_published.isoformat() == "2026-02-10T17:05:00+00:00"
    assert article.body == f"{(SENTENCE * 3).strip()}\n\n{(OTHER * 2).strip()}"
    assert article.fields["headline"] == "override"


def test_removed_parts_are_gone() -> None:
    """What the override removes is in no field."""
    override = SiteOverride(host="amberly-courier.example", remove=(".tip",))
    article = extract_article(page(HTML), None, make_reader(ExtractPolicy(), overrides=(override,)))
    assert "Tip:" not in article.body


@pytest.mark.parametrize(
    ("override", "applies"),
    [
        (SiteOverride(host="amberly-courier.example", fields={"headline": ".kop"}), True),
        (SiteOverride(host="courier.example", fields={"headline": ".kop"}), False),
        (SiteOverride(host="amberly-courier.example", valid_from=date(2026, 3, 2), fields={"headline": ".kop"}), False),
        (SiteOverride(host="amberly-courier.example", valid_to=date(2026, 3, 1), fields={"headline": ".kop"}), True),
        (SiteOverride(host="amberly-courier.example", fields={"headline": ".nothing"}), False),
    ],
)
def test_an_override_holds_for_its_host_and_days(override: SiteOverride, applies: bool) -> None:
    """Other hosts, other days and selectors without a hit change nothing."""
    article = extract_article(page(HTML), None, make_reader(ExtractPolicy(), overrides=(override,)))
    assert (article.headline == "Ferry stays") is applies


@pytest.mark.parametrize(
    ("override", "says"),
    [
        (SiteOverride(host="a.example", fields={"headline": "div..kop"}), "fields.headline"),
        (SiteOverride(host="a.example", remove=("//div[",)), "remove"),
        (SiteOverride(host="a.example", fields={"titel": "h1"}), "titel"),
        (SiteOverride(host="https://a.example/"), "host name"),
        (SiteOverride(host="a.example", valid_from=date(2026, 2, 1), valid_to=date(2026, 1, 1)), "before"),
    ],
)
def test_a_wrong_override_stops_the_start(override: SiteOverride, says: str) -> None:
    """The message names the host and the key."""
    with pytest.raises(ConfigError, match=says):
        make_reader(ExtractPolicy(), overrides=(override,))


def test_without_an_override_nothing_changes() -> None:
    """A page of another site is read as ever."""
    article = extract_article(page(story(SENTENCE * 3)), None, make_reader(ExtractPolicy()))
    assert "override" not in article.fields.values()
