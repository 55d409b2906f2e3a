"""Appending to the capture log: entries, then hash tiles, then the checkpoint.

Follows C2SP tlog-tiles and ``docs/format.md``, "Writing".

Rules:

1. The fsync of the entries is the commit: from then on a crash loses nothing, since the rest
   follows from them when the log is opened again.
2. A hash tile is fsynced when it is full, before the checkpoint that counts on it.  The tiles
   at the right edge need not be: opening compares them with the checkpoint.
3. An error before the checkpoint is published rolls everything back.
4. What appending costs depends on what is appended, not on the length of the log.

Not for: reading (`archive.store.log`) or repair (`archive.store.log_repair`).
"""

from collections.abc import Callable
from types import TracebackType
from typing import Self

from archive.core.checkpoint import (
    Checkpoint,
    append_peaks,
    bag_peaks,
    hash_leaf,
    hash_tree,
)
from archive.errors import StoreError
from archive.store.disk import Disk, OpenFile
from archive.store.layout import OPEN, Layout
from archive.store.log_repair import finish_tiles, repair_log
from archive.store.tiles import HASH, WIDTH, TileLevel, format_entry, format_tile_path


class LogAppender:
    """The one writer of the log of an archive; holds its right-edge files open.

    ``sign`` gives the signed note of a checkpoint.  Opening repairs.  ``is_sound`` is False
    after an error that could not be rolled back: then only opening the log again helps.
    """

    def __init__(
        self, layout: Layout, *, disk: Disk, origin: str, sign: Callable[[Checkpoint], str]
    ) -> None:
        self._folder = layout.log
        self._disk = disk
        self._sign = sign
        self._edges: dict[TileLevel, OpenFile] = {}
        self._marks: dict[OpenFile, int] = {}
        self._is_settled = True
        self.is_sound = True
        repaired = repair_log(layout, disk=disk, origin=origin, sign=sign)
        self._levels = repaired.levels
        self._peaks = repaired.peaks
        self.checkpoint = repaired.checkpoint
        if repaired.pending:
            try:
                self._publish(repaired.pending)
                self._settle()
            except BaseException:
                self.close()
                raise

    def __enter__(self) -> Self:
        """Give the appender itself."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Close the files."""
        self.close()

    @property
    def size(self) -> int:
        """How many leaves there are."""
        return self.checkpoint.size

    def append(self, entries: list[bytes]) -> Checkpoint:
        """Append entries, durably, and return the new checkpoint.

        Raises:
            StoreError: nothing was appended, unless ``size`` has grown all the same.
        """
        if not self.is_sound:
            raise StoreError(
                "the capture log is in disorder after an earlier error",
                remedy="run the command again: opening the archive puts the log in order",
            )
        if not entries:
            return self.checkpoint
        self._settle()
        self._marks.clear()
        edges = dict(self._edges)
        try:
            touched = self._extend("entries", self.size, [format_entry(item) for item in entries])
            for file in touched:
                self._disk.sync(file)
            self._publish(tuple(entries))
        except BaseException:
            self._roll_back(edges)
            raise
        self._drop_full()
        self._settle()
        return self.checkpoint

    def sign_again(self) -> None:
        """Publish the checkpoint as it is, signed by the keys that are in use now.

        Raises:
            StoreError: the disk refuses; the checkpoint is then as it was, or as it should be.
        """
        self._disk.replace_file(self._folder / "checkpoint", self._sign(self.checkpoint).encode())

    def close(self) -> None:
        """Close the files; the log is complete at any time."""
        for file in {*self._edges.values(), *self._marks}:
            file.close()
        self._edges.clear()

    def _publish(self, entries: tuple[bytes, ...]) -> None:
        """Write the hash tiles and the checkpoint of entries that are stored already."""
        hashes = [hash_leaf(entry) for entry in entries]
        peaks = append_peaks(self._peaks, self.size, hashes)
        levels = [list(level) for level in self._levels]
        items, start, level = hashes, self.size, 0
        while items:
            if level == len(levels):
                levels.append([])
            for file in self._extend(level, start, items):
                if file.size == WIDTH * HASH:
                    self._disk.sync(file)
            held = levels[level] + items
            full = len(held) // WIDTH * WIDTH
            levels[level] = held[full:]
            items = [hash_tree(held[place : place + WIDTH]) for place in range(0, full, WIDTH)]
            start //= WIDTH
            level += 1
        checkpoint = Checkpoint(
            origin=self.checkpoint.origin, size=self.size + len(entries), root=bag_peaks(peaks)
        )
        note = self._sign(checkpoint).encode()
        self._disk.replace_file(self._folder / "checkpoint", note)
        self._is_settled = self.size // WIDTH == checkpoint.size // WIDTH
        self._levels = tuple(map(tuple, levels))
        self._peaks = peaks
        self.checkpoint = checkpoint

    def _extend(self, level: TileLevel, start: int, items: list[bytes]) -> list[OpenFile]:
        """Append ``items`` to the tiles of a level, the first at index ``start``."""
        touched: list[OpenFile] = []
        place = 0
        while place < len(items):
            index = start + place
            count = min(WIDTH - index % WIDTH, len(items) - place)
            file = self._open_edge(level, index)
            self._marks.setdefault(file, file.size)
            touched.append(file)
            self._disk.append(file, b"".join(items[place : place + count]))
            place += count
        return touched

    def _open_edge(self, level: TileLevel, index: int) -> OpenFile:
        """Return the tile that the item ``index`` of a level belongs into, open for appending."""
        known = self._edges.get(level)
        if known is not None and index % WIDTH:
            return known
        path = self._folder / (format_tile_path(level, index // WIDTH) + OPEN)
        self._disk.make_folder(path.parent)
        file = self._disk.open_file(path) if path.exists() else self._disk.create_file(path)
        expected = index % WIDTH * HASH if level != "entries" or index % WIDTH == 0 else file.size
        if known is not None:
            self._marks.setdefault(known, known.size)  # full; closed when the batch is through
        self._edges[level] = file
        self._marks[file] = expected
        if file.size != expected:
            self._disk.truncate(file, expected)  # left by a batch that was never published
        return file

    def _roll_back(self, edges: dict[TileLevel, OpenFile]) -> None:
        """Undo what the batch wrote: entries first, and durably, so that none names lost bytes."""
        self._edges = edges
        kept = set(edges.values())
        try:
            for file, size in self._marks.items():
                self._disk.truncate(file, size)
                if "entries" in file.path.parts:
                    self._disk.sync(file)
        except StoreError:
            self.is_sound = False
        finally:
            for file in self._marks:
                if file not in kept:
                    file.close()
            self._marks.clear()

    def _drop_full(self) -> None:
        kept = set(self._edges.values())
        for file in self._marks:
            if file not in kept:
                file.close()
        self._marks.clear()

    def _settle(self) -> None:
        if not self._is_settled:
            finish_tiles(self._folder, self._disk, self.size)
            self._is_settled = True
