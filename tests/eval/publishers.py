"""The corpus' publishers on loopback: each under a host name of its own, with the headers that real ones have."""

from __future__ import annotations

import gzip
import hashlib
from bisect import bisect_right
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from email.utils import format_datetime

from tests.eval.archives import FEED_PATH, START, WEEK, Archive
from tests.services.web import Reply, Request, Web

ROBOTS = b"User-agent: *\nDisallow: /private/\n"


@dataclass(frozen=True, kw_only=True)
class Manner:
    """How a publisher's server answers."""

    name: str
    #: strong, weak, or none
    etag: str = "none"
    last_modified: bool = False
    #: Whether validators are looked at; some servers send ETags that they never recognize.
    answers_304: bool = True
    compresses: bool = True
    #: Whether a line with the time of the request stands in every answer.
    stamps: bool = False
    #: Cache-Control and Age.
    cache_control: str | None = None
    age_s: int | None = None
    expires_s: int | None = None
    #: What the hints above come to, in seconds.
    fresh_s: float | None = None

    @property
    def has_validators(self) -> bool:
        """Whether a conditional request can be answered 304."""
        return self.answers_304 and (self.etag != "none" or self.last_modified)


MANNERS = (
    Manner(name="ETag and Last-Modified", etag="strong", last_modified=True),
    Manner(name="weak ETag, no-cache", etag="weak", cache_control="no-cache, must-revalidate"),
    Manner(name="Last-Modified only, not compressed", last_modified=True, compresses=False),
    Manner(name="no validators, the time in each answer", stamps=True),
    Manner(name="ETag, max-age=900 less Age", etag="strong", cache_control="public, max-age=900", age_s=300, fresh_s=600),
    Manner(name="Last-Modified, Expires in 30 min", last_modified=True, expires_s=1_800, fresh_s=1_800),
    Manner(name="ETag that is never recognized", etag="strong", answers_304=False),
    Manner(name="ETag, max-age=14400", etag="weak", cache_control="max-age=14400", fresh_s=14_400),
)  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Hit:
    """One request that a publisher's server got: when on the virtual clock, what it answered, with how many bytes."""

    at: datetime
    path: str
    status: int
    sent: int


@dataclass(kw_only=True)
class Publisher:
    """A feed's server, and what it was asked."""

    archive: Archive
    manner: Manner
    clock: Callable[[], datetime]
    hits: list[Hit] = field(default_factory=list)
    #: The moments of the documents that were sent.
    sent_at: list[datetime] = field(default_factory=list)
    _editions: dict[int, Edition] = field(default_factory=dict)

    def answer(self, request: Request) -> Reply:
        """Answer a request for the feed, and note it."""
        now = self.clock()
        reply = self.reply(now, request.headers)
        self._note(request, reply)
        if reply.status == 200:
            self.sent_at.append(now)
        return reply

    def answer_robots(self, request: Request) -> Reply:
        """Answer a request for robots.txt, and note it."""
        reply = Reply(200, (("Content-Type", "text/plain"),), ROBOTS)
        self._note(request, reply)
        return reply

    def _note(self, request: Request, reply: Reply) -> None:
        hit = Hit(at=self.clock(), path=request.path, status=reply.status, sent=len(reply.encoded()))
        self.hits.append(hit)

    def reply(self, now: datetime, headers: dict[str, str]) -> Reply:
        """Return the answer at that moment to a request with these headers."""
        edition = self.edition(now)
        sent = (*edition.validators, *self._hints(now), ("Date", format_datetime(now, usegmt=True)))
        if self.manner.answers_304 and self._knows(edition, headers):
            return Reply(304, sent)
        body = edition.body
        if self.manner.stamps:
            body += f"<!-- served {now.isoformat()} -->".encode()
        if self.manner.compresses:
            body = edition.packed if not self.manner.stamps else gzip.compress(body, 1, mtime=0)
            sent = (*sent, ("Content-Encoding", "gzip"))
        return Reply(200, (("Content-Type", "application/xml"), *sent), body)

    def edition(self, now: datetime) -> Edition:
        """Return the document of that moment."""
        number = bisect_right(self.archive.times, now)
        if number not in self._editions:
            self._editions[number] = edition_of(self.archive, self.manner, now)
        return self._editions[number]

    @staticmethod
    def _knows(edition: Edition, headers: dict[str, str]) -> bool:
        """Return whether the client has this edition; an ETag counts before a date (RFC 9110, 13.2.2)."""
        current = dict(edition.validators)
        if "if-none-match" in headers:
            return headers["if-none-match"] == current.get("ETag")
        return "if-modified-since" in headers and headers["if-modified-since"] == current.get("Last-Modified")

    def _hints(self, now: datetime) -> tuple[tuple[str, str], ...]:
        found = []
        if self.manner.cache_control:
            found.append(("Cache-Control", self.manner.cache_control))
        if self.manner.age_s:
            found.append(("Age", str(self.manner.age_s)))
        if self.manner.expires_s:
            found.append(("Expires", format_datetime(now + timedelta(seconds=self.manner.expires_s), usegmt=True)))
        return tuple(found)


@dataclass(frozen=True, kw_only=True)
class Edition:
    """A feed's document between two publications."""

    body: bytes
    packed: bytes
    validators: tuple[tuple[str, str], ...]


def edition_of(archive: Archive, manner: Manner, now: datetime) -> Edition:
    """Return the document of that moment; it stays as it is until the next entry is published."""
    shown = archive.shown_at(now)
    body = archive.document(piece.body for piece in shown)
    validators = []
    if manner.etag != "none":
        tag = f'"{hashlib.sha256(body).hexdigest()[:32]}"'
        validators.append(("ETag", tag if manner.etag == "strong" else f"W/{tag}"))
    if manner.last_modified:
        newest = max((piece.at for piece in shown if piece.at), default=START - WEEK)
        validators.append(("Last-Modified", format_datetime(newest, usegmt=True)))
    return Edition(body=body, packed=gzip.compress(body, 1, mtime=0), validators=tuple(validators))


def open_publisher(web: Web, archive: Archive, manner: Manner, clock: Callable[[], datetime]) -> Publisher:
    """Serve a feed under its publisher's name."""
    publisher = Publisher(archive=archive, manner=manner, clock=clock)
    web.on(FEED_PATH, publisher.answer, host=archive.host)
    web.on("/robots.txt", publisher.answer_robots, host=archive.host)
    return publisher
