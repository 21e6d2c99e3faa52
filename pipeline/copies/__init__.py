"""Syndicated copies: the fingerprint of a text, what two texts share, and whose the text is."""

from pipeline.copies.attribute import DECIDER_VERSION, attribute, same_verdict
from pipeline.copies.clusters import cluster_id
from pipeline.copies.compare import compare
from pipeline.copies.exact import exact_keys
from pipeline.copies.fingerprint import fingerprint
from pipeline.copies.partners import Partners
from pipeline.copies.passages import Passage, shared_passages

__all__ = [
    "DECIDER_VERSION",
    "Partners",
    "Passage",
    "attribute",
    "cluster_id",
    "compare",
    "exact_keys",
    "fingerprint",
    "same_verdict",
    "shared_passages",
]
