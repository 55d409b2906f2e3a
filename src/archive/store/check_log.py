"""Checking the capture log: entries, hash tiles and checkpoint against each other.

Follows RFC 6962 §2.1 and C2SP tlog-tiles.  All tiles are computed anew from the entries.  Where
a stored tile differs, the tiles above it, or the checkpoint, say which of the two is wrong.
Read-only.  Not for: WARC files (`archive.store.check`) or repair (`archive.store.log_repair`).
"""

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from archive.core.checkpoint import (
    Checkpoint,
    append_peaks,
    bag_peaks,
    hash_leaf,
    hash_tree,
)
from archive.core.finding import Finding
from archive.core.leaf import Leaf, Overwritten, parse_leaf
from archive.errors import DamageError
from archive.store.log import find_tile, read_checkpoint, read_origin, read_tile
from archive.store.tiles import (
    HASH,
    WIDTH,
    Level,
    count_tiles,
    format_entry,
    format_tile_path,
    parse_bundle,
    parse_hashes,
)

LOG = "metadata/log"
_RESTORE = "restore metadata/log from a copy of the archive"


@dataclass(frozen=True, slots=True, kw_only=True)
class Withdrawn:
    """What overwrites a record, and whether the newest leaf says so."""

    item: Overwritten
    is_newest: bool


def check_log(folder: Path, findings: list[Finding]) -> Iterator[Leaf | None]:
    """Give the leaves in order, and None for each entry that cannot be relied on.

    What is found on the way is added to ``findings``.
    """
    checkpoint = _read_checkpoint(folder, findings)
    size = checkpoint.size if checkpoint is not None else _count_entries(folder)
    levels: list[list[bytes]] = [[] for _ in count_tiles(size)]
    numbers = [0 for _ in levels]
    peaks: tuple[bytes, ...] = ()
    is_edge_sound = checkpoint is not None and _find_edge_root(folder, size) == checkpoint.root
    for number in range(-(-size // WIDTH)):
        leaves, hashes = _check_bundle(folder, number, size, findings)
        hashes = _compare_entries(folder, number, hashes, is_edge_sound, leaves, findings)
        yield from leaves
        peaks = append_peaks(peaks, number * WIDTH, hashes)
        levels[0] = hashes
        for level in range(len(levels)):
            if len(levels[level]) < WIDTH:
                break
            if level:
                _compare_tile(folder, level, numbers[level], levels[level], findings)
            if level + 1 < len(levels):
                levels[level + 1].append(hash_tree(levels[level]))
            numbers[level] += 1
            levels[level] = []
    for level, hashes in enumerate(levels):
        if level and hashes:
            _compare_tile(folder, level, numbers[level], hashes, findings)
    if checkpoint is not None and not is_edge_sound and bag_peaks(peaks) != checkpoint.root:
        what = "the checkpoint's size and root are neither those of the entries nor of the tiles"
        findings.append(_damage(what, f"{LOG}/checkpoint", 0))


def find_overwritten(folder: Path) -> dict[str, Withdrawn]:
    """Return what withdrawals overwrite, by record id, reading no more leaves than needed."""
    found: dict[str, tuple[Overwritten, int]] = {}
    number = last = 0
    while data := read_tile(folder, "entries", number):
        entries, _ = parse_bundle(data)
        for sequence, entry in enumerate(entries, number * WIDTH):
            last = sequence
            if b'"overwrites":[' not in entry:
                continue
            with contextlib.suppress(DamageError):  # told by `check_log`
                found |= {item.record_id: (item, sequence) for item in parse_leaf(entry).overwrites}
        number += 1
    return {
        record_id: Withdrawn(item=item, is_newest=sequence == last)
        for record_id, (item, sequence) in found.items()
    }


def _read_checkpoint(folder: Path, findings: list[Finding]) -> Checkpoint | None:
    origin = checkpoint = None
    for name in ("origin", "checkpoint"):
        try:
            if name == "origin":
                origin = read_origin(folder)
            else:
                checkpoint = read_checkpoint(folder)
        except DamageError as error:
            findings.append(_damage(str(error), f"{LOG}/{name}", None))
            continue
        if (origin if name == "origin" else checkpoint) is None:
            findings.append(_damage(f"{name} is missing", f"{LOG}/{name}", None))
    if origin is not None and checkpoint is not None and checkpoint.origin != origin:
        findings.append(
            _damage(
                f"the checkpoint is of the log {checkpoint.origin!r}, but origin says {origin!r}",
                f"{LOG}/checkpoint",
                0,
            )
        )
    return checkpoint


def _count_entries(folder: Path) -> int:
    number = size = 0
    while find_tile(folder, "entries", number) is not None:
        entries, _ = parse_bundle(read_tile(folder, "entries", number))
        size = number * WIDTH + len(entries)
        number += 1
    return size


def _check_bundle(
    folder: Path, number: int, size: int, findings: list[Finding]
) -> tuple[list[Leaf | None], list[bytes]]:
    """Return the leaves of a bundle and their hashes: None and zeros for what is no leaf."""
    first = number * WIDTH
    wanted = min(size - first, WIDTH)
    data = read_tile(folder, "entries", number)
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
            findings.append(_damage(f"entry {sequence}: {error}", f"{LOG}/{path}", place))
        place += len(format_entry(entry))
    missing = range(first + len(entries), first + wanted)
    if missing:
        what = f"entries {missing[0]} to {missing[-1]} are missing or torn"
        findings.append(_damage(what, f"{LOG}/{path}", used))
    elif used < len(data) and wanted == WIDTH:
        findings.append(_damage("bytes after the last entry", f"{LOG}/{path}", used))
    elif place < len(data):
        findings.append(_note_unpublished(path, place))
    hashes = [hash_leaf(entry) for entry in entries[:wanted]]
    return leaves + [None] * len(missing), hashes + [bytes(HASH)] * len(missing)


def _compare_entries(
    folder: Path,
    number: int,
    hashes: list[bytes],
    is_edge_sound: bool,  # noqa: FBT001  # one of two kinds of evidence
    leaves: list[Leaf | None],
    findings: list[Finding],
) -> list[bytes]:
    """Compare the entries of a bundle with their hashes in level 0, and say which is wrong.

    Returns the hashes to go on with: the stored ones where they are sound.  A leaf that is
    wrong becomes None.
    """
    data = read_tile(folder, 0, number)
    stored = list(parse_hashes(data)[: len(hashes)])
    if stored != hashes:
        is_full = len(hashes) == WIDTH
        is_sound = _is_tile_sound(folder, number, stored) if is_full else is_edge_sound
        if not is_sound or len(stored) < len(hashes):
            _compare_tile(folder, 0, number, hashes, findings)
            return hashes
        place = 0
        entries, _ = parse_bundle(read_tile(folder, "entries", number))
        for index, entry in enumerate(entries[: len(hashes)]):
            if stored[index] != hashes[index] and leaves[index] is not None:
                leaves[index] = None
                what = f"entry {number * WIDTH + index} is not what the hash tree says"
                path = format_tile_path("entries", number)
                findings.append(_damage(what, f"{LOG}/{path}", place))
            place += len(format_entry(entry))
    _compare_tile(folder, 0, number, stored, findings)
    return stored


def _is_tile_sound(folder: Path, number: int, stored: list[bytes]) -> bool:
    """Tell whether a full tile of level 0 is what the tile above says."""
    above = parse_hashes(read_tile(folder, 1, number // WIDTH))
    return (
        len(stored) == WIDTH
        and len(above) > number % WIDTH
        and hash_tree(stored) == above[number % WIDTH]
    )


def _compare_tile(
    folder: Path, level: Level, number: int, hashes: list[bytes], findings: list[Finding]
) -> None:
    data = read_tile(folder, level, number)
    wanted = b"".join(hashes)
    is_full = len(hashes) == WIDTH
    if data == wanted or (not is_full and data.startswith(wanted)):
        return
    same = next(
        (place for place, pair in enumerate(zip(data, wanted, strict=False)) if pair[0] != pair[1]),
        min(len(data), len(wanted)),
    )
    findings.append(
        Finding(
            severity="damage",
            what=f"the hash tile is not what its entries give (hash {same // HASH})",
            file=f"{LOG}/{format_tile_path(level, number)}",
            offset=same // HASH * HASH,
            holds="the entries and the checkpoint, if nothing else is found",
            remedy=_RESTORE,
        )
    )


def _find_edge_root(folder: Path, size: int) -> bytes:
    """Return the root that follows from the stored tiles at the right edge, if they suffice."""
    peaks: tuple[bytes, ...] = ()
    for level, count in reversed(list(enumerate(count_tiles(size)))):
        width = count % WIDTH
        hashes = parse_hashes(read_tile(folder, level, count // WIDTH)) if width else ()
        if len(hashes) < width:
            return b""
        peaks += append_peaks((), 0, hashes[:width])
    return bag_peaks(peaks)


def _note_unpublished(path: str, place: int) -> Finding:
    return Finding(
        severity="note",
        what="entries beyond the checkpoint",
        file=f"{LOG}/{path}",
        offset=place,
        holds="everything under the checkpoint",
        remedy="none is needed: a writer is at work, or the next one puts it right",
    )


def _damage(what: str, file: str, offset: int | None) -> Finding:
    return Finding(
        severity="damage",
        what=what,
        file=file,
        offset=offset,
        holds="the entries of the log that are not named here",
        remedy=_RESTORE,
    )
