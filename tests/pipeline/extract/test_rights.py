"""Rights, terms and preferences as the page states them."""

import pytest

from pipeline.extract.metadata.rights import read_copyright, read_free, read_license, read_usage_terms
from pipeline.models import Preferences
from tests.pipeline.extract.snippets import clues, linked, metadata


@pytest.mark.parametrize(
    ("head", "expected"),
    [
        (linked(copyrightNotice="© 2026 Amberly Courier"), "© 2026 Amberly Courier"),
        (linked(copyrightHolder={"name": "Amberly Courier"}, copyrightYear=2026), "© 2026 Amberly Courier"),
        (linked(copyrightHolder={"name": "Amberly Courier"}), "© Amberly Courier"),
        ('<meta name="copyright" content="Courier Press">', "Courier Press"),
        (linked(image={"copyrightNotice": "© Jo Ames"}), None),
        ("", None),
    ],
)
def test_copyright_is_the_articles(head: str, expected: str | None) -> None:
    """Lines of pictures are not the article's."""
    assert read_copyright(clues(head)) == expected


@pytest.mark.parametrize(
    ("head", "expected"),
    [
        (
            linked(license="https://creativecommons.org/licenses/by/4.0/"),
            "https://creativecommons.org/licenses/by/4.0/",
        ),
        (
            linked(license={"@id": "https://creativecommons.org/licenses/by-nd/4.0/"}),
            "https://creativecommons.org/licenses/by-nd/4.0/",
        ),
        ('<link rel="license" href="/terms">', "https://www.amberly-courier.example/terms"),
        ("", None),
    ],
)
def test_licence(head: str, expected: str | None) -> None:
    """Linked data, then rel=license."""
    assert read_license(clues(head)) == expected


def test_usage_terms() -> None:
    """Terms are an address or a text."""
    assert (
        read_usage_terms(clues(linked(usageInfo={"url": "https://paper.example/reuse"})))
        == "https://paper.example/reuse"
    )
    assert read_usage_terms(clues()) is None


@pytest.mark.parametrize(
    ("head", "expected"),
    [
        (linked(isAccessibleForFree=True), True),
        (linked(isAccessibleForFree="False"), False),
        (linked(isAccessibleForFree="https://schema.org/True"), True),
        (linked(isAccessibleForFree=0), False),
        (linked(hasPart={"@type": "WebPageElement", "isAccessibleForFree": "false"}), False),
        (linked(isAccessibleForFree=["?"]), None),
        ('<meta property="article:content_tier" content="free">', True),
        ('<meta property="article:content_tier" content="locked">', False),
        ('<meta property="article:content_tier" content="metered">', None),
        ("", None),
    ],
)
def test_free_to_read(head: str, expected: bool | None) -> None:
    """All spellings of true and false; what is not said is not known."""
    assert read_free(clues(head)) is expected


@pytest.mark.parametrize(
    ("head", "headers", "expected"),
    [
        ("", {}, Preferences()),
        ('<meta name="robots" content="index, follow">', {}, Preferences(robots="index, follow", noindex=False)),
        (
            '<meta name="ROBOTS" content="NOINDEX,noai">',
            {},
            Preferences(robots="NOINDEX,noai", ai_training="noai", noindex=True),
        ),
        (
            "",
            {"x-robots-tag": "none, noimageai"},
            Preferences(robots="none, noimageai", ai_training="noimageai", noindex=True),
        ),
        ('<meta name="tdm-reservation" content="1">', {}, Preferences(tdm_reservation=True)),
        ("", {"tdm-reservation": "0"}, Preferences(tdm_reservation=False)),
        ('<meta name="tdm-reservation" content="perhaps">', {}, Preferences()),
    ],
)
def test_preferences(head: str, headers: dict[str, str], expected: Preferences) -> None:
    """Metas and headers for robots, AI training and text mining."""
    assert metadata(head, headers=headers).preferences == expected
