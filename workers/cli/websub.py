"""wiredesk websub: the address to which hubs deliver."""

from __future__ import annotations

import signal
from contextlib import ExitStack

import click

from pipeline.errors import ConfigError
from workers.clock import utc_now
from workers.console import Console
from workers.desk import checked_callback
from workers.logs import log_to
from workers.parsers.feed_parsers import FeedParsers
from workers.websub_app import WebSubApp

#: Requests at one time; each may hold a feed in memory.
_AT_ONCE = 64
_GRACE_S = 10


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen on.")
@click.option("--port", type=click.IntRange(1, 65_535), default=8078, show_default=True, help="The port to listen on.")
@click.pass_obj
def websub(console: Console, host: str, port: int) -> None:
    """Take what hubs push (WebSub): new entries of feeds that name a hub, within seconds.

    websub.callback_url says where hubs reach this process from outside; put a server with TLS before it.
    """
    try:
        import uvicorn  # noqa: PLC0415 - an extra that no other command needs
    except ImportError as error:
        raise ConfigError("wiredesk websub needs uvicorn: pip install 'wiredesk[websub]'") from error
    if not checked_callback(console.settings.websub):
        raise ConfigError("websub.callback_url is empty: set it to where hubs reach this process from outside")
    log_to(None)
    with ExitStack() as stack:
        store = stack.enter_context(console.store())
        parsers = FeedParsers.alone(console.settings)
        stack.callback(parsers.guard.close)
        parsers.guard.warm()
        app = WebSubApp(store, parsers.feed, console.settings.fetch.max_feed_bytes, utc_now)
        click.echo(f"wiredesk websub listens on {host} port {port}", err=True)
        for number in (signal.SIGTERM, signal.SIGINT):
            # uvicorn ends at these in its own way, and then raises them again for what stood here before it.
            signal.signal(number, lambda *_: None)
        # The paths are secrets, so no access log.
        uvicorn.run(
            app, host=host, port=port, log_config=None, access_log=False, lifespan="off", limit_concurrency=_AT_ONCE,
            timeout_graceful_shutdown=_GRACE_S, server_header=False,
        )  # fmt: skip
