"""What the operator may set, as frozen values: each stage sees only its own policy. Units stand in the names.

The defaults here are the defaults of wiredesk; config/settings.toml repeats them with their explanations, and a test
holds the two together.
"""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

import msgspec

Seconds = Annotated[float, msgspec.Meta(ge=0, le=31_536_000)]
Count = Annotated[int, msgspec.Meta(ge=1, le=2_000_000_000)]
Share = Annotated[float, msgspec.Meta(ge=0, le=1)]


class Policy(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The base of every policy. Keys are snake_case in TOML; an unknown key is an error."""


class FetchPolicy(Policy, frozen=True, kw_only=True):
    """How pages and feeds are requested."""

    user_agent: str = "wiredesk/{version} (+{contact})"
    #: An URL that tells a publisher who reads them and how to reach you.
    contact: str = "https://github.com/wiredesk/wiredesk/blob/main/docs/crawler.md"
    #: From name lookup to the last byte, all redirects included.
    total_timeout_s: Seconds = 30.0
    connect_timeout_s: Seconds = 10.0
    #: Bytes after content decoding; the same limit holds for the bytes on the wire.
    max_page_bytes: Count = 10_485_760
    max_feed_bytes: Count = 20_971_520
    max_redirects: Count = 5
    allow_ports: tuple[int, ...] = (80, 443, 8080, 8443)
    #: Networks that may be reached although they are not public, e.g. ["10.1.0.0/16"].
    allow_networks: tuple[str, ...] = ()
    #: Fixed addresses for host names, before any name lookup: {"paper.example" = "127.0.0.1:8901"}.
    hosts: dict[str, str] = {}
    #: e.g. "http://proxy.example:3128"; the environment's proxies are ignored.
    proxy: str | None = None
    verify_tls: bool = True
    #: Hosts ("paper.example", "*.paper.example") whose certificates are not checked, by the operator's decision.
    unverified_hosts: tuple[str, ...] = ()


class PolitenessPolicy(Policy, frozen=True, kw_only=True):
    """How often one host is asked."""

    #: What shares one budget of requests: "host", or "domain" for all hosts of a registrable domain.
    scope: Literal["host", "domain"] = "host"
    #: Hosts that share one budget because one server stands behind them: {"*.paper.example" = "paper"}.
    groups: dict[str, str] = {}
    #: Between the end of a request and the start of the next, to one host, over all workers.
    delay_s: Seconds = 1.0
    max_delay_s: Seconds = 60.0
    #: A server's response time times this is the least delay.
    response_factor: Annotated[float, msgspec.Meta(ge=0, le=1_000)] = 2.0
    #: Crawl-delay in robots.txt is honoured up to here.
    max_crawl_delay_s: Seconds = 60.0
    max_retry_after_s: Seconds = 21_600.0
    robots: bool = True
    robots_ttl_s: Seconds = 86_400.0
    #: Hosts ("paper.example", "*.group.example") whose robots.txt is not read, by the operator's decision.
    ignore_robots: tuple[str, ...] = ()


class PollPolicy(Policy, frozen=True, kw_only=True):
    """How often feeds are polled."""

    min_interval_s: Seconds = 300.0
    max_interval_s: Seconds = 86_400.0
    start_interval_s: Seconds = 1_800.0
    jitter: Share = 0.1
    #: An unconditional request at least this often.
    unconditional_after_s: Seconds = 86_400.0
    max_entries: Count = 5_000
    #: Failing feeds are still probed this often.
    max_backoff_s: Seconds = 2_592_000.0


class WebSubPolicy(Policy, frozen=True, kw_only=True):
    """Whether hubs push new entries (https://www.w3.org/TR/websub/)."""

    #: Where hubs reach `wiredesk websub` from outside ("https://desk.example/websub"); empty: nothing is subscribed.
    callback_url: str = ""


class ExtractPolicy(Policy, frozen=True, kw_only=True):
    """How pages are read."""

    min_body_chars: Count = 200
    max_body_chars: Count = 2_000_000
    max_headline_chars: Count = 1_000
    #: In the guarded child process.
    cpu_limit_s: Seconds = 20.0
    wall_limit_s: Seconds = 30.0
    memory_limit_mib: Count = 1_024


class CopyPolicy(Policy, frozen=True, kw_only=True):
    """When two texts count as copies."""

    shingle_words: Annotated[int, msgspec.Meta(ge=2, le=8)] = 5
    window: Annotated[int, msgspec.Meta(ge=4, le=64)] = 16
    max_candidates: Count = 6
    min_shared: Count = 2
    union_coverage: Share = 0.45
    generation_days: Count = 15
    generations: Count = 3


class RetryPolicy(Policy, frozen=True, kw_only=True):
    """How often a page is tried again."""

    max_attempts: Count = 5
    #: An URL that was accepted so long ago ends with the next attempt that fails, however many there were.
    max_age_s: Seconds = 604_800.0
    first_delay_s: Seconds = 60.0
    max_delay_s: Seconds = 21_600.0


class QueuePolicy(Policy, frozen=True, kw_only=True):
    """How work reaches the workers."""

    #: URLs in one crawl job.
    batch_urls: Count = 96
    #: Of one host in one crawl job.
    batch_per_host: Count = 8
    #: Batches waiting in Redis, per worker process.
    batches_ahead: Count = 2
    #: Threads of a worker process: hosts in flight.
    threads: Count = 64
    #: A batch that gave no sign of life for so long is put back.
    lost_after_s: Seconds = 20.0
    #: URLs waiting in the store beyond which feeds are polled no more until they drain.
    max_waiting: Count = 1_000_000


class RedisPolicy(Policy, frozen=True, kw_only=True):
    """Where the queue and the copy index are kept."""

    #: "redis://…", "rediss://…" or "unix:///…"; empty: the embedded server in the data directory.
    url: str = ""


class StorePolicy(Policy, frozen=True, kw_only=True):
    """Where the truth is kept."""

    #: "sqlite:///path" or "postgresql://…"; empty: wiredesk.db in the data directory.
    url: str = ""
    #: An URL is forgotten so long after it ended and no feed carries it any more. Records are kept.
    forget_after_s: Annotated[float, msgspec.Meta(ge=86_400, le=3_153_600_000)] = 15_552_000.0


class Partner(Policy, frozen=True, kw_only=True):
    """A publisher or an agency that others republish (partners.toml)."""

    name: str
    aliases: tuple[str, ...] = ()
    domains: tuple[str, ...] = ()
    #: publisher, agency, group
    kind: str = "publisher"
    #: Marks of an agency in credit lines and datelines: ["AP", "The Associated Press"].
    marks: tuple[str, ...] = ()
    #: Name of the group master, where the publisher belongs to one.
    group: str | None = None
    #: Articles of this partner stay in the copy index for ever.
    keep: bool = False


class NoticeRule(Policy, frozen=True, kw_only=True):
    """One wording that says where an article comes from (notices/*.toml)."""

    id: str
    kind: str
    language: str
    #: A regular expression for the text with plain quotes, dashes and blanks; group `src` is the named source.
    #: {src} stands for a source's name, {agency} for the mark of a news agency.
    pattern: str
    #: top, end, edge (either), any: where in the text it may stand; attribute: a URL or data value in the HTML.
    place: str = "any"
    #: What leaves the body: match, sentence, paragraph; part: the match is the label of a stacked version.
    takes: str = "sentence"
    #: Every match holds one of these, in lower case: pages without them are not searched. Empty: always searched.
    needs: tuple[str, ...] = ()
    match: tuple[str, ...] = ()
    must_not: tuple[str, ...] = ()


class SiteOverride(Policy, frozen=True, kw_only=True):
    """What holds for one site of the operator's own (overrides.toml)."""

    #: The host and all below it: "paper.example" is also for www.paper.example.
    host: str
    #: The days of fetching for which it holds, both included; absent: no limit.
    valid_from: date | None = None
    valid_to: date | None = None
    #: {field: selector}: CSS, or XPath when it begins with / or (. Fields: headline, description, authors,
    #: date_published, date_modified, section, body.
    fields: dict[str, str] = {}
    #: Selectors of parts that are no text of the article.
    remove: tuple[str, ...] = ()


class Settings(Policy, frozen=True, kw_only=True):
    """Everything that can be configured, read once per process."""

    #: Where the embedded store, Redis and logs live.
    data_dir: str = "wiredesk-data"
    fetch: FetchPolicy = FetchPolicy()
    politeness: PolitenessPolicy = PolitenessPolicy()
    poll: PollPolicy = PollPolicy()
    websub: WebSubPolicy = WebSubPolicy()
    extract: ExtractPolicy = ExtractPolicy()
    copies: CopyPolicy = CopyPolicy()
    retry: RetryPolicy = RetryPolicy()
    queue: QueuePolicy = QueuePolicy()
    redis: RedisPolicy = RedisPolicy()
    store: StorePolicy = StorePolicy()
