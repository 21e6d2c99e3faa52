"""Worker processes, kept running: the supervisor's side and theirs."""
