"""JSON and MessagePack of the values."""

from __future__ import annotations

import subprocess
import sys
from datetime import UTC, datetime

import msgspec
import pytest

from pipeline.codec import from_json, from_msgpack, to_json, to_msgpack
from pipeline.models import Ending, Outcome

OUTCOME = Outcome(
    ending=Ending.STORED, reason="ok", uri="urn:wiredesk:article:1", version=1, at=datetime(2026, 5, 4, tzinfo=UTC)
)
#: Many threads decode a class of which nobody has decoded anything yet.
AT_ONCE = """
import sys, threading
from pipeline.codec import from_json
from pipeline.record import Record
import msgspec

sys.setswitchinterval(1e-6)
gate = threading.Barrier(16)

def decode():
    gate.wait()
    for _ in range(50):
        try:
            from_json(b'{"uri":"x","version":1,"provenance":{"fetch":{"status":1}},"syndication":{"role":"solo"}}', Record)
        except msgspec.ValidationError:
            pass

threads = [threading.Thread(target=decode) for _ in range(16)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
"""


def test_a_value_comes_back() -> None:
    """From both."""
    assert (from_json(to_json(OUTCOME), Outcome), from_msgpack(to_msgpack(OUTCOME), Outcome)) == (OUTCOME, OUTCOME)


def test_a_wrong_field_is_named() -> None:
    """By its path."""
    with pytest.raises(msgspec.ValidationError, match=r"\$\.version"):
        from_json(to_json(OUTCOME).replace(b'"version":1', b'"version":"one"'), Outcome)


@pytest.mark.parametrize("_", range(4))
def test_threads_may_decode_at_once(_: int) -> None:
    """From the first value on: the process lives. It died in every second run with a decoder for each call."""
    assert subprocess.run([sys.executable, "-c", AT_ONCE], check=False).returncode == 0
