"""The feeds of the corpus as their publishers served them: at each moment of a week only what was published by then.

A feed is cut into its head, its entries and its tail, byte for byte. Dates are moved by whole days, so that all feeds
live in one week and keep their times of day; where a feed does not reach back before that week, its entries are
repeated backwards under links of their own.
"""

from __future__ import annotations

import gzip
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import cached_property
from pathlib import Path

from pipeline.feeds import parse_feed
from pipeline.models import FeedEntry, Page, ParsedFeed
from pipeline.policies import PollPolicy

WEEK = timedelta(days=7)
START = datetime(2026, 11, 9, tzinfo=UTC)
END = START + WEEK
FEED_PATH = "/feed.xml"
#: Feeds with so many entries in their newest week publish to the end of the simulated one and beyond; a slower feed's
#: newest entry falls on one of five days, so that every feed has news in the week.
_BUSY_ENTRIES = 7
#: With fewer entries before the week no pace can be known.
_KNOWN_PACE = 3

_ENTRY = re.compile(rb"<(item|entry)[\s>].*?</\1\s*>", re.DOTALL)
_DATE = re.compile(
    rb"(<(?:\w+:)?(?:pubDate|published|updated|date|modified|issued|created)\b[^>]*>\s*)"
    rb"(?:(?:\w{3}, )?(?P<day>\d{1,2}) (?P<month>\w{3}) (?P<year>\d{4}) |(?P<iso>\d{4}-\d\d-\d\d)T)"
    rb"(?P<clock>\d\d:\d\d:\d\d)"
)
_NAMED = re.compile(rb"<(?:\w+:)?(?:link|guid|id|origLink)\b[^>]*>(?:\s*<!\[CDATA\[)?[^<]*")
_ORIGIN = re.compile(rb"(https?://[^/?#\s\"'<>\]]+)")
_MONTHS = tuple(b"Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split())
_DAYS = tuple(b"Mon Tue Wed Thu Fri Sat Sun".split())


@dataclass(frozen=True, kw_only=True)
class Piece:
    """One entry of a document: its bytes, its address, and when it was published; None: long before the week."""

    body: bytes
    url: str
    at: datetime | None


@dataclass(frozen=True, kw_only=True)
class Archive:
    """All that a feed ever showed: what stands around its entries, and the entries in the document's order."""

    #: 16 hex digits, the name in the corpus.
    name: str
    head: bytes
    tail: bytes
    pieces: tuple[Piece, ...]
    #: How many entries the document shows at once.
    shown: int
    ttl_s: float | None
    update_period_s: float | None
    #: From 1, the busiest.
    number: int = 0

    @property
    def host(self) -> str:
        """The publisher's name."""
        return f"feed-{self.number:02}.example"

    @property
    def url(self) -> str:
        """The feed's address, from which relative links count."""
        return f"http://{self.host}{FEED_PATH}"

    @cached_property
    def times(self) -> list[datetime]:
        """When the entries were published, oldest first."""
        return sorted(piece.at for piece in self.pieces if piece.at)

    def shown_at(self, now: datetime) -> list[Piece]:
        """Return the entries in the document at that moment: the newest of those that were published by then."""
        newest = sorted((piece.at for piece in self.pieces if piece.at and piece.at <= now), reverse=True)
        undated = sum(piece.at is None for piece in self.pieces)
        room = max(self.shown - undated, 1)
        oldest = newest[:room][-1] if newest else now
        return [piece for piece in self.pieces if piece.at is None or oldest <= piece.at <= now]

    def document(self, bodies: Iterable[bytes]) -> bytes:
        """Return the feed with these entries."""
        return self.head + b"".join(bodies) + self.tail


def read_archives(folder: Path) -> list[Archive]:
    """Return the feeds below the folder as they are, the busiest first."""
    cut = [cut_feed(path.name[:16], gzip.decompress(path.read_bytes())) for path in sorted(folder.iterdir())]
    cut.sort(key=lambda archive: -entries_in_last_week(archive))
    return [replace(archive, number=number) for number, archive in enumerate(cut, start=1)]


def cut_feed(name: str, body: bytes) -> Archive:
    """Return a feed cut into its entries, under their own dates."""
    found = list(_ENTRY.finditer(body))
    begins = [match.start() for match in found]
    ends = [*begins[1:], found[-1].end()]
    head, tail = body[: begins[0]], body[ends[-1] :]
    bodies = [body[begin:end] for begin, end in zip(begins, ends, strict=True)]
    whole = parse(body, "http://feed-00.example/feed.xml")
    bare = Archive(name=name, head=head, tail=tail, pieces=(), shown=len(bodies), ttl_s=whole.ttl_s,
                   update_period_s=whole.update_period_s)  # fmt: skip
    return replace(bare, pieces=tuple(pieces_of(bare, bodies, whole.entries)))


def pieces_of(archive: Archive, bodies: Sequence[bytes], entries: tuple[FeedEntry, ...]) -> Iterator[Piece]:
    """Yield the entries with what the parser reads of each; those that are no entries to it are left out.

    `entries`: what it reads of all of them together.
    """
    if len(entries) != len(bodies):
        alone = [(body, parse(archive.document([body]), archive.url).entries) for body in bodies]
        bodies, entries = [body for body, read in alone if read], tuple(entry for _, read in alone for entry in read)
    for body, entry in zip(bodies, entries, strict=True):
        yield Piece(body=body, url=entry.url, at=time_of(entry))


def time_of(entry: FeedEntry) -> datetime | None:
    """Return when the entry was published, as far as its feed says so."""
    return entry.published or entry.updated


def parse(body: bytes, url: str) -> ParsedFeed:
    """Return the feed as polls read it, after the week."""
    page = Page(requested_url=url, url=url, status=200, body=body, fetched_at=END + WEEK)
    return parse_feed(page, PollPolicy())


def entries_in_last_week(archive: Archive) -> float:
    """Return how many entries came in the week before the newest, counted by the whole document where it is shorter."""
    times = archive.times
    if len(times) < _KNOWN_PACE:
        return 0.0
    gap = (times[-1] - times[0]) / (len(times) - 1)
    return max(sum(time > times[-1] - WEEK for time in times), WEEK / gap)


def move(archive: Archive) -> Archive:
    """Return the feed with its dates moved by whole days into the week, reaching back before it.

    Links that count from the feed's address count from the publisher's from here on.
    """
    day = 7 if entries_in_last_week(archive) >= _BUSY_ENTRIES else 1 + archive.number % 5
    newest = archive.times[-1]
    step = START + timedelta(days=day) - newest.replace(hour=0, minute=0, second=0, microsecond=0)
    moved = replace(archive, pieces=tuple(again(archive, archive.pieces, step, 0)))
    return reach_back(moved)


def reach_back(archive: Archive) -> Archive:
    """Return the feed, repeated backwards until a whole document lies before the week, if its pace is not known else."""
    times = archive.times
    if len(times) < 2 or sum(time <= START for time in times) >= _KNOWN_PACE:
        return archive
    span = timedelta(seconds=round((times[-1] - times[0]).total_seconds() * len(times) / (len(times) - 1)))
    turn, pieces = 0, list(archive.pieces)
    dated = [piece for piece in archive.pieces if piece.at]
    while sum(piece.at is not None and piece.at <= START for piece in pieces) < max(archive.shown, _KNOWN_PACE):
        turn += 1
        pieces += again(archive, dated, -turn * span, turn)
    return replace(archive, pieces=tuple(pieces))


def again(archive: Archive, pieces: Sequence[Piece], step: timedelta, turn: int) -> list[Piece]:
    """Return these entries with other dates, in any turn but 0 under addresses of their own; they must read so."""
    renamed = [rename(piece.body, turn) for piece in pieces]
    bodies = [move_dates(body, step) if piece.at else body for body, piece in zip(renamed, pieces, strict=True)]
    made = list(pieces_of(archive, bodies, parse(archive.document(bodies), archive.url).entries))
    assert [piece.at for piece in made] == [piece.at + step if piece.at else None for piece in pieces], archive.name
    return made


def move_dates(body: bytes, step: timedelta) -> bytes:
    """Return the entry with its dates moved, each in the way that it is written in."""

    def moved(match: re.Match[bytes]) -> bytes:
        day = match["iso"] or b"%s-%02d-%s" % (match["year"], _MONTHS.index(match["month"]) + 1, match["day"].zfill(2))
        moment = datetime.fromisoformat(f"{day.decode()}T{match['clock'].decode()}") + step  # in the date's own zone
        if match["iso"]:
            return match[1] + moment.isoformat().encode()
        words = (_DAYS[moment.weekday()], moment.day, _MONTHS[moment.month - 1], moment.year)
        return match[1] + b"%s, %02d %s %d " % words + moment.time().isoformat().encode()

    return _DATE.sub(moved, body)


def rename(body: bytes, turn: int) -> bytes:
    """Return the entry under other links and ids; in turn 0 as it is."""
    if turn == 0:
        return body
    mark = b"again-%d" % turn

    def renamed(match: re.Match[bytes]) -> bytes:
        text, number = _ORIGIN.subn(rb"\1/" + mark, match[0])
        return text if number or text.endswith(b">") else text + mark

    return _NAMED.sub(renamed, body)
