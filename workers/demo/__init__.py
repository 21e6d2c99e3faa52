"""A fictional newsroom of seven publishers, served on loopback: what `wiredesk run --demo` ingests."""

from workers.demo.server import Newsroom, demo_feeds, demo_hosts, serve

__all__ = ["Newsroom", "demo_feeds", "demo_hosts", "serve"]
