"""Records from articles, their JSON Schema and their projections. Pure."""

from pipeline.records.assemble import draft_record, is_older, member_of, next_version, place_record

__all__ = ["draft_record", "is_older", "member_of", "next_version", "place_record"]
