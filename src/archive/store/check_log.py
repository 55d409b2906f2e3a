"""Checking the capture log: entries, hash tiles and checkpoint against each other.

Follows RFC 6962 §2.1 and C2SP tlog-tiles.  All tiles are computed anew from the entries.  Where
a stored tile differs, the tiles above it, or the checkpoint, say which of the two is wrong.
Read-only.  Not for: WARC files (`archive.store.check`) or repair (`archive.store.log_repair`).
"""

import contextlib
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from archive.core.checkpoint import Checkpoint, append_peaks, bag_peaks, hash_leaf, hash_tree
from archive.core.finding import Finding
from archive.core.leaf import Leaf, Overwritten, parse_leaf
from archive.errors import DamageError, StoreError
from archive.store.log import read_checkpoint, read_origin, read_tile
from archive.store.tiles import (
    HASH,
    WIDTH,
    TileLevel,
    count_tiles,
    format_entry,
    format_tile_path,
    parse_bundle,
    parse_hashes,
    parse_tile_path,
)
from archive.store.withdraw import MARK

LOG = "metadata/log"
_HOLDS = "the entries of the log that are not named here"
_RESTORE = "restore metadata/log from a copy of the archive; if all is lost: archive rebuild --log"


@dataclass(frozen=True, slots=True, kw_only=True)
class Withdrawn:
    """What overwrites a record, and whether the newest leaf says so."""

    item: Overwritten
    is_newest: bool


class _Log:
    """The stored log, and what is found: what cannot be read is told once, and reads as empty."""

    __slots__ = ("findings", "folder", "unread")

    def __init__(self, folder: Path, findings: list[Finding]) -> None:
        self.folder = folder
        self.findings = findings
        self.unread: set[str] = set()

    def read_tile(self, level: TileLevel, number: int) -> bytes:
        """Return the bytes of a tile."""
        try:
            return read_tile(self.folder, level, number)
        except StoreError as error:
            self.report_unread(error, format_tile_path(level, number))
            return b""

    def report(self, what: str, name: str, offset: int | None, holds: str = _HOLDS) -> None:
        """Add a finding of damage in the file ``name``, unless that file could not be read."""
        if name not in self.unread:
            self.findings.append(
                Finding(
                    severity="damage",
                    what=what,
                    file=f"{LOG}/{name}",
                    offset=offset,
                    holds=holds,
                    remedy=_RESTORE,
                )
            )

    def note_unpublished(self, name: str, offset: int) -> None:
        """Add that there are entries which the checkpoint does not count yet."""
        self.findings.append(
            Finding(
                severity="note",
                what="entries beyond the checkpoint",
                file=f"{LOG}/{name}",
                offset=offset,
                holds="everything under the checkpoint",
                remedy="none is needed: a writer is at work, or the next one puts it right",
            )
        )

    def report_unread(self, error: StoreError, name: str) -> None:
        """Say, once, that the file ``name`` cannot be read."""
        if name not in self.unread:
            self.unread.add(name)
            self.findings.append(
                Finding(
                    severity="undecidable",
                    what=str(error),
                    file=f"{LOG}/{name}",
                    offset=None,
                    holds="what the other files of the log say",
                    remedy=error.remedy,
                )
            )


def check_log(folder: Path, findings: list[Finding]) -> Iterator[Leaf | None]:
    """Give the leaves in order, and None for each entry that cannot be relied on.

    What is found on the way is added to ``findings``.
    """
    log = _Log(folder, findings)
    checkpoint = _read_checkpoint(log)
    size = checkpoint.size if checkpoint is not None else _count_entries(log)
    stored = (_find_last_bundle(log.folder) + 1) * WIDTH
    levels: list[list[bytes]] = [[] for _ in count_tiles(size)]
    numbers = [0 for _ in levels]
    peaks: tuple[bytes, ...] = ()
    is_edge_sound = checkpoint is not None and _find_edge_root(log, size) == checkpoint.root
    for number in range(-(-min(size, stored) // WIDTH)):
        leaves, hashes = _check_bundle(log, number, size)
        hashes = _compare_entries(log, number, hashes, is_edge_sound, leaves)
        yield from leaves
        peaks = append_peaks(peaks, number * WIDTH, hashes)
        levels[0] = hashes
        for level in range(len(levels)):
            if len(levels[level]) < WIDTH:
                break
            if level:
                _compare_tile(log, level, numbers[level], levels[level])
            if level + 1 < len(levels):
                levels[level + 1].append(hash_tree(levels[level]))
            numbers[level] += 1
            levels[level] = []
    if stored < size:  # by any number: it is only what the checkpoint says
        what = f"entries {stored} to {size - 1} are missing"
        log.report(what, format_tile_path("entries", stored // WIDTH), None)
        yield None
    for level, hashes in enumerate(levels):
        if level and hashes:
            _compare_tile(log, level, numbers[level], hashes)
    if checkpoint is not None and not is_edge_sound and bag_peaks(peaks) != checkpoint.root:
        what = "the checkpoint's size and root are neither those of the entries nor of the tiles"
        log.report(what, "checkpoint", 0)


def find_overwritten(folder: Path) -> dict[str, Withdrawn]:
    """Return what withdrawals overwrite, by record id, reading no more leaves than needed.

    What cannot be read is passed over: `check_log` tells.
    """
    found: dict[str, tuple[Overwritten, int]] = {}
    last = 0
    for number in range(_find_last_bundle(folder) + 1):
        data = b""
        with contextlib.suppress(StoreError):
            data = read_tile(folder, "entries", number)
        entries, _ = parse_bundle(data)
        for sequence, entry in enumerate(entries, number * WIDTH):
            last = sequence
            if MARK not in entry:
                continue
            with contextlib.suppress(DamageError):
                found |= {item.record_id: (item, sequence) for item in parse_leaf(entry).overwrites}
    return {
        record_id: Withdrawn(item=item, is_newest=sequence == last)
        for record_id, (item, sequence) in found.items()
    }


def _read_checkpoint(log: _Log) -> Checkpoint | None:
    origin = checkpoint = None
    for name in ("origin", "checkpoint"):
        try:
            if name == "origin":
                origin = read_origin(log.folder)
            else:
                checkpoint = read_checkpoint(log.folder)
        except DamageError as error:
            log.report(str(error), name, None)
        except StoreError as error:
            log.report_unread(error, name)
        else:
            if (origin if name == "origin" else checkpoint) is None:
                log.report(f"{name} is missing", name, None)
    if origin is not None and checkpoint is not None and checkpoint.origin != origin:
        what = f"the checkpoint is of the log {checkpoint.origin!r}, but origin says {origin!r}"
        log.report(what, "checkpoint", 0)
    return checkpoint


def _find_last_bundle(folder: Path) -> int:
    """Return the highest number that a stored bundle of entries has, or -1."""
    base = folder / "tile" / "entries"
    last = -1
    for root, folders, names in os.walk(base):
        below = Path(root).relative_to(base)
        for name in (*names, *folders):  # a folder in a bundle's place is told by who reads it
            number = parse_tile_path((below / name).as_posix())
            last = max(last, -1 if number is None else number)
    return last


def _count_entries(log: _Log) -> int:
    number = size = 0
    while data := log.read_tile("entries", number):
        entries, _ = parse_bundle(data)
        size = number * WIDTH + len(entries)
        number += 1
    return size


def _check_bundle(log: _Log, number: int, size: int) -> tuple[list[Leaf | None], list[bytes]]:
    """Return the leaves of a bundle and their hashes: None and zeros for what is no leaf."""
    first = number * WIDTH
    wanted = min(size - first, WIDTH)
    data = log.read_tile("entries", number)
    entries, used = parse_bundle(data)
    path = format_tile_path("entries", number)
    leaves: list[Leaf | None] = []
    place = 0
    for sequence, entry in enumerate(entries[:wanted], first):
        try:
            leaf = parse_leaf(entry)
            if leaf.sequence != sequence or not leaf.records:
                raise DamageError(f"it says that it is number {leaf.sequence}, or lists nothing")
            leaves.append(leaf)
        except DamageError as error:
            leaves.append(None)
            log.report(f"entry {sequence}: {error}", path, place)
        place += len(format_entry(entry))
    missing = range(first + len(entries), first + wanted)
    if missing:
        log.report(f"entries {missing[0]} to {missing[-1]} are missing or torn", path, used)
    elif used < len(data) and wanted == WIDTH:
        log.report("bytes after the last entry", path, used)
    elif place < len(data):
        log.note_unpublished(path, place)
    hashes = [hash_leaf(entry) for entry in entries[:wanted]]
    return leaves + [None] * len(missing), hashes + [bytes(HASH)] * len(missing)


def _compare_entries(
    log: _Log,
    number: int,
    hashes: list[bytes],
    is_edge_sound: bool,  # noqa: FBT001  # one of two kinds of evidence
    leaves: list[Leaf | None],
) -> list[bytes]:
    """Compare the entries of a bundle with their hashes in level 0, and say which is wrong.

    Returns the hashes to go on with: the stored ones where they are sound.  A leaf that is
    wrong becomes None.
    """
    data = log.read_tile(0, number)
    stored = list(parse_hashes(data)[: len(hashes)])
    if stored != hashes:
        is_full = len(hashes) == WIDTH
        is_sound = _is_tile_sound(log, number, stored) if is_full else is_edge_sound
        if not is_sound or len(stored) < len(hashes):
            _compare_tile(log, 0, number, hashes)
            return hashes
        place = 0
        entries, _ = parse_bundle(log.read_tile("entries", number))
        for index, entry in enumerate(entries[: len(hashes)]):
            if stored[index] != hashes[index] and leaves[index] is not None:
                leaves[index] = None
                what = f"entry {number * WIDTH + index} is not what the hash tree says"
                path = format_tile_path("entries", number)
                log.report(what, path, place)
            place += len(format_entry(entry))
    _compare_tile(log, 0, number, stored)
    return stored


def _is_tile_sound(log: _Log, number: int, stored: list[bytes]) -> bool:
    """Tell whether a full tile of level 0 is what the tile above says."""
    above = parse_hashes(log.read_tile(1, number // WIDTH))
    return (
        len(stored) == WIDTH
        and len(above) > number % WIDTH
        and hash_tree(stored) == above[number % WIDTH]
    )


def _compare_tile(log: _Log, level: TileLevel, number: int, hashes: list[bytes]) -> None:
    data = log.read_tile(level, number)
    wanted = b"".join(hashes)
    is_full = len(hashes) == WIDTH
    if data == wanted or (not is_full and data.startswith(wanted)):
        return
    same = next(
        (place for place, pair in enumerate(zip(data, wanted, strict=False)) if pair[0] != pair[1]),
        min(len(data), len(wanted)),
    )
    log.report(
        f"the hash tile is not what its entries give (hash {same // HASH})",
        format_tile_path(level, number),
        same // HASH * HASH,
        "the entries and the checkpoint, if nothing else is found",
    )


def _find_edge_root(log: _Log, size: int) -> bytes:
    """Return the root that follows from the stored tiles at the right edge, if they suffice."""
    peaks: tuple[bytes, ...] = ()
    for level, count in reversed(list(enumerate(count_tiles(size)))):
        width = count % WIDTH
        hashes = parse_hashes(log.read_tile(level, count // WIDTH)) if width else ()
        if len(hashes) < width:
            return b""
        peaks += append_peaks((), 0, hashes[:width])
    return bag_peaks(peaks)
