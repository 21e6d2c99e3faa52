"""What goes through the pipe to the guarded child. Light to import: no parser is loaded here."""

from __future__ import annotations

from datetime import datetime

from pipeline.models import FeedEntry, Page, Value
from pipeline.policies import CopyPolicy, ExtractPolicy, NoticeRule, Partner, PollPolicy, SiteOverride


class Setup(Value, frozen=True, kw_only=True):
    """The settings that parsing depends on."""

    extract: ExtractPolicy
    copies: CopyPolicy
    poll: PollPolicy
    rules: tuple[NoticeRule, ...]
    partners: tuple[Partner, ...]
    overrides: tuple[SiteOverride, ...] = ()
    started_at: datetime


class Ask(Value, frozen=True, kw_only=True):
    """A page to read, and what its feed said of it."""

    page: Page
    entry: FeedEntry | None = None
