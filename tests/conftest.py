"""Real services for the tests: a Redis, a PostgreSQL and HTTP servers on loopback, each in its own module."""

pytest_plugins = ["tests.services.redis", "tests.services.postgres", "tests.services.web"]
