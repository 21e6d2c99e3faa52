"""The walk over a page, and what it collects for the metadata: elements that carry it, linked data, short lines."""
