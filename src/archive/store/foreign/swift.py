"""Records that are plainly in order, checked whole in memory: nearly all of nearly every file.

A record passes here only if it is as the standard has it in every respect: one gzip member for
one record (or in a plain file the next record right behind it), CR LF line ends, each field that
matters once and in its usual spelling, two line ends after the block, every stated digest right.
Whatever else it is, `archive.store.foreign.records` reads it again and decides; so nothing here
may be more lenient than that.

Where libdeflate is at hand, it inflates a member in one step.  It must be told where the member
ends: that is guessed, and shown afterwards (`_inflate_whole`).  Without it, or where the guess
was wrong, isal or zlib find the end as they go; what passes is the same.

Not for: saying what is wrong.
"""

import contextlib
import functools
import zlib
from collections.abc import Callable
from hashlib import new as new_hasher
from hashlib import sha1
from types import ModuleType
from typing import Any

from archive.core.digest import ALGORITHMS, parse_digest
from archive.core.http import parse_head as parse_http_head
from archive.errors import InputError
from archive.store.foreign.reports import Report
from archive.store.foreign.revisits import note_payload, note_revisit
from archive.store.foreign.shapes import MOST_HTTP, USUAL, Shapes, Values, parse_head
from archive.store.gzip_members import MAGIC, Source


def _begin_with_zlib() -> Any:
    return zlib.decompressobj(31)


_begin: Callable[[], Any] = _begin_with_zlib
_ERRORS: tuple[type[Exception], ...] = (zlib.error,)
with contextlib.suppress(ImportError):
    from isal import igzip_lib

    _begin = functools.partial(igzip_lib.IgzipDecompressor, igzip_lib.DECOMP_GZIP)
    # isal's types call its exception class an instance.
    _ERRORS = (zlib.error, igzip_lib.error)  # type: ignore[assignment]

_whole: ModuleType | None = None
with contextlib.suppress(ImportError):
    import deflate

    _whole = deflate

_BLOCK = 512 << 10  # read at once: what the caches hold
_MOST = 8 << 20  # of a record, as it is stored and inflated, that is looked at here
_FEED = 4096
_FEEDS = 16384  # at most 17 MB come of it
_HEADER = 10  # bytes that begin every member
_LETTERS = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"
# Digits of Base32 as `int` reads them; whatever is no digit becomes what it refuses.
_BASE32 = bytes(
    b"0123456789ABCDEFGHIJKLMNOPQRSTUV"[_LETTERS.find(byte)] if byte in _LETTERS else 33
    for byte in range(256)
)
_SHA1 = 5 + 32
_EMPTY_SHA1 = b"sha1:3I42H3S6NNFQ2MSVX7XZKYAYSCX5QBYJ"
_CODED = b"transfer-encoding"
_CHUNKED = b"\r\ntransfer-encoding: chunked\r\n"
_FRAMED = "a payload digest is of the body with its chunk framing"


class Swift:
    """Goes through a file from a place on, as long as records are plainly in order."""

    def __init__(self, stream: Source, end: int, report: Report, *, digests: bool) -> None:
        self._stream = stream
        self._end = end
        self._report = report
        self._digests = digests
        self._shapes = Shapes()
        self._beginning = b""  # that of every member so far

    def run_gzip(self, place: int, stop: int) -> int:
        """Return the offset of the first member that is not in order, or is at ``stop`` or on."""
        data, start, at = b"", place, 0
        view = memoryview(data)
        record: bytes | bytearray | None
        while start + at < stop:
            is_last = start + len(data) >= self._end
            after = data.find(self._beginning, at + _HEADER) if self._beginning else 0
            if after < 0 and is_last:
                after = len(data)
            if after < 0 and at:
                record, used = None, -1
            else:
                record = _inflate_whole(data, view, at, after) if after > 0 else None
                used = after - at
                if record is None:
                    record, used = self._inflate_on(data, at)
            if used < 0:
                if is_last or (at == 0 and len(data) >= _MOST):
                    break
                size = _BLOCK if at or not data else 2 * len(data)
                data, start, at = self._read(start + at, size), start + at, 0
                view = memoryview(data)
                continue
            if record is None or not used or data[at + 3] & 0xE0:
                break
            if not self._judge(record, 0, start + at, is_whole=True):
                break
            at += used
        return start + at

    def run_plain(self, place: int, stop: int) -> int:
        """Return the offset of the first record that is not in order, or is at ``stop`` or on."""
        data, start, at = b"", place, 0
        size = _BLOCK
        while start + at < stop:
            length = self._judge(data, at, start + at, is_whole=False)
            if length:
                at += length
                size = _BLOCK
                continue
            if start + len(data) >= self._end or (at == 0 and len(data) >= _MOST):
                break
            if at == 0 and data:
                size *= 2
            data, start, at = self._read(start + at, size), start + at, 0
        return start + at

    def _read(self, place: int, size: int) -> bytes:
        self._stream.seek(place)
        return self._stream.read(min(size, self._end - place))

    def _inflate_on(self, data: bytes, at: int) -> tuple[bytes, int]:
        """Return what the member at ``at`` holds, and its length.

        The length is 0 where it is not plain, and -1 where more of the file is needed to tell.
        """
        try:
            record, used = _inflate_stepwise(data, at)
        except _ERRORS:
            return b"", 0
        following = data[at + used : at + used + _HEADER]
        if used > 0 and _whole is not None:
            if not self._beginning:
                self._beginning = data[at : at + _HEADER]
            if len(following) == _HEADER and not following.startswith(self._beginning):
                self._beginning = MAGIC
        return record, used

    def _judge(self, data: bytes | bytearray, at: int, place: int, *, is_whole: bool) -> int:
        """Return the length of the record at ``at``, or 0 if it is not plainly in order."""
        found = self._shapes.read_head(data, at)
        if found is None:
            return 0
        begin = found[0]
        length = found[3][0]
        if length is None or not length.isdigit() or len(length) > 18:
            return 0
        end = begin + int(length)
        if data[end : end + 4] != b"\r\n\r\n":
            return 0
        if is_whole:
            if end + 4 != len(data):
                return 0
        elif data[end + 4 : end + 9] != b"WARC/" and place - at + end + 4 != self._end:
            return 0
        if self._digests and not self._fits(found, data, at, end, place):
            return 0
        self._report.records += 1
        return end + 4 - at

    def _fits(
        self,
        found: tuple[int, int, bytes, Values],
        data: bytes | bytearray,
        at: int,
        end: int,
        place: int,
    ) -> bool:
        """Tell whether a block that ends at ``end``, and its payload, are as stated."""
        begin, body, kind, values = found
        view = memoryview(data)
        stated = values[1]
        if stated is not None and not _find_result(stated, view[begin:end]):
            return False
        stated = values[2]
        if stated is None:
            return True
        if kind == b"revisit":
            return self._note_revisit(data[at : begin - 4], stated, place)
        is_framed = False
        if not body or body > end:
            body, is_framed = _find_body(data, begin, end)
            if not body:
                return False
        if body == end and stated == _EMPTY_SHA1 and kind == b"request" and not is_framed:
            return True
        result = _find_result(stated, view[body:end])
        if result is None:
            return False
        if is_framed:
            self._report.add_oddity(_FRAMED, place)
        if len(values) > 3:
            note_payload(self._report, values[3], values[4], values[5], result)
        return True

    def _note_revisit(self, head: bytes | bytearray, stated: bytes, place: int) -> bool:
        fields = parse_head(bytes(head))
        if fields is None:
            return False
        try:
            result = bytes.fromhex(parse_digest(stated.decode()).value)
        except (InputError, ValueError):
            return False
        named = {
            USUAL[name]: value.decode().strip() for name, value in fields.items() if name in USUAL
        }
        note_revisit(self._report, named, result, place)
        return True


def _find_body(data: bytes | bytearray, begin: int, end: int) -> tuple[int, bool]:
    """Return where an HTTP message's body begins, or 0, and whether it is framed."""
    line = data.find(b"\n\r\n", begin, min(end, begin + MOST_HTTP))
    if line < 0 or data.find(b"\n\n", begin, line + 1) >= 0:
        return 0, False
    head = bytes(data[begin : line + 3].lower())
    is_framed = _CODED in head and (_CHUNKED in head or _is_framed(head))
    return line + 3, is_framed


def _is_framed(head: bytes) -> bool:
    return bool(parse_http_head(head).join(_CODED.decode()))


def _inflate_whole(data: bytes, view: memoryview, at: int, after: int) -> bytearray | None:
    """Return what the member from ``at`` to ``after`` holds, if that is one member and no more.

    libdeflate checks the header, and the trailer where the compressed data ends, and takes no
    notice of what follows.  If that is anything, then the size in its trailer stands somewhere
    before the end as well as at the end.
    """
    if _whole is None:
        return None
    trailer = data[after - 4 : after]
    size = int.from_bytes(trailer, "little")
    if not 0 < size <= _MOST:
        return None
    try:
        record: bytearray = _whole.gzip_decompress(view[at:after], size)
    except _whole.DeflateError:
        return None
    if len(record) != size or data.rfind(trailer, at, after - 1) >= 0:
        return None
    return record


def _inflate_stepwise(data: bytes, at: int) -> tuple[bytes, int]:
    """Return what the member at ``at`` holds and its length; -1 where ``data`` is too short."""
    engine = _begin()
    first = data[at : at + _FEED]
    record = engine.decompress(first)  # at most 4 MB, as deflate is
    if engine.eof:
        return record, len(first) - len(engine.unused_data)
    parts = [record]
    size = len(record)
    place = at + _FEED
    while not engine.eof:
        if size >= _MOST:
            raise zlib.error("more than is looked at here")
        if place >= len(data):
            return b"", -1
        part = engine.decompress(data[place : place + _FEEDS])
        place += _FEEDS
        size += len(part)
        parts.append(part)
    return b"".join(parts), min(place, len(data)) - len(engine.unused_data) - at


def _find_result(stated: bytes, data: memoryview) -> bytes | None:
    """Return the digest of ``data`` if it is what ``stated`` says."""
    if len(stated) == _SHA1 and stated.startswith(b"sha1:"):
        result = sha1(data).digest()  # noqa: S324  # that of others' records
        try:
            number = int(stated[5:].translate(_BASE32), 32)
        except ValueError:
            return None
        return result if number == int.from_bytes(result, "big") else None
    try:
        digest = parse_digest(stated.decode())
    except (InputError, UnicodeDecodeError):
        return None
    if digest.algorithm not in ALGORITHMS:
        return None
    result = new_hasher(digest.algorithm, data, usedforsecurity=False).digest()
    return result if result.hex() == digest.value else None
