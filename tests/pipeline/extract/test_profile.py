"""What kind of piece a page is, and what is missing of it."""

import pytest

from pipeline.extract.body import Body
from pipeline.extract.metadata.metadata import Metadata
from pipeline.extract.profile import is_partial, read_profile, read_quality
from pipeline.models import Image

PICTURES = tuple(Image(url=f"https://amberly-courier.example/{n}.jpg") for n in range(10))


@pytest.mark.parametrize(
    ("metadata", "words", "partial", "profile"),
    [
        (Metadata(), 500, False, "article"),
        (Metadata(), 149, False, "brief"),
        (Metadata(), 79, True, "stub"),
        (Metadata(types=("liveblogposting",)), 3_000, False, "live-blog"),
        (Metadata(images=PICTURES), 300, False, "gallery"),
        (Metadata(images=PICTURES), 900, False, "article"),
    ],
)
def test_profiles(metadata: Metadata, words: int, partial: bool, profile: str) -> None:
    """Type, pictures and length tell the profiles apart."""
    assert read_profile(metadata, words, partial) == profile


@pytest.mark.parametrize(
    ("metadata", "body", "cut", "quality"),
    [
        (Metadata(), Body(text="All of it."), False, ()),
        (Metadata(), Body(text="The beginning…"), False, ("truncated",)),
        (Metadata(article_body="word " * 400), Body(text="word " * 200), False, ("truncated",)),
        (Metadata(), Body(text="Some.", walled=True), False, ("paywall",)),
        (Metadata(is_accessible_for_free=True), Body(text="All.", walled=True), False, ()),
        (Metadata(), Body(text="Long."), True, ("cut",)),
        (Metadata(), Body(text="Some.", source="trafilatura"), False, ("fallback-extractor",)),
    ],
)
def test_quality(metadata: Metadata, body: Body, cut: bool, quality: tuple[str, ...]) -> None:
    """What is missing or doubtful has a code."""
    assert read_quality(metadata, body, cut=cut) == quality


def test_a_record_with_less_than_the_article_is_partial() -> None:
    """Paywall, truncation and the operator's own limit make it so; a fallback does not."""
    assert is_partial(("paywall",))
    assert is_partial(("cut",))
    assert not is_partial(("fallback-extractor",))
