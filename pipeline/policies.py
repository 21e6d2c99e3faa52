"""What the operator may set, as frozen values: each stage sees only its own policy. Units stand in the names.

The defaults here are the defaults of wiredesk; config/settings.toml repeats them with their explanations, and a test
holds the two together.
"""

from __future__ import annotations

import msgspec


class Policy(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The base of every policy. Keys are snake_case in TOML; an unknown key is an error."""


class FetchPolicy(Policy, frozen=True, kw_only=True):
    """How pages and feeds are requested."""

    user_agent: str = "wiredesk/{version} (+{contact})"
    #: An URL that tells a publisher who reads them and how to reach you.
    contact: str = "https://github.com/wiredesk/wiredesk/blob/main/docs/crawler.md"
    #: From name lookup to the last byte, all redirects included.
    total_timeout_s: float = 30.0
    connect_timeout_s: float = 10.0
    #: Bytes after content decoding; the same limit holds for the bytes on the wire.
    max_page_bytes: int = 10_485_760
    max_feed_bytes: int = 20_971_520
    max_redirects: int = 5
    allow_ports: tuple[int, ...] = (80, 443, 8080, 8443)
    #: Networks that may be reached although they are not public, e.g. ["10.1.0.0/16"].
    allow_networks: tuple[str, ...] = ()
    #: Fixed addresses for host names, before any name lookup: {"paper.example" = "127.0.0.1:8901"}.
    hosts: dict[str, str] = {}
    #: e.g. "http://proxy.example:3128"; the environment's proxies are ignored.
    proxy: str | None = None
    verify_tls: bool = True


class PolitenessPolicy(Policy, frozen=True, kw_only=True):
    """How often one host is asked."""

    #: Between the end of a request and the start of the next, to one host, over all workers.
    delay_s: float = 1.0
    max_delay_s: float = 60.0
    #: A server's response time times this is the least delay.
    response_factor: float = 2.0
    #: Crawl-delay in robots.txt is honoured up to here.
    max_crawl_delay_s: float = 60.0
    max_retry_after_s: float = 21_600.0
    robots: bool = True
    robots_ttl_s: float = 86_400.0
    #: Hosts whose robots.txt is not read, by the operator's decision.
    ignore_robots: tuple[str, ...] = ()


class PollPolicy(Policy, frozen=True, kw_only=True):
    """How often feeds are polled."""

    min_interval_s: float = 300.0
    max_interval_s: float = 86_400.0
    start_interval_s: float = 1_800.0
    jitter: float = 0.1
    #: An unconditional request at least this often.
    unconditional_after_s: float = 86_400.0
    max_entries: int = 5_000
    #: Failing feeds are still probed this often.
    max_backoff_s: float = 2_592_000.0


class ExtractPolicy(Policy, frozen=True, kw_only=True):
    """How pages are read."""

    min_body_chars: int = 200
    max_body_chars: int = 2_000_000
    max_headline_chars: int = 1_000
    #: In the guarded child process.
    cpu_limit_s: float = 20.0
    wall_limit_s: float = 30.0
    memory_limit_mib: int = 1_024


class CopyPolicy(Policy, frozen=True, kw_only=True):
    """When two texts count as copies."""

    shingle_words: int = 5
    window: int = 16
    max_candidates: int = 6
    min_shared: int = 2
    union_coverage: float = 0.45
    generation_days: int = 15
    generations: int = 3


class RetryPolicy(Policy, frozen=True, kw_only=True):
    """How often a page is tried again."""

    max_attempts: int = 5
    first_delay_s: float = 60.0
    max_delay_s: float = 21_600.0


class QueuePolicy(Policy, frozen=True, kw_only=True):
    """How work reaches the workers."""

    #: "redis://…", "unix:///…"; empty: the embedded server.
    redis_url: str = ""
    #: URLs in one crawl job.
    batch_urls: int = 96
    #: Of one host in one crawl job.
    batch_per_host: int = 8
    #: Batches waiting in Redis, per worker process.
    batches_ahead: int = 2
    #: Threads of a worker process: hosts in flight.
    threads: int = 64
    #: A batch that gave no sign of life for so long is put back.
    lost_after_s: float = 20.0
    #: URLs waiting in the store beyond which feeds are polled no more until they drain.
    max_waiting: int = 1_000_000


class StorePolicy(Policy, frozen=True, kw_only=True):
    """Where the truth is kept."""

    #: "sqlite:///path" or "postgresql://…"; empty: wiredesk.db in the data directory.
    url: str = ""


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
    #: A regular expression; group `src` is the named source.
    pattern: str
    #: top, end, any: where in the text it may stand.
    place: str = "any"
    match: tuple[str, ...] = ()
    must_not: tuple[str, ...] = ()


class Settings(Policy, frozen=True, kw_only=True):
    """Everything that can be configured, read once per process."""

    #: Where the embedded store, Redis and logs live.
    data_dir: str = "wiredesk-data"
    fetch: FetchPolicy = FetchPolicy()
    politeness: PolitenessPolicy = PolitenessPolicy()
    poll: PollPolicy = PollPolicy()
    extract: ExtractPolicy = ExtractPolicy()
    copies: CopyPolicy = CopyPolicy()
    retry: RetryPolicy = RetryPolicy()
    queue: QueuePolicy = QueuePolicy()
    store: StorePolicy = StorePolicy()
