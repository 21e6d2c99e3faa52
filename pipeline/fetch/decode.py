"""Content codings undone as a stream: gzip, deflate, br, zstd, in pieces small enough to count.

Each decoder takes an iterator of bytes and gives one. It fails when the data is broken, and when it ends before the
coding does: half a gzip stream must not pass as a whole page.
"""

from __future__ import annotations

import sys
import zlib
from collections.abc import Callable, Iterator

import brotli

from pipeline.errors import TryLater

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

ACCEPT_ENCODING = "gzip, deflate, br, zstd"

_PIECE = 65_536
#: Codings on top of one another that are still undone; servers that mean well use one.
_MAX_CODINGS = 2
#: RFC 9659: a zstd window for the web is at most 8 MiB.
_ZSTD_WINDOW_LOG = 23

Pieces = Iterator[bytes]


def decode(pieces: Pieces, content_encoding: str | None) -> Pieces:
    """Return the pieces with the codings of the Content-Encoding header undone, last applied first.

    Raises TryLater at once for a coding that is not known (encoding_unknown); while iterating for data that is broken
    (bad_encoding) or cut short (body_truncated).
    """
    names = [name.strip().lower() for name in (content_encoding or "").split(",")]
    codings = [name for name in names if name not in ("", "identity")]
    if len(codings) > _MAX_CODINGS or any(name not in _DECODERS for name in codings):
        raise TryLater("encoding_unknown", f"Content-Encoding {(content_encoding or '')[:100]!r}")
    for name in reversed(codings):
        pieces = _DECODERS[name](pieces)
    return pieces


def _gunzip(pieces: Pieces) -> Pieces:
    """Undo gzip: one member or several; zero bytes may pad the end."""
    unzip, ended, started = zlib.decompressobj(wbits=31), False, False
    for piece in pieces:
        rest, out = piece, b""
        while rest or len(out) == _PIECE:
            if ended:
                rest = rest.lstrip(b"\0")
                if not rest:
                    break
                unzip = zlib.decompressobj(wbits=31)
            started = True
            out = _unzip(unzip, rest)
            yield out
            ended = unzip.eof
            rest = unzip.unused_data if ended else unzip.unconsumed_tail
    if started and not ended:
        raise TryLater("body_truncated", "gzip data ends early")


def _inflate(pieces: Pieces) -> Pieces:
    """Undo deflate: with the zlib frame as RFC 9110 says, or without, as some servers send it."""
    unzip = None
    for piece in pieces:
        if unzip is None:
            framed = piece[0] & 0x0F == 8 and (len(piece) < 2 or int.from_bytes(piece[:2], "big") % 31 == 0)
            unzip = zlib.decompressobj(wbits=15 if framed else -15)
        rest, out = piece, b""
        while rest or len(out) == _PIECE:
            if unzip.eof:
                raise TryLater("bad_encoding", "bytes after the deflate data")
            out = _unzip(unzip, rest)
            yield out
            rest = unzip.unused_data if unzip.eof else unzip.unconsumed_tail
    if unzip is not None and not unzip.eof:
        raise TryLater("body_truncated", "deflate data ends early")


def _unzip(unzip: zlib._Decompress, piece: bytes) -> bytes:
    try:
        return unzip.decompress(piece, _PIECE)
    except zlib.error as error:
        raise TryLater("bad_encoding", str(error)) from error


def _unbrotli(pieces: Pieces) -> Pieces:
    """Undo br."""
    unpack = brotli.Decompressor()
    started = False
    for piece in pieces:
        started = True
        try:
            out = unpack.process(piece, output_buffer_limit=_PIECE)
            yield out
            # Output can wait inside although all input is taken.
            while not unpack.is_finished() and (out or not unpack.can_accept_more_data()):
                out = unpack.process(b"", output_buffer_limit=_PIECE)
                yield out
        except brotli.error as error:
            raise TryLater("bad_encoding", str(error)) from error
    if started and not unpack.is_finished():
        raise TryLater("body_truncated", "br data ends early")


def _unzstd(pieces: Pieces) -> Pieces:
    """Undo zstd: one frame or several."""
    unpack = _zstd_frame()
    started = False
    for piece in pieces:
        started = True
        rest = piece
        while rest or not (unpack.needs_input or unpack.eof):
            if unpack.eof:
                unpack = _zstd_frame()
            try:
                yield unpack.decompress(rest, max_length=_PIECE)
            except zstd.ZstdError as error:
                raise TryLater("bad_encoding", str(error)) from error
            rest = unpack.unused_data if unpack.eof else b""
    if started and not unpack.eof:
        raise TryLater("body_truncated", "zstd data ends early")


def _zstd_frame() -> zstd.ZstdDecompressor:
    return zstd.ZstdDecompressor(options={zstd.DecompressionParameter.window_log_max: _ZSTD_WINDOW_LOG})


_DECODERS: dict[str, Callable[[Pieces], Pieces]] = {
    "gzip": _gunzip,
    "x-gzip": _gunzip,
    "deflate": _inflate,
    "br": _unbrotli,
    "zstd": _unzstd,
}
