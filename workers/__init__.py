"""The processes that run the pipeline: scheduler, RQ workers, guarded child, embedded Redis, command line."""
