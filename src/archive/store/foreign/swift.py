"""Records that are plainly in order, checked whole in memory: nearly all of nearly every file.

A record passes here only if it is as the standard has it in every respect: one gzip member for
one record (or in a plain file the next record right behind it), CR LF line ends, each field that
matters once and in its usual spelling, two line ends after the block, every stated digest right.
Whatever else it is, `archive.store.foreign.records` reads it again and decides; so nothing here
may be more lenient than that.

Not for: saying what is wrong.
"""

import contextlib
import functools
import hashlib
import zlib
from collections.abc import Callable
from typing import Any

from archive.core.digest import ALGORITHMS, parse_digest
from archive.errors import InputError
from archive.store.foreign.dialects import LOOK
from archive.store.foreign.reports import Report
from archive.store.foreign.revisits import note_payload, note_revisit
from archive.store.framing import BEGINNINGS
from archive.store.gzip_members import Source


def _begin_with_zlib() -> Any:
    return zlib.decompressobj(31)


_begin: Callable[[], Any] = _begin_with_zlib
_ERRORS: tuple[type[Exception], ...] = (zlib.error,)
with contextlib.suppress(ImportError):
    from isal import igzip_lib

    _begin = functools.partial(igzip_lib.IgzipDecompressor, igzip_lib.DECOMP_GZIP)
    # isal's types call its exception class an instance.
    _ERRORS = (zlib.error, igzip_lib.error)  # type: ignore[assignment]

_BLOCK = 2 << 20  # read at once
_MOST = 8 << 20  # of a record, as it is stored and inflated, that is looked at here
_FEED = 4096
_FEEDS = 16384  # at most 17 MB come of it
_LETTERS = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"
# Digits of Base32 as `int` reads them; whatever is no digit becomes what it refuses.
_BASE32 = bytes(
    b"0123456789ABCDEFGHIJKLMNOPQRSTUV"[_LETTERS.find(byte)] if byte in _LETTERS else 33
    for byte in range(256)
)
_SHA1 = 5 + 32
_EMPTY_SHA1 = b"sha1:3I42H3S6NNFQ2MSVX7XZKYAYSCX5QBYJ"
_VERSIONS = frozenset(BEGINNINGS)
# Names of fields that matter here, as they are usually spelled.
_USUAL = {
    name.encode(): name.lower()
    for name in (
        "WARC-Type Content-Length Content-Type WARC-Block-Digest WARC-Payload-Digest"
        " WARC-Record-ID WARC-Target-URI WARC-Date WARC-Refers-To WARC-Refers-To-Target-URI"
        " WARC-Refers-To-Date WARC-Truncated WARC-Segment-Number"
    ).split()
}
_MATTERS = frozenset(name.lower() for name in _USUAL)
_HARMLESS: set[bytes] = set(_USUAL)  # others that do not matter join as they are met
_MOST_NAMES = 1000
_HTTP = (b"application/http", b"message/http")
_FRAMED = "a payload digest is of the body with its chunk framing"


class Swift:
    """Goes through a file from a place on, as long as records are plainly in order."""

    def __init__(self, stream: Source, end: int, report: Report, *, digests: bool) -> None:
        self._stream = stream
        self._end = end
        self._report = report
        self._digests = digests

    def run_gzip(self, place: int, stop: int) -> int:
        """Return the offset of the first member that is not in order, or is at ``stop`` or on."""
        data, start, at = b"", place, 0
        while start + at < stop:
            if len(data) - at < _FEED and start + len(data) < self._end:
                data, start, at = self._read(start + at, _BLOCK), start + at, 0
            engine = _begin()
            try:
                first = data[at : at + _FEED]
                record = engine.decompress(first)  # at most 4 MB, as deflate is
                if engine.eof:
                    used = len(first) - len(engine.unused_data)
                else:
                    record, used = _inflate_on(engine, record, data, at)
            except _ERRORS:
                break
            if used < 0:
                size = len(data) - at
                if start + len(data) >= self._end or size >= _MOST:
                    break
                data, start, at = self._read(start + at, max(_BLOCK, 2 * size)), start + at, 0
                continue
            if data[at + 3] & 0xE0 or self._judge(record, 0, start + at, is_whole=True) == 0:
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

    def _judge(self, data: bytes, at: int, place: int, *, is_whole: bool) -> int:
        """Return the length of the record at ``at``, or 0 if it is not plainly in order."""
        head = data.find(b"\r\n\r\n", at, at + LOOK)
        fields = parse_head(data[at:head]) if head > 0 else None
        if fields is None:
            return 0
        length = fields.get(b"Content-Length", b"")
        kind = fields.get(b"WARC-Type")
        if not length.isdigit() or len(length) > 18 or kind is None:
            return 0
        begin = head + 4
        end = begin + int(length)
        if data[end : end + 4] != b"\r\n\r\n":
            return 0
        if is_whole:
            if end + 4 != len(data):
                return 0
        elif data[end + 4 : end + 9] != b"WARC/" and place - at + end + 4 != self._end:
            return 0
        if self._digests:
            stated = fields.get(b"WARC-Block-Digest")
            if stated is not None and not _find_result(stated, memoryview(data)[begin:end]):
                return 0
            stated = fields.get(b"WARC-Payload-Digest")
            if stated is not None and not self._fits(fields, stated, data, begin, end, place):
                return 0
        self._report.records += 1
        return end + 4 - at

    def _fits(
        self,
        fields: dict[bytes, bytes],
        stated: bytes,
        data: bytes,
        begin: int,
        end: int,
        place: int,
    ) -> bool:
        """Tell whether the payload of the block from ``begin`` to ``end`` is as stated."""
        kind = fields[b"WARC-Type"]
        if kind == b"revisit":
            return self._note_revisit(fields, stated, place)
        body = begin
        is_framed = False
        if fields.get(b"Content-Type", b"").lower().startswith(_HTTP):
            body = data.find(b"\r\n\r\n", begin, end) + 4
            if body < 4:
                return False
            is_framed = data.find(b"chunked", begin, body) > 0 and _is_framed(data[begin:body])
        if body == end and stated == _EMPTY_SHA1:
            return True
        result = _find_result(stated, memoryview(data)[body:end])
        if result and is_framed:
            self._report.add_oddity(_FRAMED, place)
        if result and (kind in (b"response", b"resource")):
            note_payload(
                self._report,
                fields.get(b"WARC-Record-ID"),
                fields.get(b"WARC-Target-URI"),
                fields.get(b"WARC-Date"),
                result,
            )
        return bool(result)

    def _note_revisit(self, fields: dict[bytes, bytes], stated: bytes, place: int) -> bool:
        try:
            refers = bytes.fromhex(parse_digest(stated.decode()).value)
        except (InputError, ValueError):
            return False
        named = {_USUAL[name]: value.decode() for name, value in fields.items() if name in _USUAL}
        note_revisit(self._report, named, refers, place)
        return True


def _is_framed(head: bytes) -> bool:
    return b"\ntransfer-encoding" in head.lower()


def _inflate_on(engine: Any, record: bytes, data: bytes, at: int) -> tuple[bytes, int]:
    """Return what a large member at ``at`` holds and its length; -1 where ``data`` is too short."""
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


def parse_head(head: bytes) -> dict[bytes, bytes] | None:
    """Return the fields of a header in which everything is as usual."""
    lines = head.split(b"\r\n")
    if lines[0] not in _VERSIONS:
        return None
    count = len(lines) - 1
    if head.count(b"\n") != count or head.count(b"\r") != count:
        return None
    del lines[0]
    fields: dict[bytes, bytes] = {}
    for line in lines:
        name, colon, value = line.partition(b": ")
        if not colon:
            return None
        fields[name] = value
    if not (fields.keys() <= _HARMLESS or _are_harmless(fields)):
        return None
    if len(fields) != count and _repeats_what_matters(lines):
        return None
    return fields if head.isascii() or _is_utf8(head) else None


def _repeats_what_matters(lines: list[bytes]) -> bool:
    """Tell whether one of the fields that matter is there twice, as WARC-Protocol may be."""
    names = [line.partition(b":")[0] for line in lines]
    return any(names.count(name) > 1 for name in _USUAL)


def _are_harmless(fields: dict[bytes, bytes]) -> bool:
    """Tell whether the fields that are not known here are fields, and do not matter."""
    for name in fields.keys() - _HARMLESS:
        is_plain = name.isascii() and name.replace(b"-", b"").replace(b"_", b"").isalnum()
        if not is_plain or name.lower() in _MATTERS:
            return False
        if len(_HARMLESS) < _MOST_NAMES:
            _HARMLESS.add(name)
    return True


def _is_utf8(head: bytes) -> bool:
    try:
        head.decode()
    except UnicodeDecodeError:
        return False
    return True


def _find_result(stated: bytes, data: memoryview) -> bytes | None:
    """Return the digest of ``data`` if it is what ``stated`` says."""
    if len(stated) == _SHA1 and stated.startswith(b"sha1:"):
        result = hashlib.sha1(data).digest()  # noqa: S324  # that of others' records
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
    result = hashlib.new(digest.algorithm, data, usedforsecurity=False).digest()
    return result if result.hex() == digest.value else None
