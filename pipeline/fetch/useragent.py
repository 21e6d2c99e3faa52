"""How we name ourselves to publishers."""

from __future__ import annotations

import re
from importlib.metadata import PackageNotFoundError, version

from pipeline.errors import ConfigError
from pipeline.policies import FetchPolicy


def user_agent(policy: FetchPolicy) -> str:
    """Return the User-Agent header: the operator's wording with version and contact filled in. Raises ConfigError."""
    try:
        release = version("wiredesk")
    except PackageNotFoundError:  # run from a source tree that is not installed
        release = "0"
    agent = policy.user_agent.replace("{version}", release).replace("{contact}", policy.contact)
    if not agent.strip() or not sendable(agent):
        raise ConfigError(f"fetch.user_agent, fetch.contact: not a header line of Latin-1: {agent!r}")
    return agent


def sendable(value: str) -> bool:
    """Tell whether a header value can go out as it is: Latin-1 without control characters."""
    return value.isprintable() and max(value, default="") <= "\xff"


def product_token(agent: str) -> str:
    """Return the name that robots.txt groups are matched against (RFC 9309, 2.2.1): "wiredesk"."""
    found = re.match(r"[A-Za-z_-]+", agent)
    return found.group() if found else agent
