"""What a command works with: the settings, and the store and Redis that they name.

Redis and the readers of feeds take 0.3 s to load: a method that needs them loads them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path
from tempfile import TemporaryFile
from typing import TYPE_CHECKING

from pipeline.errors import ConfigError
from pipeline.models import Feed
from pipeline.policies import Settings
from pipeline.settings import load_settings
from pipeline.storage import open_store
from pipeline.storage.base import Store

if TYPE_CHECKING:
    import redis


class Console:
    """The configuration of one call of the command line; opens what a command asks for."""

    def __init__(self, config: Path | None, environ: Mapping[str, str]) -> None:
        self.config = config
        self.environ = environ

    @classmethod
    def of_worker(cls, environ: Mapping[str, str]) -> Console:
        """Return the console of a process that got its environment from worker_environ()."""
        config = environ.get("WIREDESK_CONFIG")
        return cls(Path(config) if config else None, environ)

    @property
    def log_file(self) -> Path | None:
        """Return the file that log lines go to, None for stderr."""
        file = self.environ.get("WIREDESK_LOG")
        return Path(file) if file else None

    @cached_property
    def settings(self) -> Settings:
        """Return the settings. Raises ConfigError."""
        return load_settings(self.config, self.environ)

    @property
    def data_dir(self) -> Path:
        """Return the folder of the embedded store and Redis."""
        return Path(self.settings.data_dir).absolute()

    @property
    def store_url(self) -> str:
        """Return the store's URL: the configured one, else a SQLite file in the data folder."""
        return self.settings.store.url or f"sqlite:///{self.data_dir / 'wiredesk.db'}"

    @property
    def shown_store(self) -> str:
        """Return the store's URL as it may be shown: without a password."""
        if "@" not in self.store_url:
            return self.store_url
        from workers.queue.redis_client import without_password  # noqa: PLC0415 - see above

        return without_password(self.store_url)

    def open_log(self) -> Path:
        """Make the data folder and send this process's log lines to a file in it; returns the file."""
        from workers.logs import log_to  # noqa: PLC0415 - see above

        make_folder(self.data_dir)
        log = self.data_dir / "wiredesk.log"
        log_to(log)
        return log

    def worker_environ(self, redis_url: str, log: Path | None) -> dict[str, str]:
        """Return the environment of a worker process of this configuration."""
        environ = {
            **self.environ,
            "WIREDESK_DATA_DIR": str(self.data_dir),
            "WIREDESK_STORE_URL": self.store_url,
            "WIREDESK_REDIS_URL": redis_url,
        }
        if self.config is not None:
            environ["WIREDESK_CONFIG"] = str(self.config.absolute())
        if log is not None:
            environ["WIREDESK_LOG"] = str(log)
        return environ

    @contextmanager
    def store(self) -> Iterator[Store]:
        """Open the store for the length of a block. Raises ServiceError naming it."""
        if not self.settings.store.url:
            make_folder(self.data_dir)
        store = open_store(self.store_url)
        try:
            yield store
        finally:
            store.close()

    @contextmanager
    def redis_url(self) -> Iterator[str]:
        """Yield the URL of Redis; without a configured one the embedded server runs for the length of the block."""
        if self.settings.redis.url:
            yield self.settings.redis.url
        else:
            from workers.embedded.embedded import EmbeddedRedis  # noqa: PLC0415 - see above

            make_folder(self.data_dir)
            with EmbeddedRedis(self.data_dir / "redis") as url:
                yield url

    @contextmanager
    def redis(self) -> Iterator[redis.Redis]:
        """Yield a connection to Redis."""
        from workers.queue.redis_client import connect  # noqa: PLC0415 - see above

        with self.redis_url() as url:
            client = connect(url)
            try:
                yield client
            finally:
                client.close()

    def own_feeds(self) -> tuple[Feed, ...]:
        """Return the feeds of the operator's own feeds.toml or feeds.opml, if there is one."""
        if self.config is None:
            return ()
        from workers.feed_files import read_feed_file  # noqa: PLC0415 - see above

        return tuple(
            feed
            for name in ("feeds.toml", "feeds.opml")
            if (self.config / name).exists()
            for feed in read_feed_file(self.config / name)
        )


def make_folder(path: Path) -> None:
    """Make a folder with its parents. Raises ConfigError naming it when it cannot be written."""
    try:
        path.mkdir(parents=True, exist_ok=True)
        with TemporaryFile(dir=path):
            pass
    except OSError as error:
        raise ConfigError(f"data_dir: {path} cannot be written: {error.strerror}") from error
