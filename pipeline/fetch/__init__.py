"""Pages, feeds, robots.txt and sitemaps from the network: politely, bounded, and from public addresses only."""

from pipeline.fetch.client import Client

__all__ = ["Client"]
