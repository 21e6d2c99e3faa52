"""The schema's history, one file a step; see pipeline/storage/schema.py for how they are applied."""
