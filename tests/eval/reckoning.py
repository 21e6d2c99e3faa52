"""What a week of polls came to, as the publishers' servers and the store saw it, beside a naive poller."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from itertools import pairwise

from pipeline.models import AcceptedUrl
from pipeline.policies import PollPolicy
from pipeline.urls import normalize_url
from tests.eval.archives import END, FEED_PATH, START
from tests.eval.publishers import Hit, Publisher
from tests.pipeline.feeds.simulation import NAIVE_REQUESTS, History, allowed

POLICY = PollPolicy()
_QUARTER = timedelta(minutes=15)
#: When a naive poller asks: first when the week begins.
NAIVE_TIMES = tuple(START + number * _QUARTER for number in range(NAIVE_REQUESTS))


@dataclass(frozen=True, kw_only=True)
class Sighting:
    """An entry that came in the week: published, accepted (None: not by the end), and the poll before that."""

    url: str
    published: datetime
    accepted: datetime | None
    planned: datetime

    @property
    def late(self) -> timedelta:
        """How long after its publication it was accepted, or has been waited for."""
        return (self.accepted or END) - self.published


@dataclass(frozen=True, kw_only=True)
class FeedWeek:
    """One feed's week, as its server and the store saw it."""

    publisher: Publisher
    #: When the feed's URLs were accepted, by their identity form.
    accepted: dict[str, datetime]

    @cached_property
    def hits(self) -> list[Hit]:
        """The requests for the feed."""
        return [hit for hit in self.publisher.hits if hit.path == FEED_PATH]

    @property
    def robots(self) -> int:
        """The requests for robots.txt."""
        return len(self.publisher.hits) - len(self.hits)

    @property
    def unchanged(self) -> int:
        """The requests that were answered 304."""
        return sum(hit.status == 304 for hit in self.hits)

    @property
    def sent(self) -> int:
        """The bytes that were sent for all requests."""
        return sum(hit.sent for hit in self.publisher.hits)

    @property
    def fetched(self) -> int:
        """The requests that were answered with a document."""
        return len(self.hits) - self.unchanged

    @cached_property
    def naive_sent(self) -> int:
        """The bytes that a naive poller would have been sent; each document is weighed once, in its first answer."""
        sizes: dict[int, int] = {}
        total = 0
        for at in NAIVE_TIMES:
            edition = id(self.publisher.edition(at))
            if edition not in sizes:
                sizes[edition] = len(self.publisher.reply(at, {}).encoded())
            total += sizes[edition]
        return total

    @property
    def had_news(self) -> int:
        """The requests that brought new entries, those known at the beginning included."""
        return len({START} | {seen.accepted for seen in self.sightings if seen.accepted})

    @cached_property
    def longest_pause(self) -> timedelta:
        """The longest time between two requests, or before the first or after the last."""
        times = [START, *(hit.at for hit in self.hits), END]
        return max(after - before for before, after in pairwise(times))

    @cached_property
    def served(self) -> set[str]:
        """The identity forms of the URLs in all documents that were sent."""
        archive = self.publisher.archive
        moments = {archive.times[-1] if at > archive.times[-1] else at for at in self.publisher.sent_at}
        return {normalize_url(piece.url) for at in moments for piece in archive.shown_at(at)}

    @cached_property
    def sightings(self) -> list[Sighting]:
        """The entries published in the week, oldest first; an URL that comes twice counts once."""
        first: dict[str, datetime] = {}
        for piece in self.publisher.archive.pieces:
            url = normalize_url(piece.url)
            first[url] = min(first.get(url, END), piece.at or START)
        new = sorted((at, url) for url, at in first.items() if START < at < END)
        return [self._sighting(url, at) for at, url in new]

    def _sighting(self, url: str, published: datetime) -> Sighting:
        accepted = self.accepted.get(url)
        planned = max(hit.at for hit in self.hits if hit.at < (accepted or published))
        return Sighting(url=url, published=published, accepted=accepted, planned=planned)

    def line(self) -> str:
        """Return the feed's week in a line."""
        archive, manner = self.publisher.archive, self.publisher.manner
        seen = [sighting.late for sighting in self.sightings if sighting.accepted]
        latest = str(max(seen, default=timedelta(0))).partition(".")[0]
        return (
            f"{archive.host:15} {archive.name} {len(self.hits):8} {NAIVE_REQUESTS / len(self.hits):7.1f} "
            f"{self.unchanged:4} {self.robots:6} {self.sent / 1e3:6.0f} {self.naive_sent / self.sent:7.1f} "
            f"{len(seen):4} {latest:>9}  {manner.name}"
        )

    @cached_property
    def too_late(self) -> list[Sighting]:
        """What was accepted later than the publisher's own pace allows, or not by then."""
        archive, manner = self.publisher.archive, self.publisher.manner
        history = History(name=archive.name, times=archive.times, shown=archive.shown, ttl_s=archive.ttl_s,
                          update_period_s=archive.update_period_s, fresh_s=manner.fresh_s)  # fmt: skip
        longest = timedelta(seconds=POLICY.max_interval_s)
        return [seen for seen in self.sightings if seen.late > (allowed(history, seen.planned, POLICY) or longest)]


@dataclass(frozen=True, kw_only=True)
class Week:
    """The week of all feeds."""

    feeds: list[FeedWeek]
    #: How many URLs the polls called new.
    new: int
    accepted: list[AcceptedUrl]

    @property
    def requests(self) -> int:
        """The requests for feeds."""
        return sum(len(feed.hits) for feed in self.feeds)

    @property
    def robots(self) -> int:
        """The requests for robots.txt."""
        return sum(feed.robots for feed in self.feeds)

    @property
    def naive_requests(self) -> int:
        """The requests of a naive poller, for feeds alone."""
        return NAIVE_REQUESTS * len(self.feeds)

    def lines(self) -> Iterator[str]:
        """Yield a line a feed and the totals, for people."""
        yield f"{'':15} {'':16} {'requests':>8} {'1/naive':>7} {'304':>4} {'robots':>6} {'KB':>6} {'1/naive':>7} {'new':>4} {'latest':>9}  manner"
        for feed in self.feeds:
            yield feed.line()
        sent, naive_sent = sum(feed.sent for feed in self.feeds), sum(feed.naive_sent for feed in self.feeds)
        yield (
            f"{self.requests} requests for feeds, {self.robots} for robots.txt; naive {self.naive_requests}: "
            f"1/{self.naive_requests / self.requests:.1f}, with robots.txt "
            f"1/{self.naive_requests / (self.requests + self.robots):.1f}"
        )
        yield f"{sent / 1e6:.1f} MB sent, naive {naive_sent / 1e6:.1f} MB: 1/{naive_sent / sent:.1f}"
        able = [feed for feed in self.feeds if feed.publisher.manner.has_validators]
        asked, unchanged = sum(len(feed.hits) for feed in able), sum(feed.unchanged for feed in able)
        idle = asked - sum(feed.had_news for feed in able)
        yield f"304 where validators are honoured: {unchanged} of {asked}, of {idle} polls without news {unchanged / idle:.0%}"
        waits = sorted(seen.late for feed in self.feeds for seen in feed.sightings if seen.accepted)
        yield f"{len(waits)} entries seen in the week, half of them within {waits[len(waits) // 2]}"
