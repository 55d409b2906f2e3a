"""Reading the capture log, also while somebody else appends to it.

Follows C2SP tlog-tiles and ``docs/format.md``, "The capture log".  A reader goes by the
checkpoint: what lies beyond its size is not in the log yet.  Not for: appending or repair
(`archive.store.log_append`), or finding out whether tiles and entries agree
(`archive.store.check_log`).
"""

import contextlib
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from archive.core.checkpoint import EMPTY_ROOT, Checkpoint, hash_tree, parse_checkpoint
from archive.core.leaf import Leaf, LeafKind, parse_leaf
from archive.core.note import Note, parse_note
from archive.core.proof import read_root
from archive.errors import DamageError, InputError
from archive.store.disk import explain_error
from archive.store.layout import OPEN, Layout, has_warcs
from archive.store.regular import read_regular, read_start
from archive.store.tiles import (
    WIDTH,
    TileLevel,
    format_tile_path,
    measure_tile,
    parse_bundle,
    parse_hashes,
)

_REMEDY = "run `archive verify`; restore metadata/log from a copy of the archive"

_MOST_TEXT = 1 << 20  # a checkpoint with 64 signatures has a few kilobytes

# Of another log; with more leaves than this one has; with a root that as many leaves do not give.
Divergence = Literal["other log", "longer", "other root"]

RESTORE_ORIGIN = "restore metadata/log/origin from a copy of the archive"


@dataclass(frozen=True, slots=True, kw_only=True)
class CaptureLog:
    """The log in ``folder`` as it was when its checkpoint was read."""

    folder: Path
    checkpoint: Checkpoint

    @property
    def origin(self) -> str:
        """The log's name."""
        return self.checkpoint.origin

    @property
    def size(self) -> int:
        """How many leaves there are."""
        return self.checkpoint.size

    @property
    def root(self) -> bytes:
        """The root over all leaves."""
        return self.checkpoint.root

    def read_leaf(self, sequence: int) -> Leaf:
        """Return one leaf.

        Raises:
            InputError: the log is shorter.
            DamageError: what is stored is no such leaf.
        """
        if not 0 <= sequence < self.size:
            raise InputError(f"the log has {self.size} leaves, and none is number {sequence}")
        return self.parse_entry(sequence, next(self.read_entries(sequence)))

    def read_leaves(self, start: int = 0) -> Iterator[Leaf]:
        """Give the leaves from ``start`` on, in order.

        Raises:
            DamageError: what is stored is no such leaf.
        """
        for sequence, entry in enumerate(self.read_entries(start), start):
            yield self.parse_entry(sequence, entry)

    def read_entries(self, start: int = 0) -> Iterator[bytes]:
        """Give the stored bytes of the leaves from ``start`` on, in order.

        Raises:
            DamageError: an entry is missing.
        """
        for number in range(start // WIDTH, -(-self.size // WIDTH)):
            first = number * WIDTH
            wanted = min(self.size - first, WIDTH)
            entries, _ = parse_bundle(read_tile(self.folder, "entries", number))
            if len(entries) < wanted:
                raise DamageError(
                    f"{format_tile_path('entries', number)}: entry {first + len(entries)} of the"
                    f" capture log is missing or torn, though the checkpoint says {self.size}",
                    remedy=_REMEDY,
                )
            yield from entries[max(start - first, 0) : wanted]

    def read_hashes(self, level: int, number: int) -> tuple[bytes, ...]:
        """Return what a hash tile holds: at most 256 hashes, fewer at the right edge."""
        return parse_hashes(read_tile(self.folder, level, number))

    def read_node(self, height: int, index: int) -> bytes:
        """Return the root of the full subtree of 2**height leaves from index * 2**height on.

        Raises:
            DamageError: a tile is missing or torn.
        """
        level, inside = divmod(height, 8)
        number, place = divmod(index << inside, WIDTH)
        hashes = self.read_hashes(level, number)[place : place + (1 << inside)]
        if len(hashes) < 1 << inside:
            raise DamageError(
                f"{format_tile_path(level, number)}: a hash tile of the capture log is missing or"
                " torn",
                remedy=_REMEDY,
            )
        return hash_tree(hashes)

    def find_divergence(self, checkpoint: Checkpoint) -> Divergence | None:
        """Return how ``checkpoint`` differs from all that this log has had, or None.

        Raises:
            DamageError: a tile is missing or torn.
        """
        if checkpoint.origin != self.origin:
            return "other log"
        if checkpoint.size > self.size:
            return "longer"
        is_newest = checkpoint.size == self.size  # whose root is known without a tile
        root = self.root if is_newest else read_root(self.read_node, checkpoint.size)
        return None if root == checkpoint.root else "other root"

    def parse_entry(self, sequence: int, entry: bytes) -> Leaf:
        """Return the leaf that ``entry`` is, which is number ``sequence``.

        Raises:
            DamageError: it is no such leaf.
        """
        try:
            leaf = parse_leaf(entry)
        except DamageError as error:
            raise DamageError(f"capture log, entry {sequence}: {error}", remedy=_REMEDY) from error
        if leaf.sequence != sequence:
            raise DamageError(
                f"capture log, entry {sequence}: it says that it is number {leaf.sequence}",
                remedy=_REMEDY,
            )
        return leaf


def list_leaves(log: CaptureLog, kinds: Collection[LeafKind]) -> Iterator[Leaf]:
    """Yield the leaves of some kinds, looking at the others as bytes alone.

    Raises:
        DamageError: what is stored is no such leaf.
    """
    marks = tuple(f'"type":"{kind}"'.encode() for kind in kinds)
    for sequence, entry in enumerate(log.read_entries()):
        if any(mark in entry for mark in marks):
            leaf = log.parse_entry(sequence, entry)
            if leaf.kind in kinds:
                yield leaf


def read_log(folder: Path) -> CaptureLog:
    """Return the log in ``folder``, the ``metadata/log`` of an archive, as it is now.

    Raises:
        InputError: there is no log, nor anything that it would be about.
        DamageError: the checkpoint is broken, or of another log, or the log is lost.
        StoreError: it cannot be read.
    """
    origin = read_origin(folder)
    checkpoint = None if origin is None else read_checkpoint(folder)
    if origin is None or checkpoint is None:
        missing = folder / ("origin" if origin is None else "checkpoint")
        error = _explain_absence(folder, missing)
        if isinstance(error, DamageError) and missing.exists():
            return read_log(folder)  # a writer has just begun the log
        raise error
    if checkpoint.origin != origin:
        raise DamageError(
            f"the checkpoint is of the log {checkpoint.origin!r}, but this is {origin!r}",
            remedy=_REMEDY,
        )
    return CaptureLog(folder=folder, checkpoint=checkpoint)


def _explain_absence(folder: Path, missing: Path) -> InputError | DamageError:
    """Return what a missing file means: a log that is not made yet, or one that was lost."""
    if has_log(folder):
        remedy = RESTORE_ORIGIN if missing.name == "origin" else _REMEDY
        return DamageError(f"{missing} is missing", remedy=remedy)
    if has_warcs(Layout(root=folder.parent.parent)):
        return DamageError(
            f"{missing} is missing: there are WARC files, but no capture log", remedy=_REMEDY
        )
    return InputError(
        f"no capture log in {folder}: nothing was stored yet",
        remedy="capture a page: archive capture URL",
    )


def has_log(folder: Path) -> bool:
    """Tell whether there is anything of a log but its name: a checkpoint, or an entry.

    Raises:
        StoreError: that cannot be found out.
    """
    return _read_text(folder / "checkpoint") is not None or bool(read_tile(folder, "entries", 0))


def read_origin(folder: Path) -> str | None:
    """Return the log's name, or None where there is no log.

    Raises:
        DamageError: the name is not one line of text.
        StoreError: it cannot be read.
    """
    text = _read_text(folder / "origin")
    if text is None:
        return None
    origin = text.removesuffix("\n")
    if not origin or origin + "\n" != text or not origin.isprintable():
        raise DamageError(f"{folder / 'origin'} is not one line of text", remedy=_REMEDY)
    return origin


def read_checkpoint(folder: Path) -> Checkpoint | None:
    """Return the newest checkpoint, or None where there is none.

    Raises:
        DamageError: it is broken.
        StoreError: it cannot be read.
    """
    note = read_note(folder)
    return None if note is None else parse_checkpoint(note.text)


def read_note(folder: Path) -> Note | None:
    """Return the newest checkpoint as it is signed, or None where there is none.

    Raises:
        DamageError: it is no signed note.
        StoreError: it cannot be read.
    """
    text = _read_text(folder / "checkpoint")
    return None if text is None else parse_note(text)


def format_empty_checkpoint(origin: str) -> Checkpoint:
    """Return the checkpoint of a log without leaves."""
    return Checkpoint(origin=origin, size=0, root=EMPTY_ROOT)


def find_tile(folder: Path, level: TileLevel, number: int) -> Path | None:
    """Return where a tile lies now, full or still open, or None.

    Beside a writer, which may rename it at any time, `read_tile` is the one to use.

    Raises:
        StoreError: that cannot be found out.
    """
    for place in _list_places(folder, level, number):
        try:
            if place.is_file():
                return place
        except OSError as error:
            raise explain_error(error, "read", place) from error
    return None


def read_tile(folder: Path, level: TileLevel, number: int) -> bytes:
    """Return the bytes of a tile, full or still open; none where there is no such tile.

    Of a file that is longer than any tile, the first bytes, one more than a tile has.

    Raises:
        StoreError: it is there, but cannot be read.
    """
    for place in _list_places(folder, level, number):
        try:
            with contextlib.suppress(FileNotFoundError):
                # One byte more than a tile can have, so that it is seen.
                return read_start(place, measure_tile(level) + 1)
        except OSError as error:
            raise explain_error(error, "read", place) from error
    return b""


def _list_places(folder: Path, level: TileLevel, number: int) -> tuple[Path, ...]:
    path = folder / format_tile_path(level, number)
    # A writer may rename the file between two looks, so the first place is looked at again.
    return (path, path.with_name(path.name + OPEN), path)


def _read_text(path: Path) -> str | None:
    try:
        return read_regular(path, _MOST_TEXT).decode()
    except FileNotFoundError:
        return None
    except UnicodeDecodeError as error:
        raise DamageError(f"{path} is no text", remedy=_REMEDY) from error
    except OSError as error:
        raise explain_error(error, "read", path) from error
