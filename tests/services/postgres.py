"""A real PostgreSQL server from a wheel, on a unix socket, for the length of the test run."""
