"""Overwriting withdrawn records with filler of the same length.

Follows ``docs/format.md``, "Withdrawal".  The filler is a whole gzip member with an empty
``metadata`` record of the same id, padded in the gzip header's comment: every common reader
goes on behind it, and the other members keep their places.  Its bytes follow from the log
alone, so that a crash in the middle is put right by doing it again.

Not for: deciding, or saying why (an annotation does).
"""

import contextlib
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from archive.core.digest import digest_bytes
from archive.core.instant import format_instant
from archive.core.leaf import Leaf, Overwritten, Placed
from archive.errors import DamageError, InputError, StoreError
from archive.store.disk import Disk, explain_error
from archive.store.gzip_members import pad_member
from archive.store.layout import OPEN, Layout
from archive.store.log import CaptureLog
from archive.store.read import digest_member

_COMMENT = b"withdrawn "
MARK = b'"overwrites":['  # in the entry of a withdrawal, and in no other of ours
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
        _carry_out(layout, disk, _find_target(layout, log, withdrawal, item))


def repeat_withdrawals(layout: Layout, disk: Disk, log: CaptureLog) -> int:
    """Carry out again every logged withdrawal, and return how many records were there again.

    They come back when a WARC file is restored from a copy that is older than the withdrawal.

    Raises:
        DamageError: as `overwrite_members`.
    """
    count = 0
    for sequence, entry in enumerate(log.read_entries()):
        if MARK not in entry:
            continue
        withdrawal = log.read_leaf(sequence)
        for item in withdrawal.overwrites:
            target = _find_target(layout, log, withdrawal, item)
            if not _is_overwritten(layout, target):
                _carry_out(layout, disk, target)
                count += 1
    return count


@dataclass(frozen=True, slots=True, kw_only=True)
class _Target:
    """A record to overwrite: its file, its place in it, and the filler."""

    warc: str
    path: Path
    placed: Placed
    filler: bytes


def _find_target(layout: Layout, log: CaptureLog, withdrawal: Leaf, item: Overwritten) -> _Target:
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
    return _Target(warc=leaf.warc, path=path, placed=placed, filler=filler)


def _carry_out(layout: Layout, disk: Disk, target: _Target) -> None:
    is_finished = target.path.suffix != OPEN
    if is_finished:
        disk.protect(target.path, WRITABLE)
    try:
        _overwrite(layout, disk, target)
    except BaseException:
        with contextlib.suppress(StoreError):  # the first error is the one to tell
            disk.protect(target.path, READ_ONLY if is_finished else WRITABLE)
        raise
    if is_finished:
        disk.protect(target.path, READ_ONLY)


def _overwrite(layout: Layout, disk: Disk, target: _Target) -> None:
    file = disk.open_file(target.path)
    try:
        if not _is_overwritten(layout, target):
            disk.overwrite(file, target.placed.offset, target.filler)
        disk.sync(file)
    finally:
        file.close()


def _is_overwritten(layout: Layout, target: _Target) -> bool:
    stream = layout.open_warc(target.warc)
    if stream is None:
        return False
    with stream:
        try:
            found = digest_member(stream, target.placed.offset, target.placed.length)
        except OSError as error:
            raise explain_error(error, "read", target.path) from error
    return found == digest_bytes(target.filler)
