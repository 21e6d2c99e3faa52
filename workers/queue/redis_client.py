"""The connection to Redis: how it is opened, and what a server must be like for us."""

from __future__ import annotations

import re

import redis
from redis.backoff import ExponentialBackoff
from redis.retry import Retry

from pipeline.errors import ConfigError, ServiceError

#: LMOVE, by which a job that is taken is not lost, came with 6.2.
OLDEST_SERVER = (6, 2)
CONNECT_SECONDS = 5.0
ANSWER_SECONDS = 15.0


def connect(url: str) -> redis.Redis:
    """Return a connection pool to the server at the address, which has answered and is fit for us.

    Raises ConfigError for an address that is none, ServiceError naming the address (without its password) when the
    server does not answer, is too old, or may throw our data away. Safe for threads; make one in each process.
    """
    client = make_client(url)
    try:
        _check(client, url)
    except BaseException:
        client.close()
        raise
    return client


def make_client(url: str) -> redis.Redis:
    """Return the connection pool of connect(), which has not connected yet. Raises ConfigError."""
    try:
        client = redis.Redis.from_url(
            url,
            socket_connect_timeout=CONNECT_SECONDS,
            socket_timeout=ANSWER_SECONDS,
            health_check_interval=30,
            retry=Retry(ExponentialBackoff(cap=0.5, base=0.05), 3),
            client_name="wiredesk",
        )
        client.connection_pool.make_connection()  # opens nothing, but reads the options in the address
    except (ValueError, TypeError) as error:
        raise ConfigError(f"redis.url: {without_password(url)!r} is no address of a Redis: {error}") from error
    return client


def without_password(url: str) -> str:
    """Return the address as it may stand in a message: options cut off, user and password masked."""
    return re.sub(r"//[^/]*@", "//***@", url.partition("?")[0], count=1)


def _check(client: redis.Redis, url: str) -> None:
    where = f"Redis at {without_password(url)}"
    try:
        server, memory = client.info("server"), client.info("memory")
    except redis.RedisError as error:
        raise ServiceError(f"{where} does not answer: {_cause(error, url)}") from error
    version = tuple(int(part) for part in re.findall(r"\d+", str(server.get("redis_version", "0")))[:2])
    if version < OLDEST_SERVER:
        raise ServiceError(f"{where} is version {server.get('redis_version')}; 6.2 or later is needed")
    policy = memory.get("maxmemory_policy", "noeviction")
    if memory.get("maxmemory") and policy != "noeviction":
        raise ServiceError(
            f"{where} throws data away when its memory is full (maxmemory-policy {policy}): "
            "set maxmemory-policy noeviction, or use a server of its own for wiredesk"
        )


def _cause(error: redis.RedisError, url: str) -> str:
    """Return the error's words; a driver may quote the password in them."""
    words = str(error) or type(error).__name__
    for secret in re.findall(r"//[^/]*?:([^/]+)@|[?&]password=([^&]+)", url):
        words = words.replace("".join(secret), "***")
    return words
