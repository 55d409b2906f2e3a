"""The bytes of one answer as they pass: kept, counted, digested, decoded.

Rules:

1. An answer stays in memory up to `_IN_MEMORY` bytes; then it moves to a file without a name in
   the spool folder.  Memory use does not grow with the answer.
2. ``gzip`` (several members too), ``x-gzip`` and ``deflate`` (with and without its zlib frame,
   RFC 9110 §8.4.1.2) are decoded, each stage under the same cap; any other coding leaves the
   content unknown.  So does a cap that is reached: a bomb costs the cap, not what it promises.
3. A small gzip body is held, and inflated in one step where it is plainly one whole member;
   whatever else it is, the stream decides.

Not for: where a message ends (`archive.capture.message`).
"""

import contextlib
import hashlib
import tempfile
import zlib
from collections.abc import Iterator
from types import ModuleType
from typing import BinaryIO

from archive.core.digest import Digest, digest_bytes
from archive.core.record import Block
from archive.errors import StoreError

try:  # a faster inflate, with the same interface
    from isal import isal_zlib as inflate
except ImportError:  # pragma: no cover
    import zlib as inflate  # type: ignore[no-redef]  # the same interface
_whole: ModuleType | None = None
with contextlib.suppress(ImportError):  # faster still, for what lies whole in memory
    import deflate

    _whole = deflate

_IN_MEMORY = 1024 * 1024
_PIECE = 1024 * 1024
_AT_ONCE = 8 * 1024 * 1024  # of content
_MEMBERS = 10_000  # of one gzip stream: each costs a copy of what follows it
_STAGES = 5
# isal's types call its exception class an instance.
_DAMAGE: tuple[type[Exception], ...] = (inflate.error, zlib.error)  # type: ignore[assignment]


class Tally:
    """The block of one answer: holds a spool file until `finish` hands it over."""

    __slots__ = ("_cap", "_digest", "_file", "_folder", "_parts", "length")

    def __init__(self, *, spool_folder: str, cap: int) -> None:
        self.length = 0
        self._cap = cap
        self._folder = spool_folder
        self._digest = hashlib.sha256()
        self._parts: list[bytes] = []
        self._file: BinaryIO | None = None

    def keep(self, data: bytes) -> bytes:
        """Keep ``data``, as far as the cap allows, and return what was kept.

        Raises:
            StoreError: the spool folder does not take it.
        """
        if self.length + len(data) > self._cap:
            data = data[: self._cap - self.length]
        self.length += len(data)
        self._digest.update(data)
        if self._file is None and self.length <= _IN_MEMORY:
            self._parts.append(data)
            return data
        try:
            if self._file is None:
                self._file = tempfile.TemporaryFile(dir=self._folder)  # noqa: SIM115  # handed over
                self._file.writelines(self._parts)
                self._parts.clear()
            self._file.write(data)
        except OSError as error:
            raise self._refusal(error) from error
        return data

    def peek(self, size: int) -> bytes:
        """Return the first ``size`` bytes of the block, or fewer."""
        if self._file is None:
            return b"".join(self._parts)[:size]
        try:
            self._file.seek(0)
            start = self._file.read(size)
            self._file.seek(0, 2)
        except OSError as error:
            raise self._refusal(error) from error
        return start

    def finish(self) -> tuple[Block, Digest]:
        """Hand over the block, a file standing at its start, and its digest."""
        digest = Digest(algorithm="sha256", value=self._digest.hexdigest())
        if self._file is None:
            return (self._parts[0] if len(self._parts) == 1 else b"".join(self._parts)), digest
        try:
            self._file.flush()
            self._file.seek(0)
        except OSError as error:
            raise self._refusal(error) from error
        return self._file, digest

    def discard(self) -> None:
        """Let the spool file go, where nobody will take it."""
        if self._file is not None:
            self._file.close()

    def _refusal(self, error: OSError) -> StoreError:
        return StoreError(
            f"the spool folder {self._folder} does not take a large answer: {error.strerror}",
            remedy="make room there, or choose another folder",
        )


class Body:
    """Digests and sizes of a body after transfer decoding, and after content decoding."""

    __slots__ = ("_cap", "_content", "_digest", "_held", "_over", "_sizes", "_stages", "length")

    def __init__(self, *, codings: tuple[str, ...], cap: int) -> None:
        names = [name for name in codings if name not in ("", "identity")]
        self.length = 0
        self._digest = hashlib.sha256()
        self._content = hashlib.sha256()
        self._cap = cap
        self._over = len(names) > _STAGES or not all(name in _CODINGS for name in names)
        self._stages = () if self._over else tuple(_CODINGS[name]() for name in reversed(names))
        self._sizes = [0] * len(self._stages)
        # Until there is too much of it, what a single gzip stage will decode.
        is_plain = _whole is not None and [type(stage) for stage in self._stages] == [_Gzip]
        self._held: list[bytes | bytearray] | None = [] if is_plain else None

    def add(self, data: bytes | bytearray) -> None:
        """Take the next bytes of the body, transfer-decoded."""
        self.length += len(data)
        self._digest.update(data)
        if self._held is None:
            self._stream(data)
            return
        self._held.append(data)
        if self.length > _IN_MEMORY:
            self._stream(self._take_held())

    def finish(self) -> tuple[Digest, Digest | None, int | None]:
        """Return the digest of the payload, and digest and size of the content, if known."""
        payload = Digest(algorithm="sha256", value=self._digest.hexdigest())
        if self._held:
            held = self._take_held()
            content_bytes = inflate_whole(held, self._cap)
            if content_bytes is not None:
                return payload, digest_bytes(content_bytes), len(content_bytes)
            self._stream(held)
        if self._over or not all(stage.is_complete for stage in self._stages):
            return payload, None, None
        if not self._stages:
            known = self.length <= self._cap
            return payload, payload if known else None, self.length if known else None
        content = Digest(algorithm="sha256", value=self._content.hexdigest())
        return payload, content, self._sizes[-1]

    def _take_held(self) -> bytes:
        held = b"".join(self._held or ())
        self._held = None
        return held

    def _stream(self, data: bytes | bytearray) -> None:
        if self._stages and not self._over:
            try:
                self._decode(0, data)
            except _DAMAGE:
                self._over = True

    def _decode(self, place: int, data: bytes | bytearray) -> None:
        for piece in self._stages[place].inflate(data):
            self._sizes[place] += len(piece)
            if self._sizes[place] > self._cap:
                self._over = True
            if self._over:
                return
            if place + 1 == len(self._stages):
                self._content.update(piece)
            else:
                self._decode(place + 1, piece)


def inflate_whole(payload: bytes, cap: int) -> bytearray | None:
    """Return the content of one plain gzip member that is all of ``payload``.

    None where it is something else, is damaged, or is larger than ``cap``.
    """
    trailer = payload[-8:]
    size = int.from_bytes(trailer[4:], "little")
    is_plain = payload[:4] == b"\x1f\x8b\x08\x00" and 0 < size <= min(cap, _AT_ONCE)
    if _whole is None or not is_plain:
        return None
    try:
        content: bytearray = _whole.gzip_decompress(payload, size)
    except _whole.DeflateError:
        return None
    # A first member that something follows has a trailer too.  If ours stands at the end alone,
    # and fits the content, then it was that one.
    is_all = len(content) == size and _whole.crc32(content).to_bytes(4, "little") == trailer[:4]
    return content if is_all and payload.find(trailer) == len(payload) - 8 else None


class _Gzip:
    """Inflates RFC 1952 members one after another; what follows the last is passed over."""

    __slots__ = ("_carry", "_done", "_engine", "_members", "is_complete")

    def __init__(self) -> None:
        self._engine = inflate.decompressobj(wbits=31)
        self._members = 1
        self._carry = b""
        self._done = False
        self.is_complete = True  # an empty body is no broken one

    def inflate(self, data: bytes | bytearray) -> Iterator[bytes]:
        rest: bytes | bytearray = self._carry + data if self._carry else data
        self._carry = b""
        while rest and not self._done:
            if self._engine.eof:
                if len(rest) == 1:
                    self._carry = bytes(rest)
                    return
                if rest[:2] != b"\x1f\x8b" or self._members == _MEMBERS:
                    self._done = True
                    self.is_complete = rest[:2] != b"\x1f\x8b"
                    return
                self._engine = inflate.decompressobj(wbits=31)
                self._members += 1
            self.is_complete = False
            yield from _pump(self._engine, rest)
            if self._engine.eof:
                self.is_complete = True
                rest = self._engine.unused_data
            else:
                return


class _Deflate:
    """Inflates RFC 1950 data, or RFC 1951 data where the server left the zlib frame off."""

    __slots__ = ("_carry", "_engine", "is_complete")

    def __init__(self) -> None:
        self._engine: inflate.Decompress | None = None
        self._carry = b""
        self.is_complete = True

    def inflate(self, data: bytes | bytearray) -> Iterator[bytes]:
        if self._engine is None:
            data = self._carry + data
            self.is_complete = False
            if len(data) < 2:
                self._carry = data
                return
            framed = data[0] & 15 == 8 and int.from_bytes(data[:2], "big") % 31 == 0
            self._engine = inflate.decompressobj(wbits=15 if framed else -15)
        if not self._engine.eof:
            yield from _pump(self._engine, data)
            self.is_complete = self._engine.eof


def _pump(engine: "inflate.Decompress", data: bytes | bytearray) -> Iterator[bytes]:
    while not engine.eof:
        piece = engine.decompress(data, _PIECE)
        if piece:
            yield piece
        data = engine.unconsumed_tail
        if not data and len(piece) < _PIECE:
            return


_CODINGS: dict[str, type[_Gzip | _Deflate]] = {"gzip": _Gzip, "x-gzip": _Gzip, "deflate": _Deflate}
