"""Damaging WARC and ARC files on purpose, each in one way that is really damage.

A record's bytes are altered inside its gzip member, which is then made anew, so that only what
the file says of its contents can tell.  Not for: judging the result.
"""

import gzip
import re
import zlib
from collections.abc import Callable
from dataclasses import dataclass

JUNK = b"these bytes are no record\n" * 3
_DIGEST = re.compile(rb"\r?\nWARC-(?:Block|Payload)-Digest: *\w+:", re.IGNORECASE)
_WARC_LENGTH = re.compile(rb"(\nContent-Length: *)(\d+)", re.IGNORECASE)
_ARC_LENGTH = re.compile(rb"^([^\n]* )(\d+)(?=\s*\n)")
_BEGINNING = re.compile(rb"(?:\A|(?<=\n))(?:WARC/\d\.\d+\r?\n|[a-z]+:[^\n]* \d{14} [^\n]*\d\n)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Whole:
    """A file taken apart into records as they are inflated; put together by `join`."""

    parts: tuple[bytes, ...]
    is_gzip: bool

    def join(self) -> bytes:
        """Return the file."""
        if not self.is_gzip:
            return b"".join(self.parts)
        return b"".join(gzip.compress(part, mtime=0) for part in self.parts)

    def replace(self, index: int, part: bytes) -> bytes:
        """Return the file with another record in place of one."""
        parts = (*self.parts[:index], part, *self.parts[index + 1 :])
        return Whole(parts=parts, is_gzip=self.is_gzip).join()


def take_apart(data: bytes) -> Whole:
    """Return the records of a sound file."""
    if data[:2] != b"\x1f\x8b":
        starts = _list_starts(data)
        ends = [*starts[1:], len(data)]
        parts = [data[start:end] for start, end in zip(starts, ends, strict=True)]
        return Whole(parts=tuple(parts), is_gzip=False)
    parts = []
    place = 0
    while place < len(data):
        engine = zlib.decompressobj(31)
        parts.append(engine.decompress(data[place:]))
        place = len(data) - len(engine.unused_data)
    return Whole(parts=tuple(parts), is_gzip=True)


def _list_starts(data: bytes) -> list[int]:
    """Return where the records of a plain file begin, by their lengths."""
    starts = []
    place = 0
    while match := _BEGINNING.search(data, place):
        starts.append(match.start())
        part = data[match.start() :]
        place = match.start() + _find_block(part) + _read_length(part)
    return starts


def _find_block(part: bytes) -> int:
    if not part.startswith(b"WARC/"):
        return part.index(b"\n") + 1
    match = re.search(rb"\r?\n\r?\n", part)
    return match.end() if match else len(part)


def _read_length(part: bytes) -> int:
    pattern = _WARC_LENGTH if part.startswith(b"WARC/") else _ARC_LENGTH
    match = pattern.search(part)
    return int(match[2]) if match else 0


def _find_digested(whole: Whole) -> int | None:
    """Return which record has a digest that covers its last bytes; no revisit, and not empty."""
    for index, part in enumerate(whole.parts):
        head = part[: _find_block(part)]
        kind = re.search(rb"\nWARC-Type: *(\w+)", head, re.IGNORECASE)
        wanted = _DIGEST.search(head)
        if wanted and _read_length(part) and kind and kind[1] not in (b"revisit", b"request"):
            return index
    return None


def flip_payload(whole: Whole) -> bytes | None:
    """Flip a bit in the middle of a body with a digest."""
    index = _find_digested(whole)
    if index is None:
        return None
    part = bytearray(whole.parts[index])
    block = _find_block(whole.parts[index])
    end = block + _read_length(whole.parts[index])
    body = max(whole.parts[index].find(b"\r\n\r\n", block, end), block)
    part[(body + end) // 2] ^= 4
    return whole.replace(index, bytes(part))


def alter_digest(whole: Whole) -> bytes | None:
    """Alter a letter of a digest to another letter that may stand there."""
    index = _find_digested(whole)
    if index is None:
        return None
    part = whole.parts[index]
    match = _DIGEST.search(part)
    place = match.end() if match else 0
    letter = b"B" if part[place : place + 1].upper() != b"B" else b"C"
    return whole.replace(index, part[:place] + letter + part[place + 1 :])


def lengthen(whole: Whole) -> bytes:
    """Say that the block of the second record, or the only one, is 7 bytes longer."""
    index = min(1, len(whole.parts) - 1)
    part = whole.parts[index]
    pattern = _WARC_LENGTH if part.startswith(b"WARC/") else _ARC_LENGTH
    longer = pattern.sub(lambda match: match[1] + b"%d" % (int(match[2]) + 7), part, count=1)
    assert longer != part
    return whole.replace(index, longer)


def cut_last(whole: Whole) -> bytes:
    """Cut the file inside its last record."""
    data = whole.join()
    last = whole.parts[-1]
    size = len(gzip.compress(last, mtime=0)) if whole.is_gzip else len(last)
    return data[: len(data) - size // 2]


def flip_stream(whole: Whole) -> bytes | None:
    """Flip a bit in the middle of the compressed bytes of the largest member."""
    if not whole.is_gzip:
        return None
    members = [gzip.compress(part, mtime=0) for part in whole.parts]
    index = max(range(len(members)), key=lambda number: len(members[number]))
    broken = bytearray(members[index])
    broken[len(broken) // 2] ^= 16
    members[index] = bytes(broken)
    return b"".join(members)


MUTANTS: dict[str, Callable[[Whole], bytes | None]] = {
    "a bit of a payload flipped": flip_payload,
    "a digest altered": alter_digest,
    "cut inside the last record": cut_last,
    "a length 7 too long": lengthen,
    "bytes after the end": lambda whole: whole.join() + JUNK,
    "a bit of the gzip stream flipped": flip_stream,
}
