"""Gzip members: making them, and reading one after the other, strictly and with flat memory.

Follows RFC 1952 and RFC 1951; one member holds one WARC record (WARC/1.1 Annex D).  isal is
an accelerator: without it zlib does the same, and the inflated bytes are the same.

Rules:

1. The time in a header is 0, so that equal records make equal members.
2. A block that is compressed already is stored, not deflated again: a third of the cost, and
   no larger.
3. Reading checks the header's reserved bits, the CRC, the size and the end mark.

Not for: what stands inside (`archive.store.scan`).
"""

import contextlib
import struct
import zlib
from collections.abc import Iterable, Iterator
from types import ModuleType
from typing import Protocol

from archive.errors import DamageError

_engine: ModuleType = zlib
with contextlib.suppress(ImportError):
    from isal import isal_zlib

    _engine = isal_zlib
# zlib 9 costs 40 % more than 6 for half a percent of size; isal 2 a sixth, for 13 % more size.
_LEVEL = 6 if _engine is zlib else 2
_ERRORS: tuple[type[Exception], ...] = (zlib.error, _engine.error)

MAGIC = b"\x1f\x8b\x08"
_HEADER = MAGIC + b"\x00\x00\x00\x00\x00\x00\xff"
_COMMENT_HEADER = MAGIC + b"\x10\x00\x00\x00\x00\x00\xff"
_LAST_EMPTY = b"\x01\x00\x00\xff\xff"
_STORED = 65535  # the most that one stored block holds (RFC 1951 §3.2.4)
_PIECE = 1 << 20
_FEEDS = (4096, 16384, 65536)


class Hasher(Protocol):
    """What digests bytes as they pass, as hashlib's objects do."""

    def update(self, data: bytes, /) -> None:
        """Take in more bytes."""

    def hexdigest(self) -> str:
        """Return the result so far."""


class Source(Protocol):
    """What bytes are read from, as files are."""

    def seek(self, place: int, /) -> int:
        """Go to a place."""

    def read(self, size: int, /) -> bytes:
        """Return up to ``size`` bytes; none at the end."""


class _Deaf:
    """Takes bytes that nobody digests."""

    def update(self, data: bytes, /) -> None:
        """Let them go."""

    def hexdigest(self) -> str:
        """Give nothing."""
        return ""


DEAF: Hasher = _Deaf()


# --- making ---------------------------------------------------------------------------------------


def compress_pieces(pieces: Iterable[bytes], *, stored: bool) -> Iterator[bytes]:
    """Give the bytes of one member over ``pieces``.

    Where ``stored``, only the first piece is deflated and the others are kept as they are.
    """
    yield _HEADER
    engine = _engine.compressobj(_LEVEL, zlib.DEFLATED, -15)
    crc = size = 0
    is_first = True
    for piece in pieces:
        crc = _engine.crc32(piece, crc)
        size += len(piece)
        if is_first or not stored:
            yield engine.compress(piece)
        else:
            yield from _store(piece)
        if is_first and stored:
            yield engine.flush(zlib.Z_SYNC_FLUSH)
        is_first = False
    yield _LAST_EMPTY if stored else engine.flush()
    yield struct.pack("<II", crc, size & 0xFFFFFFFF)


def compress_whole(data: bytes, deflated: int) -> bytes:
    """Return one member over ``data``, of which only the first ``deflated`` bytes are deflated."""
    engine = _engine.compressobj(_LEVEL, zlib.DEFLATED, -15)
    trailer = struct.pack("<II", _engine.crc32(data), len(data) & 0xFFFFFFFF)
    if deflated >= len(data):
        return b"".join((_HEADER, engine.compress(data), engine.flush(), trailer))
    start = engine.compress(data[:deflated]) + engine.flush(zlib.Z_SYNC_FLUSH)
    return b"".join((_HEADER, start, *_store(data[deflated:]), _LAST_EMPTY, trailer))


def _store(piece: bytes) -> Iterator[bytes]:
    for start in range(0, len(piece), _STORED):
        part = piece[start : start + _STORED]
        yield struct.pack("<BHH", 0, len(part), len(part) ^ 0xFFFF)
        yield part


def pad_member(data: bytes, length: int, comment: bytes) -> bytes | None:
    """Return a member of exactly ``length`` bytes that holds ``data``, or None if too short.

    The rest is filled up in the header's comment field; ``data``, less than 64 KiB, is stored
    without compression, so that the bytes do not depend on the zlib in use.
    """
    room = length - len(_COMMENT_HEADER) - 1 - 5 - len(data) - 8
    if room < 0:
        return None
    return b"".join(
        (
            _COMMENT_HEADER,
            comment.ljust(room)[:room],
            b"\x00",
            struct.pack("<BHH", 1, len(data), len(data) ^ 0xFFFF),
            data,
            struct.pack("<II", zlib.crc32(data), len(data)),
        )
    )


# --- reading --------------------------------------------------------------------------------------


class Window:
    """The bytes of a file from ``start`` to ``end``, read in blocks, with a place to go back to.

    ``place`` is the offset in the file of the next byte.
    """

    __slots__ = ("_at", "_buffer", "_buffer_start", "_end", "_stream")

    def __init__(self, stream: Source, start: int, end: int) -> None:
        self._stream = stream
        self._end = end
        self._buffer = b""
        self._buffer_start = start
        self._at = 0

    @property
    def place(self) -> int:
        """The offset in the file of the next byte."""
        return self._buffer_start + self._at

    @property
    def left(self) -> int:
        """How many bytes are left."""
        return self._end - self.place

    def read(self, size: int) -> bytes:
        """Return up to ``size`` bytes; fewer does not mean the end, none does."""
        if self._at >= len(self._buffer):
            self._fill()
        data = self._buffer[self._at : self._at + size]
        self._at += len(data)
        return data

    def read_exactly(self, size: int) -> bytes:
        """Return ``size`` bytes, or fewer at the end of the window."""
        data = self.read(size)
        while len(data) < size:
            more = self.read(size - len(data))
            if not more:
                break
            data += more
        return data

    def move(self, place: int) -> None:
        """Go to the offset ``place`` of the file."""
        if self._buffer_start <= place <= self._buffer_start + len(self._buffer):
            self._at = place - self._buffer_start
        else:
            self._buffer, self._buffer_start, self._at = b"", place, 0

    def _fill(self) -> None:
        self._buffer_start, self._at = self.place, 0
        self._stream.seek(self._buffer_start)
        self._buffer = self._stream.read(max(0, min(_PIECE, self._end - self._buffer_start)))


def inflate_member(window: Window, hasher: Hasher) -> Iterator[bytes]:
    """Give what the member at the window's place holds, in pieces; leave the place at its end.

    ``hasher`` takes in the bytes of the member itself.

    Raises:
        DamageError: the bytes are no whole, sound member.
    """
    _read_header(window, hasher)
    engine = _engine.decompressobj(-15)
    crc = size = 0
    feed = 0
    while not engine.eof:
        data = window.read(_FEEDS[feed])
        feed = min(feed + 1, len(_FEEDS) - 1)
        if not data:
            raise DamageError("the file ends inside a gzip member")
        pending = data
        while pending and not engine.eof:
            try:
                piece = engine.decompress(pending, _PIECE)
            except _ERRORS as error:
                raise DamageError(f"the compressed data is broken ({error})") from error
            pending = engine.unconsumed_tail
            if piece:
                crc = _engine.crc32(piece, crc)
                size += len(piece)
                yield piece
        if engine.eof:
            unused = len(engine.unused_data)
            window.move(window.place - unused)
            data = data[: len(data) - unused]
        hasher.update(data)
    trailer = window.read_exactly(8)
    hasher.update(trailer)
    if len(trailer) < 8:
        raise DamageError("the file ends inside a gzip member")
    if trailer != struct.pack("<II", crc, size & 0xFFFFFFFF):
        raise DamageError("the gzip member's CRC or size does not fit what it holds")


def _read_header(window: Window, hasher: Hasher) -> None:
    header = window.read_exactly(10)
    hasher.update(header)
    if len(header) < 10:
        raise DamageError("the file ends inside a gzip member")
    flags = header[3]
    if header[:3] != MAGIC or flags & 0xE0:
        raise DamageError("there is no gzip member here")
    if flags & 0x04:
        size = window.read_exactly(2)
        extra = window.read_exactly(int.from_bytes(size, "little"))
        hasher.update(size + extra)
    if flags & 0x08:
        _skip_text(window, hasher)
    if flags & 0x10:
        _skip_text(window, hasher)
    if flags & 0x02:
        hasher.update(window.read_exactly(2))


def _skip_text(window: Window, hasher: Hasher) -> None:
    while data := window.read(65536):
        end = data.find(b"\x00")
        if end >= 0:
            window.move(window.place - len(data) + end + 1)
            hasher.update(data[: end + 1])
            return
        hasher.update(data)
    raise DamageError("the file ends inside a gzip member")
