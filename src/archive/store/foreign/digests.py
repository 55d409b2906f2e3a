"""What a record's header says of its block and payload, and whether that is so.

The standard says that a payload is the body after transfer decoding; the tools in use digest the
body with its chunk framing, some the decoded content, and a few the whole block.  Each of them
is accepted, and said.  An algorithm that is not known here says nothing, and is never a failure.

Not for: our own records, for which there is one right digest (`archive.store.check_records`).
"""

import hashlib
import re
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from archive.core.digest import ALGORITHMS, Digest, parse_digest
from archive.core.http import parse_head
from archive.errors import InputError
from archive.store.foreign.dialects import Head
from archive.store.gzip_members import Hasher

Over = Literal["body", "framed body", "de-chunked body", "decoded body", "block"]
Sink = Callable[[bytes], object]
_HEAD_END = re.compile(rb"\r?\n\r?\n")
_MAX_HTTP_HEAD = 1 << 20
_MAX_DECODED = 256 << 20
_PIECE = 1 << 20
_CODINGS = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """A digest in a header: as it was read, or why it says nothing, or why it is wrong."""

    digest: Digest | None = None
    oddity: str = ""
    problem: str = ""


def read_claim(head: Head, name: str) -> Claim:
    """Return what the field ``name`` (lower case) says."""
    text = head.fields.get(name)
    if not text:
        return Claim()
    label = text.partition(":")[0].strip().lower().replace("-", "")
    if label not in ALGORITHMS:
        return Claim(oddity="a digest of an algorithm that is not known here was not checked")
    try:
        return Claim(digest=parse_digest(text))
    except InputError:
        field = "-".join(part.capitalize() for part in name.split("-")).replace("Warc", "WARC")
        return Claim(problem=f"{field} is no {label} result: {text[:80]!r}")


def make_hasher(digest: Digest) -> Hasher:
    """Return a new hasher of the digest's algorithm; others' records are checked by any."""
    return hashlib.new(digest.algorithm, usedforsecurity=False)


def is_http(head: Head) -> bool:
    """Tell whether the block is an HTTP message, whose body is the payload."""
    kind = head.fields.get("content-type", "").lower()
    return kind.startswith(("application/http", "message/http"))


class Body:
    """Takes in an HTTP message, keeps its head, and hands its body on."""

    __slots__ = ("head", "is_parsed", "sinks")

    def __init__(self, sinks: list[Sink]) -> None:
        self.head = b""
        self.is_parsed = False
        self.sinks = sinks

    def feed(self, piece: bytes) -> None:
        """Take in more of the message."""
        if not self.is_parsed:
            self.head += piece
            match = _HEAD_END.search(self.head)
            if match is None and len(self.head) < _MAX_HTTP_HEAD:
                return
            end = match.end() if match else 0
            self.is_parsed = True
            piece, self.head = self.head[end:], self.head[:end]
        if piece:
            for sink in self.sinks:
                sink(piece)

    def join(self, name: str) -> str:
        """Return the values of a header field, joined by commas."""
        return parse_head(self.head).join(name).lower() if self.is_parsed else ""


class Dechunker:
    """Takes the chunk framing off a body as it passes (RFC 9112 §7.1), as far as it is readable.

    ``is_framed`` says whether the body was chunked to its end.
    """

    __slots__ = ("_held", "_left", "_sink", "_skip", "is_done", "is_framed")

    def __init__(self, sink: Sink) -> None:
        self._sink = sink
        self._held = b""
        self._left = 0
        self._skip = False
        self.is_done = False
        self.is_framed = False

    def feed(self, piece: bytes) -> None:
        """Take in more of the body."""
        data = self._held + piece
        self._held = b""
        while data and not self.is_done:
            if self._left:
                part, data = data[: self._left], data[self._left :]
                self._left -= len(part)
                self._sink(part)
                self._skip = not self._left
                continue
            line, end, rest = data.partition(b"\n")
            if not end:
                self._held = data
                self.is_done = len(data) > _PIECE
                return
            data = rest
            if self._skip and not line.strip():
                self._skip = False
                continue
            try:
                self._left = int(line.partition(b";")[0].strip(), 16)
            except ValueError:
                self._left = -1
            self.is_done = self._left <= 0
            self.is_framed = self._left == 0


class Decoder:
    """Undoes one content coding as a body passes; ``is_known`` says whether that went well."""

    __slots__ = ("_engine", "_is_gzip", "_sink", "is_known", "size")

    def __init__(self, coding: str, sink: Sink) -> None:
        self._is_gzip = coding in ("gzip", "x-gzip")
        self.is_known = self._is_gzip or coding == "deflate"
        self._engine = zlib.decompressobj(31) if self._is_gzip else None
        self._sink = sink
        self.size = 0

    def feed(self, piece: bytes) -> None:
        """Take in more of the body."""
        while piece and self.is_known:
            if self._engine is None:  # deflate, with or without its zlib frame
                framed = len(piece) > 1 and piece[0] & 15 == 8 and (piece[0] << 8 | piece[1]) % 31
                self._engine = zlib.decompressobj(15 if framed == 0 else -15)
            if self._engine.eof:
                if not self._is_gzip or piece[:1] != b"\x1f":
                    return
                self._engine = zlib.decompressobj(31)
            try:
                part = self._engine.decompress(piece, _PIECE)
            except zlib.error:
                self.is_known = False
                return
            piece = self._engine.unused_data if self._engine.eof else self._engine.unconsumed_tail
            self.size += len(part)
            self.is_known = self.size <= _MAX_DECODED
            self._sink(part)


class Alternatives:
    """The digests that a payload may have beside that of its body as it is stored."""

    __slots__ = ("_body", "_codings", "_dechunker", "_decoders", "_wanted", "hashers", "is_capped")

    def __init__(self, wanted: Digest, first: Body | None) -> None:
        """Look for ``wanted``; ``first`` is what a first pass learned of the HTTP message."""
        self._wanted = wanted
        self.hashers: dict[Over, Hasher] = {"block": make_hasher(wanted)}
        self._decoders: list[Decoder] = []
        self._dechunker: Dechunker | None = None
        self.is_capped = False
        sinks: list[Sink] = []
        if first is not None:
            names = [name.strip() for name in first.join("content-encoding").split(",")]
            self._codings = [name for name in names if name not in ("", "identity")][:_CODINGS]
            self.hashers["body"] = make_hasher(wanted)
            sinks.append(self.hashers["body"].update)
            if first.join("transfer-encoding"):
                self.hashers["de-chunked body"] = make_hasher(wanted)
                chained = [self.hashers["de-chunked body"].update, *self._decode("de-chunked")]
                self._dechunker = Dechunker(lambda part: [sink(part) for sink in chained])
                sinks.append(self._dechunker.feed)
            else:
                sinks += self._decode("framed")
        self._body = Body(sinks) if first is not None else None

    def _decode(self, _of: str) -> list[Sink]:
        if not self._codings:
            return []
        hasher = self.hashers["decoded body"] = make_hasher(self._wanted)
        sink: Sink = hasher.update
        for coding in self._codings:  # the first was applied first, and is undone last
            decoder = Decoder(coding, sink)
            self._decoders.append(decoder)
            sink = decoder.feed
        return [sink]

    def feed(self, piece: bytes) -> None:
        """Take in more of the block."""
        self.hashers["block"].update(piece)
        if self._body is not None:
            self._body.feed(piece)

    def find_match(self) -> Over | None:
        """Return what the wanted digest is of, or None."""
        for over, hasher in self.hashers.items():
            if hasher.hexdigest() == self._wanted.value:
                return over
        self.is_capped = any(decoder.size > _MAX_DECODED for decoder in self._decoders)
        return None
