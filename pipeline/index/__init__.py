"""The index of fingerprints in Redis: which articles may share text with a new one."""

from pipeline.index.fingerprints import FingerprintIndex, GenerationStats

__all__ = ["FingerprintIndex", "GenerationStats"]
