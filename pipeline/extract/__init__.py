"""Extraction: from the bytes of a page to an Article. Pure; the only home of trafilatura."""

from pipeline.extract.notices.examples import check_examples
from pipeline.extract.reader import Reader, make_reader
from pipeline.extract.stage import extract_article, extract_text

__all__ = ["Reader", "check_examples", "extract_article", "extract_text", "make_reader"]
