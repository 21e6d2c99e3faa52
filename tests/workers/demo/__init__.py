"""Tests of the bundled newsroom."""
