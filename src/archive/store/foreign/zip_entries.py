"""Reading a ZIP file that may lie: its directory, and the bytes of its entries.

Follows APPNOTE 6.3 as far as WACZ uses it: stored and deflated entries.  Nothing is ever
unpacked under a name that the file gives.  What one entry says of itself in two places must
agree, entries must not overlap, and none may yield more than it says.

Not for: what the entries mean (`archive.store.foreign.wacz`).
"""

import re
import stat
import struct
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import BinaryIO

from archive.errors import DamageError

_LOCAL = struct.Struct("<4s5H3L2H")
_DIRECTORY_END = struct.Struct("<4s4H2LH")
_PIECE = 1 << 20
_STREAMED, _ENCRYPTED = 0x08, 0x01
_RATIO = 1032  # the most that deflate can do
_UNSAFE = re.compile(r"^[/\\]|^[A-Za-z]:|(^|[/\\])\.\.([/\\]|$)|\\|[\x00-\x1f]")
_MOST_ENTRIES = 1_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """An entry: its name, where its data lies in the file, how long that is, and its content."""

    name: str
    header: int
    start: int
    stored: int
    size: int
    crc: int
    is_deflated: bool


def read_entries(stream: BinaryIO, problems: list[str]) -> list[Entry]:
    """Return the entries that can be read, in the order of the file; say what is wrong.

    Raises:
        DamageError: there is no directory to go by.
    """
    try:
        with zipfile.ZipFile(stream) as package:
            infos = package.infolist()
            directory = package.start_dir
    except (zipfile.BadZipFile, ValueError, struct.error, EOFError, NotImplementedError) as error:
        raise DamageError(f"the ZIP directory cannot be read ({error})") from error
    if len(infos) > _MOST_ENTRIES:
        raise DamageError(f"the ZIP directory has {len(infos)} entries")
    problems += _check_end(stream)
    names: set[str] = set()
    entries: list[Entry] = []
    for info in infos:
        name = info.orig_filename
        if name in names:
            problems.append(f"two entries are called {name!r}")
        names.add(name)
        if _UNSAFE.search(name):
            problems.append(f"the entry {name!r} would be unpacked outside of the folder")
        if stat.S_ISLNK(info.external_attr >> 16):
            problems.append(f"the entry {name!r} is a symbolic link")
        if name.endswith("/") and not info.file_size:
            continue
        try:
            entries.append(_read_entry(stream, info, directory))
        except DamageError as error:
            problems.append(f"the entry {name!r}: {error}")
    entries.sort(key=lambda entry: entry.header)
    for before, after in pairwise(entries):
        if before.start + before.stored > after.header:
            problems.append(f"the entries {before.name!r} and {after.name!r} overlap")
    return entries


def read_content(stream: BinaryIO, entry: Entry) -> Iterator[bytes]:
    """Give the content of an entry in pieces.

    Raises:
        DamageError: it is not as long as it says, or its CRC does not fit.
    """
    crc = size = 0
    for piece in _inflate(stream, entry) if entry.is_deflated else _read(stream, entry):
        size += len(piece)
        if size > entry.size:
            raise DamageError(f"it holds more than the {entry.size} bytes that it says")
        crc = zlib.crc32(piece, crc)
        yield piece
    if size != entry.size:
        raise DamageError(f"it holds {size} bytes, not {entry.size}")
    if crc != entry.crc:
        raise DamageError("its content does not have the CRC that the directory says")


def _check_end(stream: BinaryIO) -> list[str]:
    """Check that the file ends where its directory does; other programs look for its end."""
    end = stream.seek(0, 2)
    start = max(0, end - _DIRECTORY_END.size - 0xFFFF)
    stream.seek(start)
    tail = stream.read(end - start)
    at = len(tail) - _DIRECTORY_END.size
    if tail[at : at + 4] != b"PK\x05\x06" or tail[-2:] != b"\0\0":
        at = tail.rfind(b"PK\x05\x06")
    comment = _DIRECTORY_END.unpack_from(tail, at)[-1]
    last = start + at + _DIRECTORY_END.size + comment
    if last < end:
        return [f"bytes follow the end of the ZIP directory ({last} to {end})"]
    return ["the comment of the ZIP file is cut short"] if last > end else []


def _read_entry(stream: BinaryIO, info: zipfile.ZipInfo, directory: int) -> Entry:
    if info.flag_bits & _ENCRYPTED:
        raise DamageError("it is encrypted")
    if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise DamageError(f"it is compressed in a way that is not read here ({info.compress_type})")
    is_deflated = info.compress_type == zipfile.ZIP_DEFLATED
    stream.seek(info.header_offset)
    header = stream.read(_LOCAL.size)
    if len(header) < _LOCAL.size or header[:4] != b"PK\x03\x04":
        raise DamageError("it does not lie where the directory says")
    _, _, flags, method, _, _, crc, stored, size, name_size, extra_size = _LOCAL.unpack(header)
    name = stream.read(name_size)
    encoding = "utf-8" if flags & 0x800 else "cp437"
    if name.decode(encoding, "replace") != info.orig_filename or method != info.compress_type:
        raise DamageError("it has another name or method than the directory says")
    is_long = 0xFFFFFFFF in (
        stored,
        size,
    )  # then the extra field has the sizes, as in the directory
    said = (crc, stored, size)
    if not (flags & _STREAMED or is_long) and said != (
        info.CRC,
        info.compress_size,
        info.file_size,
    ):
        raise DamageError("it has another size or CRC than the directory says")
    start = info.header_offset + _LOCAL.size + name_size + extra_size
    if start + info.compress_size > directory:
        raise DamageError("it reaches into the directory")
    if not is_deflated and info.compress_size != info.file_size:
        raise DamageError("it is stored, but its two sizes differ")
    if is_deflated and info.file_size > _RATIO * info.compress_size + 1024:
        raise DamageError("it says that it holds more than can be deflated so far")
    return Entry(
        name=info.orig_filename,
        header=info.header_offset,
        start=start,
        stored=info.compress_size,
        size=info.file_size,
        crc=info.CRC,
        is_deflated=is_deflated,
    )


def _read(stream: BinaryIO, entry: Entry) -> Iterator[bytes]:
    place, left = entry.start, entry.stored
    while left:
        stream.seek(place)  # somebody else may read between two pieces
        data = stream.read(min(left, _PIECE))
        if not data:
            raise DamageError("the file ends inside it")
        place += len(data)
        left -= len(data)
        yield data


def _inflate(stream: BinaryIO, entry: Entry) -> Iterator[bytes]:
    engine = zlib.decompressobj(-15)
    for data in _read(stream, entry):
        pending = data
        while pending and not engine.eof:
            try:
                yield engine.decompress(pending, _PIECE)
            except zlib.error as error:
                raise DamageError(f"its compressed data is broken ({error})") from error
            pending = engine.unconsumed_tail
        if engine.eof and engine.unused_data:
            raise DamageError("bytes follow its compressed data")
    while not engine.eof:
        piece = engine.decompress(b"", _PIECE)
        if not piece:
            raise DamageError("its compressed data is cut short")
        yield piece
