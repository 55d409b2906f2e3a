"""Putting right what a crash left of the WARC files, when a writer opens the archive.

Follows ``docs/format.md``, "Writing".

Rules:

1. The log says how far an open file is stored.  What comes after is scanned strictly: whole,
   digest-clean groups (`archive.store.groups`) are adopted with a leaf marked ``recovered``; the
   rest is moved to quarantine.
2. A withdrawal that was written but not logged is not adopted: it may destroy records, and
   nobody was told that it was done.  One that was logged last is carried out to the end.
3. An open file is then finished: nothing is ever appended to it again.
4. A log that names bytes which are not there is damage, and nothing is repaired.

Doing it again, also after another crash in the middle, changes nothing.  Not for: the log
itself (`archive.store.log_repair`).
"""

import json
from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path

from archive.core.digest import Digest, parse_digest
from archive.core.event import EVENT_KINDS
from archive.core.finding import Finding
from archive.core.leaf import Leaf, LeafKind, Placed, digest_address, format_leaf
from archive.errors import DamageError, InputError
from archive.store.disk import Disk, OpenFile
from archive.store.framing import Scanned
from archive.store.groups import find_group_end, read_tie
from archive.store.layout import OPEN, Layout
from archive.store.log import CaptureLog, read_log
from archive.store.log_append import LogAppender
from archive.store.quarantine import move_tail
from archive.store.read import read_record
from archive.store.scan import scan_warc
from archive.store.withdraw import READ_ONLY, WRITABLE, overwrite_members

_REMEDY = "restore the file from a copy of the archive; what is missing was acknowledged once"
CAPTURE_FORMAT = "statement-archive/capture/"
EVENT_FORMAT = "statement-archive/event/"


def recover_files(
    layout: Layout, disk: Disk, appender: LogAppender, clock: Callable[[], datetime]
) -> None:
    """Adopt, quarantine and finish what an earlier writer left open.

    Raises:
        DamageError: the log names bytes that are not there.
    """
    log = read_log(layout.log)
    last = log.read_leaf(log.size - 1) if log.size else None
    if last is not None:
        _require_stored(layout, last)
    for path in sorted(layout.warcs.glob(f"*.warc.gz{OPEN}")):
        if path.with_suffix("").exists():
            raise DamageError(
                f"both {path} and {path.stem} are there", remedy="move one of them away"
            )
        end = _find_logged_end(log, last, path.stem)
        _recover_file(layout, disk, appender, clock, path, end)
    if last is not None and last.overwrites:
        overwrite_members(layout, disk, log, last)


def finish_file(disk: Disk, file: OpenFile) -> None:
    """Give an open file its final name, read-only and durable, and close it."""
    disk.sync(file)
    disk.protect(file.path, READ_ONLY)
    disk.rename(file.path, file.path.with_suffix(""))
    disk.sync_folder(file.path.parent)
    file.close()


def _require_stored(layout: Layout, last: Leaf) -> None:
    path = layout.find_warc(last.warc)
    end = max(placed.offset + placed.length for placed in last.records)
    size = 0 if path is None else path.stat().st_size
    if size < end:
        found = "is missing" if path is None else f"ends at {size}"
        raise DamageError(
            f"{last.warc} {found}, but the capture log (entry {last.sequence}) names"
            f" bytes up to {end}",
            remedy=_REMEDY,
        )


def _find_logged_end(log: CaptureLog, last: Leaf | None, name: str) -> int:
    """Return how far the file ``name`` is logged."""
    if last is None:
        return 0
    if last.warc != name:
        # Rare: a crash before the file's first leaf.  All leaves are looked at, as bytes.
        mark = f'"warc":"{name}"'.encode()
        found = [place for place, entry in enumerate(log.read_entries()) if mark in entry]
        if not found:
            return 0
        last = log.read_leaf(found[-1])
    return max(placed.offset + placed.length for placed in last.records)


def _recover_file(
    layout: Layout,
    disk: Disk,
    appender: LogAppender,
    clock: Callable[[], datetime],
    path: Path,
    end: int,
) -> None:
    scanned: list[Scanned] = []
    for item in scan_warc(path, start=end):
        if isinstance(item, Finding):
            break
        scanned.append(item)
    leaves, end = adopt_groups(layout, path.stem, scanned, end, appender.size, clock)
    if not path.stat().st_mode & 0o200:
        disk.protect(path, WRITABLE)  # the crash came between the two steps of finishing
    file = disk.open_file(path)
    try:
        move_tail(disk, layout.quarantine, file, end, path.stem)
        if not end:
            disk.remove(path)
            disk.sync_folder(path.parent)
            return
        disk.sync(file)
        disk.sync_folder(path.parent)
        appender.append([format_leaf(leaf) for leaf in leaves])
        finish_file(disk, file)
    finally:
        file.close()


def adopt_groups(
    layout: Layout,
    name: str,
    scanned: Sequence[Scanned],
    end: int,
    size: int,
    clock: Callable[[], datetime],
) -> tuple[list[Leaf], int]:
    """Return leaves for the whole groups among ``scanned``, and where the last of them ends.

    The groups begin at ``end`` in the file ``name``; ``size`` leaves are in the log already.
    """
    ties = [read_tie(item.header) for item in scanned]
    leaves: list[Leaf] = []
    place = begin = 0
    if end == 0:
        if not scanned or scanned[0].header.kind != "warcinfo":
            return [], 0
        place = 1
    while (stop := find_group_end(ties, place)) is not None:
        leaf = form_leaf(layout, name, scanned[begin:stop], size + len(leaves), clock)
        if leaf.kind == "withdrawal":
            break  # rule 2
        leaves.append(leaf)
        place = begin = stop
        end = scanned[stop - 1].offset + scanned[stop - 1].length
    return leaves, end


def form_leaf(
    layout: Layout,
    name: str,
    group: Sequence[Scanned],
    sequence: int,
    clock: Callable[[], datetime],
) -> Leaf:
    """Return the leaf of a group found whole; that of a withdrawal does not say of what."""
    last = group[-1]
    said: dict[str, object] = {}
    kind: LeafKind = "conversion"
    if last.header.kind == "metadata":
        said = _read_object(layout, name, last)
        kind = _name_kind(said)
    return Leaf(
        sequence=sequence,
        kind=kind,
        time=clock(),
        warc=name,
        records=tuple(_place(item, said) for item in group),
        address=_read_address(said) if kind == "capture" else None,
        recovered=True,
    )


def _name_kind(said: dict[str, object]) -> LeafKind:
    """Return the type of the leaf of a group whose metadata record says ``said``."""
    form = str(said.get("format", ""))
    if form.startswith(CAPTURE_FORMAT):
        return "capture"
    if form.startswith(EVENT_FORMAT):
        return next((kind for kind in EVENT_KINDS if kind == said.get("kind")), "annotation")
    return "withdrawal" if said.get("kind") == "withdrawal" else "annotation"


def _place(item: Scanned, said: dict[str, object]) -> Placed:
    is_principal = item.header.record_id == said.get("principal")
    stated = item.header.find("WARC-Payload-Digest")
    return Placed(
        record_id=item.header.record_id,
        kind=item.header.kind,
        offset=item.offset,
        length=item.length,
        member=item.member,
        record=item.record,
        block=item.block,
        payload=_read_digest(said.get("payload") if is_principal else None) or _read_digest(stated),
        content=_read_digest(said.get("content") if is_principal else None),
    )


def _read_object(layout: Layout, name: str, item: Scanned) -> dict[str, object]:
    record = read_record(layout, name, item.offset, item.length)
    try:
        value = json.loads(record.block)
    except ValueError:
        return {}
    return value if isinstance(value, dict) else {}


def _read_digest(value: object) -> Digest | None:
    try:
        return parse_digest(value) if isinstance(value, str) else None
    except InputError:
        return None


def _read_address(said: dict[str, object]) -> Digest | None:
    salt, url = said.get("salt"), said.get("url")
    if not isinstance(salt, str) or not isinstance(url, str):
        return None
    try:
        return digest_address(bytes.fromhex(salt), url)
    except ValueError:
        return None
