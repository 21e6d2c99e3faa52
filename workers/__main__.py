"""`python -m workers` is `wiredesk`."""

from workers.cli import main

main()
