"""The values that pass from stage to stage.

Feed → FeedEntry → Page → Article → Fingerprint → Candidate → Link → Record → Outcome.

All are frozen and keyword-only; sequences are tuples; times are aware UTC datetimes; None means "not known".
In JSON their fields are camelCase (see codec.py). The record itself, the contract with consumers, is in record.py.
"""

from pipeline.models.articles import (
    Article,
    ArticleFields,
    Author,
    DateEvidence,
    Image,
    Notice,
    Page,
    Preferences,
    Update,
)
from pipeline.models.base import Value
from pipeline.models.copies import Candidate, Correction, Extracted, Fingerprint, Link, Member, PlainText
from pipeline.models.feeds import Feed, FeedEntry, FeedState, ParsedFeed, PollNote, Push, SitemapState
from pipeline.models.outcomes import WORKER_LOST, AcceptedUrl, Ending, Outcome

__all__ = [
    "WORKER_LOST",
    "AcceptedUrl",
    "Article",
    "ArticleFields",
    "Author",
    "Candidate",
    "Correction",
    "DateEvidence",
    "Ending",
    "Extracted",
    "Feed",
    "FeedEntry",
    "FeedState",
    "Fingerprint",
    "Image",
    "Link",
    "Member",
    "Notice",
    "Outcome",
    "Page",
    "ParsedFeed",
    "PlainText",
    "PollNote",
    "Preferences",
    "Push",
    "SitemapState",
    "Update",
    "Value",
]
