"""What can go wrong, named for what to do next.

    WiredeskError
    ├── TryLater           the world was not ready: the URL stays accepted and is tried again
    ├── NeverAgain         this URL or feed will not work: it ends with an Outcome
    │   └── NotAnArticle   the page was read and holds no article
    ├── FeedUnreadable     a feed's body is no feed
    ├── ConfigError        stop: the configuration is wrong (exit 2)
    └── ServiceError       stop or wait: a service that we need is not there (exit 3)

Anything else that is raised is a bug, and is let out.
"""

from __future__ import annotations

from datetime import datetime


class WiredeskError(Exception):
    """The base of every error that wiredesk raises on purpose."""


class TryLater(WiredeskError):
    """The attempt failed for a reason that may pass."""

    def __init__(
        self, reason: str, detail: str = "", *, not_before: datetime | None = None, counts: bool = True
    ) -> None:
        """`reason` is a reason code; `not_before` what the server asked for; `counts` whether an attempt is used up."""
        super().__init__(f"{reason}: {detail}" if detail else reason)
        self.reason = reason
        self.detail = detail
        self.not_before = not_before
        self.counts = counts


class NeverAgain(WiredeskError):
    """The attempt failed for good."""

    def __init__(self, reason: str, detail: str = "") -> None:
        super().__init__(f"{reason}: {detail}" if detail else reason)
        self.reason = reason
        self.detail = detail


class NotAnArticle(NeverAgain):
    """The page was read, and there is no article in it."""


class FeedUnreadable(WiredeskError):
    """The body of a feed cannot be read as a feed."""

    def __init__(self, reason: str, detail: str = "") -> None:
        super().__init__(f"{reason}: {detail}" if detail else reason)
        self.reason = reason
        self.detail = detail


class ConfigError(WiredeskError):
    """The configuration is wrong. The message names file, line, key, what was seen and what is allowed."""


class ServiceError(WiredeskError):
    """A service that wiredesk needs does not answer. The message names the service, its address and the cause."""
