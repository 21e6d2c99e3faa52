"""The index of fingerprints in Redis: which articles may share text with a new one."""

from pipeline.index.fingerprints import FingerprintIndex, GenerationStats
from pipeline.index.mark import IndexMark, Mark

__all__ = ["FingerprintIndex", "GenerationStats", "IndexMark", "Mark"]
