"""Reading records back, by place or by leaf.

Through warcio, so that what we show is what a common reader sees; the framing is checked
first by our own strict reader, because warcio takes a torn record for a short one.  Blocks
come as they are stored: nothing is de-chunked or decoded.  Not for: checking digests
(`archive.store.check`) or going through whole files (`archive.store.scan`).
"""

import hashlib
from collections.abc import Iterator
from importlib import import_module
from io import BytesIO
from typing import BinaryIO

from archive.core.digest import Digest
from archive.core.leaf import Leaf
from archive.core.record import Record
from archive.errors import DamageError
from archive.store.disk import explain_error
from archive.store.gzip_members import Window, inflate_member
from archive.store.layout import Layout
from archive.store.warc import MAX_HEADER

_PIECE = 1 << 20
_REMEDY = "run `archive verify`; restore the file from a copy of the archive"


def read_record(
    layout: Layout, warc: str, offset: int, length: int, *, limit: int | None = None
) -> Record:
    """Return the record whose member lies at ``offset``, ``length`` bytes long.

    With ``limit``, at most so many bytes of the block, and what follows is not looked at.

    Raises:
        DamageError: the file is missing, or there is no such whole record in it.
        StoreError: the file cannot be read.
    """
    with _open_file(layout, warc) as stream:
        window = Window(stream, offset, offset + length)
        try:
            data, is_whole = _inflate(window, limit)
        except DamageError as error:
            raise DamageError(f"{warc}, offset {offset}: {error}", remedy=_REMEDY) from error
        except OSError as error:
            raise explain_error(error, f"read offset {offset} of", layout.warcs / warc) from error
        if is_whole and window.left:
            raise DamageError(
                f"{warc}, offset {offset}: the member is not {length} bytes long", remedy=_REMEDY
            )
    record, is_complete = _parse(data, warc, offset)
    if is_whole and not is_complete:
        raise DamageError(
            f"{warc}, offset {offset}: the record is not as long as its header says", remedy=_REMEDY
        )
    return record if limit is None else Record(fields=record.fields, block=record.block[:limit])


def read_group(layout: Layout, leaf: Leaf, *, limit: int | None = None) -> tuple[Record, ...]:
    """Return the records of a leaf, in order; of each block at most ``limit`` bytes.

    A withdrawn record reads as an empty ``metadata`` record of the same id.

    Raises:
        DamageError: a record is missing or broken.
    """
    return tuple(
        read_record(layout, leaf.warc, placed.offset, placed.length, limit=limit)
        for placed in leaf.records
    )


def read_members(layout: Layout, leaf: Leaf) -> Iterator[bytes]:
    """Give the stored bytes of a leaf's members, one after the other, in pieces.

    Raises:
        DamageError: they are not those that the leaf lists; told after they were given.
        StoreError: the file cannot be read.
    """
    with _open_file(layout, leaf.warc) as stream:
        for placed in leaf.records:
            hasher = hashlib.sha256()
            try:
                for piece in _read_pieces(stream, placed.offset, placed.length):
                    hasher.update(piece)
                    yield piece
            except OSError as error:
                path = layout.warcs / leaf.warc
                raise explain_error(error, f"read offset {placed.offset} of", path) from error
            if hasher.hexdigest() != placed.member.value:
                raise DamageError(
                    f"{leaf.warc}, offset {placed.offset}: the stored bytes of"
                    f" {placed.record_id} are not those that the log lists",
                    remedy=_REMEDY,
                )


def open_member(layout: Layout, warc: str, offset: int, length: int) -> Iterator[bytes]:
    """Return what gives the stored bytes of one member in pieces, if a record begins there.

    Raises:
        DamageError: none does; or, later, the file ends before the member.
        StoreError: the file cannot be read.
    """
    read_record(layout, warc, offset, length, limit=0)
    return _read_member(layout, warc, offset, length)


def _read_member(layout: Layout, warc: str, offset: int, length: int) -> Iterator[bytes]:
    left = length
    with _open_file(layout, warc) as stream:
        try:
            for piece in _read_pieces(stream, offset, length):
                left -= len(piece)
                yield piece
        except OSError as error:
            raise explain_error(error, f"read offset {offset} of", layout.warcs / warc) from error
    if left:
        raise DamageError(f"{warc}, offset {offset}: the file ends too early", remedy=_REMEDY)


def digest_member(stream: BinaryIO, offset: int, length: int) -> Digest:
    """Return the digest of the stored bytes of a member, as far as they are there."""
    hasher = hashlib.sha256()
    for piece in _read_pieces(stream, offset, length):
        hasher.update(piece)
    return Digest(algorithm="sha256", value=hasher.hexdigest())


def _read_pieces(stream: BinaryIO, offset: int, length: int) -> Iterator[bytes]:
    stream.seek(offset)
    left = length
    while left and (data := stream.read(min(left, _PIECE))):
        yield data
        left -= len(data)


def _open_file(layout: Layout, warc: str) -> BinaryIO:
    stream = layout.open_warc(warc)
    if stream is None:
        raise DamageError(f"{layout.warcs / warc} is missing", remedy=_REMEDY)
    return stream


def _inflate(window: Window, limit: int | None) -> tuple[bytes, bool]:
    """Return the record's bytes, as far as wanted, and whether that is all of them."""
    parts: list[bytes] = []
    size = 0
    header = None
    for piece in inflate_member(window, hashlib.sha256()):
        parts.append(piece)
        size += len(piece)
        if header is None:
            end = b"".join(parts).find(b"\r\n\r\n", 0, MAX_HEADER + 4)
            if end < 0 and size > MAX_HEADER:
                raise DamageError("the header has no end within 64 KiB")
            header = None if end < 0 else end + 4
        if limit is None:
            continue
        if header is not None and size >= header + limit:
            return b"".join(parts), False
    return b"".join(parts), True


def _parse(data: bytes, warc: str, offset: int) -> tuple[Record, bool]:
    """Return the record, and whether block and line ends are all there and nothing else is."""
    warcio = import_module("warcio.recordloader")  # slow to load, and capturing reads no record
    stream = BytesIO(data)
    try:
        loaded = warcio.ArcWarcRecordLoader(verify_http=False, arc2warc=False).parse_record_stream(
            stream, known_format="warc", no_record_parse=True
        )
        block: bytes = loaded.raw_stream.read()
        fields = tuple((str(name), str(value)) for name, value in loaded.rec_headers.headers)
    except (warcio.ArchiveLoadFailed, EOFError, ValueError, AttributeError) as error:
        raise DamageError(
            f"{warc}, offset {offset}: no record ({error})", remedy=_REMEDY
        ) from error
    is_complete = str(len(block)) == loaded.rec_headers.get_header("Content-Length")
    return Record(fields=fields, block=block), is_complete and stream.read() == b"\r\n\r\n"
