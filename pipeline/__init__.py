"""The stages that turn feeds and pages into news records; knows nothing of queues, processes or signals."""
