"""Reading HTTP/1 messages as they lie in WARC blocks: leniently, and never changing them.

Follows RFC 9112, but reads what servers really send (bare LF, folded lines, lines without
a colon), since a stored block must stay readable.  Where a message ends on the wire is
decided in `archive.capture`, not here.  Not for: sending, or judging, messages.
"""

import re
import zlib
from dataclasses import dataclass

# A field's value as it may be sent (RFC 9110 §5.5): one line, visible at both ends.
FIELD_VALUE = re.compile(r"[\x21-\x7e\x80-\xff](?:[\t\x20-\x7e\x80-\xff]*[\x21-\x7e\x80-\xff])?")
_HEAD_END = re.compile(rb"\r?\n\r?\n")
_STATUS = re.compile(rb"HTTP/\d(?:\.\d+)?[ \t]+(\d{3})\b[ \t]*([^\r\n]*)", re.IGNORECASE)
# Whatever number of digits, and extensions with a bare CR, as h11 takes them on the wire.
_CHUNK_SIZE = re.compile(rb"[ \t]*([0-9A-Fa-f]+)[^\n]*\n")
_MEMBERS = 10_000  # of one gzip stream; as many as are counted when an answer comes
_CODINGS = 5  # one on another
_PIECE = 1 << 16  # each gzip member costs a copy of what follows it in its piece


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """Status and header fields of a response, in order; values decoded as UTF-8 or Latin-1.

    ``status`` is None where the first line is no status line; ``length`` counts the bytes
    up to and including the empty line.
    """

    status: int | None
    reason: str
    fields: tuple[tuple[str, str], ...]
    length: int

    def find(self, name: str) -> str | None:
        """Return the first value of the field ``name`` (lower case), or None."""
        return next((value for field, value in self.fields if field.lower() == name), None)

    def join(self, name: str) -> str:
        """Return all values of the field ``name`` (lower case) joined by commas."""
        return ",".join(value for field, value in self.fields if field.lower() == name)


def parse_head(block: bytes) -> Head:
    """Read the head at the start of ``block``; what cannot be read is left out."""
    match = _HEAD_END.search(block)
    end = match.end() if match else len(block)
    lines = block[: match.start() if match else end].replace(b"\r\n", b"\n").split(b"\n")
    status = _STATUS.match(lines[0])
    fields: list[tuple[str, str]] = []
    for line in lines[1:] if status else lines:
        if line.startswith((b" ", b"\t")) and fields:
            name, value = fields[-1]
            fields[-1] = (name, f"{value} {_decode(line.strip())}".strip())
            continue
        raw_name, colon, raw_value = line.partition(b":")
        if colon and (raw_name := raw_name.strip()):
            fields.append((_decode(raw_name), _decode(raw_value.strip())))
    return Head(
        status=int(status.group(1)) if status else None,
        reason=_decode(status.group(2).strip()) if status else "",
        fields=tuple(fields),
        length=end,
    )


def is_transfer_encoded(head: Head) -> bool:
    """Tell whether the body lies framed in the block (any ``Transfer-Encoding``)."""
    return head.find("transfer-encoding") is not None


def decode_transfer(body: bytes) -> bytes:
    """Take the chunk framing off ``body``, as far as it is readable (RFC 9112 §7.1)."""
    parts: list[bytes] = []
    place = 0
    while match := _CHUNK_SIZE.match(body, place):
        size = int(match.group(1), 16)
        if size == 0:
            break
        size = min(size, len(body) - match.end())
        parts.append(body[match.end() : match.end() + size])
        place = match.end() + size
        place += 2 if body[place : place + 2] == b"\r\n" else int(body[place : place + 1] == b"\n")
    return b"".join(parts)


def decode_body(head: Head, body: bytes, limit: int) -> bytes | None:
    """Return the content of ``body`` (what follows ``head``), at most ``limit`` bytes.

    None is returned where `decode_content` does.
    """
    payload = decode_transfer(body) if is_transfer_encoded(head) else body
    return decode_content(payload, head.join("content-encoding"), limit)


def decode_content(payload: bytes, encoding: str, limit: int) -> bytes | None:
    """Undo the content encodings of ``payload``, giving at most ``limit`` bytes.

    ``encoding`` is the value of ``Content-Encoding``.  Returns None where an encoding is
    unknown, nothing can be decoded, or there are more codings or gzip members than are
    undone; a stream that breaks off gives what came before.
    """
    names = [part.strip().lower() for part in encoding.split(",")]
    names = [name for name in names if name not in ("", "identity")]
    if len(names) > _CODINGS:
        return None
    data: bytes | None = payload
    for name in reversed(names):
        if not data:
            continue
        if name in ("gzip", "x-gzip"):
            data = _inflate(data, limit, 31)
        elif name == "deflate":
            wrapped = _inflate(data, limit, 15)
            data = wrapped if wrapped is not None else _inflate(data, limit, -15)
        else:
            return None
        if data is None:
            return None
    return data[:limit] if data is not None else None


def _inflate(data: bytes, limit: int, wbits: int) -> bytes | None:
    parts: list[bytes] = []
    view = memoryview(data)
    size = place = members = begun = 0
    engine = None
    while place < len(data) and size < limit:
        if engine is None:
            if members == _MEMBERS:
                # What follows the last member is passed over, unless it is one more.
                return None if data.startswith(b"\x1f\x8b", place) else b"".join(parts)
            engine = zlib.decompressobj(wbits)
            members += 1
            begun = len(parts)
        piece = view[place : place + _PIECE]
        try:
            part = engine.decompress(piece, limit - size)
        except zlib.error:
            if members == 1:
                return _inflate_prefix(data, limit, wbits)
            return b"".join(parts[:begun])
        parts.append(part)
        size += len(part)
        place += len(piece)
        if engine.eof:
            if wbits != 31:
                break
            place -= len(engine.unused_data)
            engine = None
    return b"".join(parts)


def _inflate_prefix(data: bytes, limit: int, wbits: int) -> bytes | None:
    """Give what a damaged stream yields before the damage, or None if that is nothing."""
    engine = zlib.decompressobj(wbits)
    out = bytearray()
    for start in range(0, len(data), 1024):
        try:
            out += engine.decompress(data[start : start + 1024], limit - len(out))
        except zlib.error:
            break
        if len(out) >= limit:
            break
    return bytes(out) or None


def _decode(raw: bytes) -> str:
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        return raw.decode("latin-1")
