"""Overwriting withdrawn records with filler of the same length.

Follows ``docs/format.md``, "Withdrawal".  The filler is a whole gzip member with an empty
``metadata`` record of the same id, padded in the gzip header's comment: every common reader
goes on behind it, and the other members keep their places.  Its bytes follow from the log
alone, so that a crash in the middle is put right by doing it again.

Not for: deciding, or saying why (an annotation does).
"""

import contextlib
import hashlib
from datetime import datetime
from pathlib import Path

from archive.core.digest import Digest, digest_bytes
from archive.core.instant import format_instant
from archive.core.leaf import Leaf, Overwritten, Placed
from archive.errors import DamageError, InputError, StoreError
from archive.store.disk import Disk, OpenFile
from archive.store.gzip_members import pad_member
from archive.store.layout import OPEN, Layout
from archive.store.log import CaptureLog

_COMMENT = b"withdrawn "
_PIECE = 1 << 20
READ_ONLY = 0o444
WRITABLE = 0o644


def format_filler(record_id: str, date: datetime, length: int) -> bytes:
    """Return a gzip member of ``length`` bytes with an empty record of the id ``record_id``.

    Raises:
        InputError: ``length`` is too short for that.
    """
    text = (
        "WARC/1.1\r\n"
        "WARC-Type: metadata\r\n"
        f"WARC-Record-ID: <{record_id}>\r\n"
        f"WARC-Date: {format_instant(date)}\r\n"
        "Content-Length: 0\r\n"
        "\r\n\r\n\r\n"
    )
    member = pad_member(text.encode(), length, _COMMENT)
    if member is None:
        raise InputError(f"record {record_id}: {length} bytes are too few for a filler")
    return member


def plan_overwriting(leaf: Leaf) -> tuple[Overwritten, ...]:
    """Return what a withdrawal of the group of ``leaf`` overwrites: all but a ``warcinfo``."""
    return tuple(
        Overwritten(
            record_id=placed.record_id,
            leaf=leaf.sequence,
            member=digest_bytes(format_filler(placed.record_id, leaf.time, placed.length)),
        )
        for placed in leaf.records
        if placed.kind != "warcinfo"
    )


def overwrite_members(layout: Layout, disk: Disk, log: CaptureLog, withdrawal: Leaf) -> None:
    """Overwrite, durably, what a logged withdrawal names; what is overwritten already stays.

    Raises:
        DamageError: the log names a record or a file that is not there.
    """
    for item in withdrawal.overwrites:
        leaf = log.read_leaf(item.leaf)
        placed = next((one for one in leaf.records if one.record_id == item.record_id), None)
        path = layout.find_warc(leaf.warc)
        length = 0 if placed is None else placed.length
        filler = b"" if not length else format_filler(item.record_id, leaf.time, length)
        if placed is None or path is None or digest_bytes(filler) != item.member:
            raise DamageError(
                f"capture log, entry {withdrawal.sequence}: the withdrawal of {item.record_id}"
                f" does not fit entry {item.leaf}, or {leaf.warc} is missing",
                remedy="run `archive verify`",
            )
        is_finished = path.suffix != OPEN
        if is_finished:
            disk.protect(path, WRITABLE)
        try:
            _overwrite(disk, path, placed, filler)
        except BaseException:
            with contextlib.suppress(StoreError):  # the first error is the one to tell
                disk.protect(path, READ_ONLY if is_finished else WRITABLE)
            raise
        if is_finished:
            disk.protect(path, READ_ONLY)


def _overwrite(disk: Disk, path: Path, placed: Placed, filler: bytes) -> None:
    file = disk.open_file(path)
    try:
        if _digest_member(disk, file, placed) != digest_bytes(filler):
            disk.overwrite(file, placed.offset, filler)
        disk.sync(file)
    finally:
        file.close()


def _digest_member(disk: Disk, file: OpenFile, placed: Placed) -> Digest:
    hasher = hashlib.sha256()
    for start in range(0, placed.length, _PIECE):
        length = min(_PIECE, placed.length - start)
        hasher.update(disk.read(file, placed.offset + start, length))
    return Digest(algorithm="sha256", value=hasher.hexdigest())
