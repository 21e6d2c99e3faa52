"""Pictures carry caption, credit and size."""

import pytest

from pipeline.extract.metadata.images import read_images
from pipeline.models import Image
from tests.pipeline.extract.snippets import clues, linked

BASE = "https://www.amberly-courier.example/"


def test_linked_pictures() -> None:
    """An object with everything, and a bare address."""
    head = linked(
        image=[
            {
                "@type": "ImageObject",
                "url": "/a.jpg",
                "caption": "The &quot;Skerry&quot;",
                "creditText": "Jo Ames",
                "width": 1600,
                "height": "900px",
            },
            "https://img.example/b.jpg",
            {"url": "javascript:alert(1)"},
            17,
        ]
    )
    assert read_images(clues(head)) == (
        Image(url=BASE + "a.jpg", caption='The "Skerry"', credit="Jo Ames", width=1600, height=900),
        Image(url="https://img.example/b.jpg"),
    )


def test_one_picture_in_two_sources_is_one() -> None:
    """The shared picture and the figure complete what linked data lacks."""
    head = linked(image="https://img.example/wide/ferry.jpg?w=1200") + (
        '<meta property="og:image" content="https://img.example/ferry.jpg"><meta property="og:image:width" content="1200">'
    )
    body = '<article><figure><img src="/small/ferry.jpg"><figcaption>The ferry <span class="credit">Photo: Jo Ames</span></figcaption></figure></article>'
    assert read_images(clues(head, body)) == (
        Image(
            url="https://img.example/wide/ferry.jpg?w=1200", caption="The ferry", credit="Photo: Jo Ames", width=1200
        ),
    )


@pytest.mark.parametrize(
    ("caption", "text", "credit"),
    [
        ("The ferry at dusk.", "The ferry at dusk.", None),
        ("The ferry at dusk (Foto: Jo Ames/dpa)", "The ferry at dusk", "Foto: Jo Ames/dpa"),
        ("The ferry at dusk. © Courier", "The ferry at dusk.", "© Courier"),
        ("The ferry <small class='copyright'>Jo Ames</small>", "The ferry", "Jo Ames"),
        ("Photographs of the ferry hang in the museum", "Photographs of the ferry hang in the museum", None),
        ("", None, None),
    ],
)
def test_captions_and_credits(caption: str, text: str | None, credit: str | None) -> None:
    """The credit is taken out of the caption, by markup or by its wording."""
    body = f'<figure><img src="a.jpg"><figcaption>{caption}</figcaption></figure>'
    found = read_images(clues("", body))[0]
    assert (found.caption, found.credit) == (text, credit)


@pytest.mark.parametrize(
    ("picture", "url"),
    [
        ('<img data-src="/lazy.jpg" src="data:image/gif;base64,R0lG">', BASE + "lazy.jpg"),
        ('<img srcset="/s.jpg 320w, /l.jpg 1280w, /m.jpg 640w">', BASE + "l.jpg"),
        ('<img srcset="/one.jpg 1x, /two.jpg 2x">', BASE + "two.jpg"),
    ],
)
def test_lazy_pictures(picture: str, url: str) -> None:
    """Addresses wait in data attributes and srcset."""
    assert read_images(clues("", f"<figure>{picture}</figure>"))[0].url == url


def test_pictures_of_other_pieces_are_left_out() -> None:
    """Figures inside links, asides and footers belong to something else."""
    figure = '<figure><img src="a.jpg"></figure>'
    assert read_images(clues("", f"<aside>{figure}</aside><a href='/x'>{figure}</a><footer>{figure}</footer>")) == ()
