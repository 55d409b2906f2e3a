"""What a file is, by its bytes and not by its name.

Not for: checking it.
"""

import re
from dataclasses import dataclass

from archive.errors import DamageError
from archive.store.foreign.dialects import DIALECTS, LOOK, WARC, Dialect
from archive.store.foreign.flow import Flow
from archive.store.gzip_members import MAGIC, Window
from archive.store.resync import find_record

_ZIP = (b"PK\x03\x04", b"PK\x05\x06")
_OTHERS = (
    (b"\x28\xb5\x2f\xfd", "Zstandard"),
    (b"BZh", "bzip2"),
    (b"\xfd7zXZ\x00", "xz"),
    (b"\x04\x22\x4d\x18", "LZ4"),
    (b"7z\xbc\xaf\x27\x1c", "7-Zip"),
)
_SKIPPABLE = re.compile(rb"[\x50-\x5f]\x2a\x4d\x18")  # begins a .warc.zst with a dictionary
_NAME = re.compile(r"\.w?arc(\.gz)?(\.open)?$", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Records:
    """A file of records."""

    is_gzip: bool
    dialect: Dialect


@dataclass(frozen=True, slots=True, kw_only=True)
class Package:
    """A ZIP file, which should be a WACZ."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Unreadable:
    """A file of which nothing can be said, and why."""

    why: str


Kind = Records | Package | Unreadable


def find_kind(window: Window, name: str) -> Kind:
    """Return what the file in the window is; it begins there, and ends with it."""
    start = window.place
    data = window.read_exactly(LOOK)
    window.move(start)
    if not data:
        return Unreadable(why="the file is empty")
    if data.startswith(_ZIP):
        return Package()
    for magic, program in _OTHERS:
        if data.startswith(magic):
            return Unreadable(why=f"it is compressed with {program}, which is not read here")
    if _SKIPPABLE.match(data):
        return Unreadable(why="it is compressed with Zstandard, which is not read here")
    if data.startswith(MAGIC[:2]):
        try:
            flow = Flow(window, is_gzip=True)
            data = flow.peek(LOOK) if flow.open_member() else b""
        except DamageError:
            data = b""
        window.move(start)
        found = _find_dialect(data)
        if found is not None:
            return Records(is_gzip=True, dialect=found)
    found = _find_dialect(data)
    return Records(is_gzip=False, dialect=found) if found else _search(window, start, name)


def _find_dialect(data: bytes) -> Dialect | None:
    data = data.lstrip(b"\r\n")
    return next((dialect for dialect in DIALECTS if dialect.begins(data)), None)


def _search(window: Window, start: int, name: str) -> Kind:
    """Look for a record anywhere in a file that does not begin with one."""
    end = start + window.left
    for is_gzip in (True, False):
        for dialect in DIALECTS:
            if dialect is not WARC and not is_gzip:
                continue
            found = find_record(window, start, dialect.begins, is_gzip=is_gzip)
            window.move(start)
            if found < end:
                return Records(is_gzip=is_gzip, dialect=dialect)
    if _NAME.search(name):
        is_gzip = window.read_exactly(2) == MAGIC[:2]
        window.move(start)
        return Records(is_gzip=is_gzip, dialect=WARC)
    return Unreadable(why="it is no WARC, ARC or WACZ file")
