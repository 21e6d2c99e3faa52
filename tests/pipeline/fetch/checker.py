"""A second opinion on addresses, written with bit arithmetic where the guard uses networks; for tests only."""

from __future__ import annotations

import socket

#: First address and number of leading bits that count.
_FOUR = (
    (0x00000000, 8),
    (0x0A000000, 8),
    (0x64400000, 10),
    (0x7F000000, 8),
    (0xA9FE0000, 16),
    (0xAC100000, 12),
    (0xC0000000, 24),
    (0xC0000200, 24),
    (0xC01FC400, 24),
    (0xC034C100, 24),
    (0xC0586300, 24),
    (0xC0A80000, 16),
    (0xC0AF3000, 24),
    (0xC6120000, 15),
    (0xC6336400, 24),
    (0xCB007100, 24),
    (0xE0000000, 3),
)


def forbidden(address: str) -> bool:
    """Whether an address must never be connected to."""
    if ":" not in address:
        return _forbidden4(int.from_bytes(socket.inet_pton(socket.AF_INET, address), "big"))
    if "%" in address:
        return True
    number = int.from_bytes(socket.inet_pton(socket.AF_INET6, address), "big")
    top = number >> 96
    if number >> 32 in (0, 0xFFFF, 0xFFFF0000, 0x0064FF9B << 64):
        return _forbidden4(number & 0xFFFFFFFF)
    if number >> 80 == 0x0064FF9B0001:
        data = number.to_bytes(16, "big")
        return _forbidden4(int.from_bytes(data[6:8] + data[9:11], "big"))
    if number >> 112 == 0x2002:
        return _forbidden4((number >> 80) & 0xFFFFFFFF)
    if top == 0x20010000:
        return _forbidden4(~number & 0xFFFFFFFF)
    if number >> 125 != 1:
        return True
    return (
        number >> 105 == 0x20010000 >> 9
        or top == 0x20010DB8
        or number >> 108 == 0x3FFF0
        or number >> 80 == 0x2620004F8000
    )


def _forbidden4(number: int) -> bool:
    return any(number >> (32 - bits) == first >> (32 - bits) for first, bits in _FOUR)
