"""Records that are plainly in order, checked whole in memory: nearly all of nearly every file.

A record passes here only if it is as the standard has it in every respect: one gzip member for
one record (or in a plain file the next record right behind it), CR LF line ends, each field that
matters once and in its usual spelling, two line ends after the block, every stated digest right.
Whatever else it is, `archive.store.foreign.records` reads it again and decides; so nothing here
may be more lenient than that.

Not for: saying what is wrong.
"""

import contextlib
import hashlib
import zlib
from types import ModuleType
from typing import Any

from archive.core.digest import ALGORITHMS, parse_digest
from archive.errors import InputError
from archive.store.foreign.dialects import LOOK
from archive.store.foreign.reports import Report
from archive.store.foreign.revisits import note_payload, note_revisit
from archive.store.framing import VERSIONS
from archive.store.gzip_members import MAGIC, Source

_engine: ModuleType = zlib
with contextlib.suppress(ImportError):
    from isal import isal_zlib

    _engine = isal_zlib
_ERRORS: tuple[type[Exception], ...] = (zlib.error, _engine.error)

_BLOCK = 2 << 20  # read at once
_MOST = 8 << 20  # of a record, as it is stored and inflated, that is looked at here
_FEED = 4096
_FEEDS = 65536
_LETTERS = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"
# Digits of Base32 as `int` reads them; whatever is no digit becomes what it refuses.
_BASE32 = bytes(
    b"0123456789ABCDEFGHIJKLMNOPQRSTUV"[_LETTERS.find(byte)] if byte in _LETTERS else 33
    for byte in range(256)
)
_SHA1 = 5 + 32
_MATTERS = frozenset(
    "warc-type content-length content-type warc-block-digest warc-payload-digest warc-record-id"
    " warc-target-uri warc-date warc-refers-to warc-refers-to-target-uri"
    " warc-refers-to-date".split()
)
# Names of fields as they are usually spelled; others that do not matter join as they are met.
_USUAL = {
    name: name.lower()
    for name in (
        "WARC-Type Content-Length Content-Type WARC-Block-Digest WARC-Payload-Digest"
        " WARC-Record-ID WARC-Target-URI WARC-Date WARC-Refers-To WARC-Refers-To-Target-URI"
        " WARC-Refers-To-Date"
    ).split()
}
_HARMLESS: set[str] = set(_USUAL)
_MOST_NAMES = 1000
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
            engine = _engine.decompressobj(31)
            try:
                record, used = _inflate(engine, data, at)
            except _ERRORS:
                break
            if used < 0:
                size = len(data) - at
                if start + len(data) >= self._end or size >= _MOST:
                    break
                data, start, at = self._read(start + at, max(_BLOCK, 2 * size)), start + at, 0
                continue
            if data[at + 3] & 0xE0 or not self._judge(record, 0, start + at, is_whole=True):
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
        if head < 0:
            return 0
        try:
            text = data[at:head].decode()
        except UnicodeDecodeError:
            return 0
        fields = _parse(text)
        if fields is None:
            return 0
        try:
            length = fields["Content-Length"]
            if not length.isdecimal() or not length.isascii() or len(length) > 18:
                return 0
            kind = fields["WARC-Type"]
        except KeyError:
            return 0
        begin = head + 4
        end = begin + int(length)
        if data[end : end + 4] != b"\r\n\r\n":
            return 0
        if is_whole:
            if len(data) != end + 4:
                return 0
        elif data[end + 4 : end + 9] != b"WARC/" and place - at + end + 4 != self._end:
            return 0
        if self._digests and not self._fit(fields, kind, data, begin, end, place):
            return 0
        self._report.records += 1
        return end + 4 - at

    def _fit(
        self, fields: dict[str, str], kind: str, data: bytes, begin: int, end: int, place: int
    ) -> bool:
        """Tell whether every stated digest is known, and right."""
        stated = fields.get("WARC-Block-Digest")
        view = memoryview(data)
        if stated is not None and _find_result(stated, view[begin:end]) is None:
            return False
        stated = fields.get("WARC-Payload-Digest")
        if stated is None:
            return True
        if kind == "revisit":
            try:
                refers = bytes.fromhex(parse_digest(stated).value)
            except (InputError, ValueError):
                return False
            note_revisit(self._report, _lower(fields), refers, place)
            return True
        body = begin
        is_framed = False
        if fields.get("Content-Type", "").lower().startswith(("application/http", "message/http")):
            body = data.find(b"\r\n\r\n", begin, end) + 4
            if body < 4:
                return False
            is_framed = b"\ntransfer-encoding" in data[begin:body].lower()
        result = _find_result(stated, view[body:end])
        if result is None:
            return False
        if is_framed:
            self._report.add_oddity(_FRAMED, place)
        if kind in ("response", "resource"):
            note_payload(self._report, _lower(fields), result)
        return True


def _inflate(engine: Any, data: bytes, at: int) -> tuple[bytes, int]:
    """Return what the member at ``at`` holds and its length; -1 where ``data`` ends before it."""
    if data[at : at + 3] != MAGIC:
        raise zlib.error("no member")
    record = engine.decompress(data[at : at + _FEED], _MOST)
    place = at + _FEED
    if engine.eof:
        return record, min(place, len(data)) - len(engine.unused_data) - at
    parts = [record]
    size = len(record)
    while not engine.eof:
        if engine.unconsumed_tail or size >= _MOST:
            raise zlib.error("more than is looked at here")
        if place >= len(data):
            return b"", -1
        part = engine.decompress(data[place : place + _FEEDS], _MOST - size + 1)
        place += _FEEDS
        size += len(part)
        parts.append(part)
    return b"".join(parts), min(place, len(data)) - len(engine.unused_data) - at


def _parse(text: str) -> dict[str, str] | None:
    """Return the fields of a header in which everything is as usual."""
    lines = text.split("\r\n")
    if lines[0] not in VERSIONS or text.count("\n") != len(lines) - 1:
        return None
    del lines[0]
    fields: dict[str, str] = {}
    for line in lines:
        name, _, value = line.partition(": ")
        fields[name] = value
    if not fields.keys() <= _HARMLESS and not _are_harmless(fields):
        return None
    if len(fields) != len(lines):  # WARC-Protocol and others may be there several times
        names = [line.partition(":")[0] for line in lines]
        if any(names.count(name) > 1 for name in fields if name.lower() in _MATTERS):
            return None
    return fields


def _are_harmless(fields: dict[str, str]) -> bool:
    for name in fields.keys() - _HARMLESS:
        if not name or name.strip() != name or ":" in name or name.lower() in _MATTERS:
            return False
        if "\r" in name or not name.isascii():
            return False
        if not fields[name]:
            return False  # perhaps no field at all
        if len(_HARMLESS) < _MOST_NAMES:
            _HARMLESS.add(name)
    return True


def _lower(fields: dict[str, str]) -> dict[str, str]:
    return {_USUAL[name]: value for name, value in fields.items() if name in _USUAL}


def _find_result(stated: str, data: memoryview) -> bytes | None:
    """Return the digest of ``data`` if it is what ``stated`` says."""
    if len(stated) == _SHA1 and stated.startswith("sha1:"):
        result = hashlib.sha1(data, usedforsecurity=False).digest()
        try:
            number = int(stated[5:].encode().translate(_BASE32), 32)
        except ValueError:
            return None
        return result if number == int.from_bytes(result, "big") else None
    try:
        digest = parse_digest(stated)
    except InputError:
        return None
    if digest.algorithm not in ALGORITHMS:
        return None
    result = hashlib.new(digest.algorithm, data, usedforsecurity=False).digest()
    return result if result.hex() == digest.value else None
