"""The pictures of an article, with caption, credit and size."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice

from lxml.html import HtmlElement

from pipeline.extract.metadata.links import web_url
from pipeline.extract.walk.clues import Clues
from pipeline.extract.walk.jsonld import items, resolve
from pipeline.extract.walk.lines import line, plain, text_of
from pipeline.extract.walk.linked import name_of
from pipeline.models import Image

_MAX_IMAGES = 30
_MAX_FIGURES = 20
_MAX_CAPTION = 1_000
_MAX_CREDIT = 200
_CREDIT_MARKS = (
    "credit",
    "copyright",
    "source",
    "quelle",
    "fotograf",
    "photographer",
    "author",
    "autor",
    "agency",
    "rights",
)
#: "(Foto: Jane Doe/dpa)", "© AFP" at the end of a caption.
_CREDIT = re.compile(
    r"[(\[]?((?:©|\b(?:foto|photo|image|picture|bild|quelle|source|credit|fuente|crédit|zdj)\w{0,8}(?: \w{2,6})?"
    r"\s?[:©/])\s?[^()\[\]]{2,120})[)\]]?\s?$",
    re.I,
)
_LAZY = ("data-src", "data-lazy-src", "data-original", "data-srcset", "srcset", "src")
_OUTSIDE = frozenset({"aside", "footer", "nav"})


def read_images(clues: Clues) -> tuple[Image, ...]:
    """Return the pictures that the page declares, then those of its figures, each once, at most 30."""
    found: dict[str, Image] = {}
    for image in (*_linked(clues), *_shared(clues), *_figures(clues)):
        key = _name(image.url)
        found[key] = _merged(found[key], image) if key in found else image
        if len(found) == _MAX_IMAGES:
            break
    return tuple(found.values())


def _linked(clues: Clues) -> Iterator[Image]:
    for item in items(clues.article.get("image"), _MAX_IMAGES):
        node = resolve(item, clues.index)
        fields = node if isinstance(node, dict) else {}
        url = web_url(fields.get("contentUrl") or fields.get("url") if fields else node, clues.base)
        if url:
            credit = (
                name_of(fields.get("creditText"))
                or name_of(fields.get("copyrightHolder"))
                or name_of(fields.get("author"))
            )
            yield Image(
                url=url,
                caption=plain(fields.get("caption") or fields.get("description"), _MAX_CAPTION),
                credit=credit[:_MAX_CREDIT] if credit else None,
                width=_size(fields.get("width")),
                height=_size(fields.get("height")),
            )


def _shared(clues: Clues) -> Iterator[Image]:
    url = web_url(
        clues.meta("og:image", "og:image:url", "og:image:secure_url", "twitter:image", "twitter:image:src"), clues.base
    )
    if url:
        width, height = (_size(clues.meta(f"og:image:{side}")) for side in ("width", "height"))
        yield Image(url=url, caption=clues.meta("og:image:alt", limit=_MAX_CAPTION), width=width, height=height)


def _figures(clues: Clues) -> Iterator[Image]:
    for figure in islice(clues.root.iter("figure"), _MAX_FIGURES):
        picture = next(figure.iter("img"), None)
        if picture is None or any(parent.tag in _OUTSIDE or parent.tag == "a" for parent in figure.iterancestors()):
            continue
        url = next((url for name in _LAZY if (url := web_url(_largest(picture.get(name)), clues.base))), None)
        if url:
            caption, credit = _caption(figure)
            sizes = _size(picture.get("width")), _size(picture.get("height"))
            yield Image(url=url, caption=caption, credit=credit, width=sizes[0], height=sizes[1])


def _caption(figure: HtmlElement) -> tuple[str | None, str | None]:
    """Return the caption of a figure without its credit, and the credit."""
    element = next(figure.iter("figcaption"), None)
    text = text_of(element, _MAX_CAPTION) if element is not None else None
    credit = None
    for part in islice(figure.iter("span", "small", "cite", "p", "div", "footer"), 20):
        mark = f"{part.get('class')} {part.get('itemprop')}".lower()
        if any(word in mark for word in _CREDIT_MARKS) and (credit := text_of(part, _MAX_CREDIT)):
            break
    if text and credit and credit in text:
        return text.replace(credit, "").strip(" ()|-–/") or None, credit.strip("() ")
    match = _CREDIT.search(text[-200:]) if text and not credit else None
    if text and match:
        return text[: len(text) - len(text[-200:]) + match.start()].rstrip() or None, match[1].strip()
    return text, credit


def _largest(value: str | None) -> str | None:
    """Return an address; of a srcset the one with the highest number behind it."""
    if not value or value.startswith("data:"):
        return None
    if " " not in value.strip():
        return value
    choices = [choice.split() for choice in value[:8_000].split(", ")]
    sized = [
        (float(size[:-1]), url.rstrip(","))
        for url, size, *_ in (c for c in choices if len(c) > 1)
        if size[:-1].replace(".", "", 1).isdecimal()
    ]
    return max(sized)[1] if sized else choices[0][0] if choices[0] else None


def _name(url: str) -> str:
    """Return what the sizes of one picture have in common: the last part of the path."""
    path = url.partition("?")[0].partition("#")[0]
    return path.rstrip("/").rpartition("/")[2] or path


def _merged(first: Image, other: Image) -> Image:
    return Image(
        url=first.url,
        caption=first.caption or other.caption,
        credit=first.credit or other.credit,
        width=first.width or other.width,
        height=first.height or other.height,
    )


def _size(value: object) -> int | None:
    """Return pixels from 1600, "1600", "1600px" or a QuantitativeValue."""
    if isinstance(value, dict):
        value = value.get("value")
    text = (
        (line(value, 20) or "").removesuffix("px")
        if isinstance(value, str)
        else str(value)
        if isinstance(value, int)
        else ""
    )
    return int(text) if text.isascii() and text.isdigit() and 0 < int(text) <= 100_000 else None
