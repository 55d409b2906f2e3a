"""Putting right what a crash left of the capture log, before anything is appended to it.

Follows ``docs/format.md``, "Writing".

Rules:

1. Entries are the log; hash tiles follow from them.  The checkpoint says how many there were
   at least, and what their root is: fewer entries, or another root, is damage, and nothing is
   repaired by itself.
2. Entries beyond the checkpoint are kept as far as they are whole leaves in sequence; what
   comes after is torn and goes to quarantine.
3. The tiles at the right edge are compared with the checkpoint's root, which covers each of
   their hashes; the full ones were durable before any checkpoint that needs them.  So opening
   costs the same however long the log is, unless tiles have to be made again.

Not for: appending (`archive.store.log_append`), or a full check (`archive.store.check_log`).
"""

import itertools
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from archive.core.checkpoint import (
    Checkpoint,
    append_peaks,
    bag_peaks,
    hash_leaf,
    hash_tree,
)
from archive.core.leaf import parse_leaf
from archive.core.note import format_note
from archive.errors import DamageError, InputError
from archive.store.disk import Disk
from archive.store.layout import OPEN, Layout, has_warcs
from archive.store.log import (
    RESTORE_ORIGIN,
    CaptureLog,
    find_tile,
    format_empty_checkpoint,
    has_log,
    read_checkpoint,
    read_note,
    read_origin,
    read_tile,
)
from archive.store.quarantine import move_tail
from archive.store.tiles import (
    WIDTH,
    TileLevel,
    count_tiles,
    format_entry,
    format_tile_path,
    parse_bundle,
    parse_hashes,
)

_REMEDY = "run `archive verify`; restore metadata/log from a copy of the archive"


@dataclass(frozen=True, slots=True, kw_only=True)
class Repaired:
    """A log that can be appended to.

    ``levels`` holds the hashes of the right-edge tile of each level, ``pending`` the entries
    that are stored but not under the checkpoint yet.
    """

    checkpoint: Checkpoint
    levels: tuple[tuple[bytes, ...], ...]
    peaks: tuple[bytes, ...]
    pending: tuple[bytes, ...]


def repair_log(
    layout: Layout, *, disk: Disk, origin: str, sign: Callable[[Checkpoint], str]
) -> Repaired:
    """Bring the log of an archive into order, making it where there is none.

    The checkpoint is signed anew where its signatures are not those that ``sign`` makes.

    Raises:
        InputError: the log has another name.
        DamageError: entries are missing or are not those of the checkpoint, or there are WARC
            files, but no log.
    """
    folder = layout.log
    checkpoint = _start(layout, disk, origin, sign)
    edges = _read_edges(folder, checkpoint)
    if edges is None:
        _rebuild_tiles(folder, disk, checkpoint)
        edges = _read_edges(folder, checkpoint)
    if edges is None:
        raise DamageError(
            f"{folder}: the hash tiles of the capture log do not give the root of its checkpoint",
            remedy=_REMEDY,
        )
    _require_last_bundle(folder, checkpoint.size, edges)
    _sign_again(folder, disk, sign(checkpoint))
    levels = tuple(() if len(edge) == WIDTH else edge for edge in edges)
    peaks = _find_peaks(levels)
    pending = _recover_entries(layout, disk, checkpoint.size)
    finish_tiles(folder, disk, checkpoint.size)
    return Repaired(checkpoint=checkpoint, levels=levels, peaks=peaks, pending=pending)


def finish_tiles(folder: Path, disk: Disk, size: int) -> None:
    """Give the tiles that are full in a log of ``size`` leaves their final names."""
    counts = count_tiles(size)
    levels: list[tuple[TileLevel, int]] = [("entries", size), *enumerate(counts)]
    for level, count in levels:
        for number in range(count // WIDTH - 1, -1, -1):
            path = folder / format_tile_path(level, number)
            if path.exists():
                break
            if find_tile(folder, level, number) is None:
                raise DamageError(f"{path} is missing", remedy=_REMEDY)
            disk.rename(path.with_name(path.name + OPEN), path)
            disk.sync_folder(path.parent)


def _sign_again(folder: Path, disk: Disk, signed: str) -> None:
    note = read_note(folder)
    if note is None or format_note(note) != signed:
        disk.replace_file(folder / "checkpoint", signed.encode())


def _start(
    layout: Layout, disk: Disk, origin: str, sign: Callable[[Checkpoint], str]
) -> Checkpoint:
    folder = layout.log
    known = read_origin(folder)
    if known is not None and known != origin:
        raise InputError(
            f"the capture log in {folder} is named {known!r}, not {origin!r}",
            remedy=f"its name never changes: {RESTORE_ORIGIN}",
        )
    checkpoint = None if known is None else read_checkpoint(folder)
    if checkpoint is None:
        if has_log(folder):
            missing = "origin" if known is None else "checkpoint"
            remedy = RESTORE_ORIGIN if known is None else _REMEDY
            raise DamageError(f"{folder / missing} is missing", remedy=remedy)
        if has_warcs(layout):
            raise DamageError(
                f"{folder}: the capture log is missing, but there are WARC files, which it names",
                remedy="restore metadata/log from a copy of the archive",
            )
        checkpoint = format_empty_checkpoint(origin)
        disk.make_folder(folder)
        disk.replace_file(folder / "origin", f"{origin}\n".encode())
        disk.replace_file(folder / "checkpoint", sign(checkpoint).encode())
    if checkpoint.origin != origin:
        raise DamageError(f"the checkpoint is of the log {checkpoint.origin!r}", remedy=_REMEDY)
    return checkpoint


def _read_edges(folder: Path, checkpoint: Checkpoint) -> tuple[tuple[bytes, ...], ...] | None:
    """Return the last tile of each level, or None where they do not give the root."""
    edges: list[tuple[bytes, ...]] = []
    for level, count in enumerate(count_tiles(checkpoint.size)):
        number = (count - 1) // WIDTH
        width = count - number * WIDTH
        edges.append(parse_hashes(read_tile(folder, level, number))[:width])
        if len(edges[-1]) < width:
            return None
    for below, above in itertools.pairwise(edges):
        if len(below) == WIDTH and hash_tree(below) != above[-1]:
            return None
    peaks = _find_peaks(tuple(() if len(edge) == WIDTH else edge for edge in edges))
    return tuple(edges) if bag_peaks(peaks) == checkpoint.root else None


def _find_peaks(levels: tuple[tuple[bytes, ...], ...]) -> tuple[bytes, ...]:
    return tuple(peak for level in reversed(levels) for peak in append_peaks((), 0, level))


def _rebuild_tiles(folder: Path, disk: Disk, checkpoint: Checkpoint) -> None:
    log = CaptureLog(folder=folder, checkpoint=checkpoint)
    peaks: tuple[bytes, ...] = ()
    for place, entry in enumerate(log.read_entries()):
        peaks = append_peaks(peaks, place, (hash_leaf(entry),))
    if bag_peaks(peaks) != checkpoint.root:
        raise DamageError(
            f"the entries of the capture log in {folder} are not those of its checkpoint",
            remedy=_REMEDY,
        )
    counts = count_tiles(checkpoint.size)
    levels: list[list[bytes]] = [[] for _ in counts]
    written = [0 for _ in counts]
    for entry in log.read_entries():
        item = hash_leaf(entry)
        for level, hashes in enumerate(levels):
            hashes.append(item)
            if len(hashes) < WIDTH:
                break
            _write_tile(folder, disk, level, written[level], hashes)
            written[level] += 1
            item = hash_tree(hashes)
            hashes.clear()
    for level, hashes in enumerate(levels):
        if hashes:
            _write_tile(folder, disk, level, written[level], hashes)


def _write_tile(folder: Path, disk: Disk, level: int, number: int, hashes: list[bytes]) -> None:
    data = b"".join(hashes)
    if read_tile(folder, level, number) == data:
        return
    path = folder / format_tile_path(level, number)
    disk.make_folder(path.parent)
    disk.replace_file(path if len(hashes) == WIDTH else path.with_name(path.name + OPEN), data)


def _require_last_bundle(folder: Path, size: int, edges: tuple[tuple[bytes, ...], ...]) -> None:
    """Refuse entries of the last bundle that are not those of the tile ``edges[0]``."""
    if not size:
        return
    number = (size - 1) // WIDTH
    entries, _ = parse_bundle(read_tile(folder, "entries", number))
    for place, wanted in enumerate(edges[0]):
        if place < len(entries) and hash_leaf(entries[place]) == wanted:
            continue
        wrong = "missing or torn" if place >= len(entries) else "not what the hash tree says"
        raise DamageError(
            f"{folder / format_tile_path('entries', number)}: entry {number * WIDTH + place} of"
            f" the capture log is {wrong}",
            remedy=_REMEDY,
        )


def _recover_entries(layout: Layout, disk: Disk, size: int) -> tuple[bytes, ...]:
    """Return the whole entries beyond ``size``; move what is torn to quarantine."""
    folder, quarantine = layout.log, layout.quarantine
    pending: list[bytes] = []
    number = size // WIDTH
    while (path := find_tile(folder, "entries", number)) is not None:
        first = number * WIDTH
        entries, _ = parse_bundle(read_tile(folder, "entries", number))
        kept = _count_leaves(entries, first, min(max(size - first, 0), WIDTH))
        pending += entries[max(size - first, 0) : kept]
        _cut(path, sum(len(format_entry(entry)) for entry in entries[:kept]), quarantine, disk)
        number += 1
        if kept < WIDTH:
            break
    while (path := find_tile(folder, "entries", number)) is not None:
        _cut(path, 0, quarantine, disk)
        number += 1
    return tuple(pending)


def _cut(path: Path, offset: int, quarantine: Path, disk: Disk) -> None:
    if path.stat().st_size == offset:
        return
    if path.suffix != OPEN:
        raise DamageError(f"{path}: a full bundle of the capture log is torn", remedy=_REMEDY)
    file = disk.open_file(path)
    try:
        label = "log-" + "-".join(path.parts[path.parts.index("entries") :])
        move_tail(disk, quarantine, file, offset, label)
    finally:
        file.close()


def _count_leaves(entries: tuple[bytes, ...], first: int, known: int) -> int:
    """Count the entries up to the first, not among the ``known``, that is no leaf in sequence."""
    for place, entry in enumerate(entries[known:], known):
        try:
            if parse_leaf(entry).sequence != first + place:
                return place
        except DamageError:
            return place
    return len(entries)
