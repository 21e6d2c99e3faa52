"""What the guarded child is asked: its tasks, and the callers' side of those that read feeds."""
