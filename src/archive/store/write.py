"""The one writer: groups of records into WARC files and the capture log, durably.

Follows ``docs/format.md``, "Writing".

Rules:

1. Members are appended, read back and compared, fsynced; then the leaves.  What `append`
   returns is stored; several groups share one such sequence.
2. An error rolls back to the last good offset.  Where even that fails, the writer refuses to
   go on, and opening the archive again finds out what is stored.
3. A finished file is never appended to.

Not for: what the records say (`archive.workflows`), or the index.
"""

import os
import re
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from types import TracebackType
from typing import Self

from archive.core.checkpoint import Checkpoint
from archive.core.digest import digest_bytes
from archive.core.leaf import Leaf, Placed, format_leaf
from archive.core.record import Draft
from archive.errors import InputError, StoreError
from archive.store.disk import Disk, OpenFile
from archive.store.groups import GroupDraft, require_whole
from archive.store.layout import OPEN, Layout, make_folders
from archive.store.lock import take_lock
from archive.store.log import read_log
from archive.store.log_append import LogAppender
from archive.store.recover import finish_file, recover_files
from archive.store.warc import write_record
from archive.store.withdraw import overwrite_members

_BUFFER = 1 << 20
_SLUG = re.compile(r"[^a-z0-9]+")


class ArchiveWriter:
    """Holds the archive's lock, the log and the open WARC file; to be closed.

    Opening waits up to ``lock_seconds`` for another writer and puts right what a crash left.
    ``sign`` gives the signed note of a checkpoint, ``info`` are the fields of the warcinfo
    record, ``command`` what others are told who wait.
    """

    def __init__(  # noqa: PLR0913  # each is given by name
        self,
        layout: Layout,
        *,
        disk: Disk,
        clock: Callable[[], datetime],
        new_id: Callable[[], str],
        origin: str,
        sign: Callable[[Checkpoint], str],
        info: tuple[tuple[str, str], ...],
        rotate_bytes: int = 1 << 30,
        lock_seconds: float = 0.0,
        command: str = "",
    ) -> None:
        self._layout = layout
        self._disk = disk
        self._clock = clock
        self._new_id = new_id
        self._slug = _SLUG.sub("-", origin.lower().rpartition("/")[2]).strip("-")[:40] or "archive"
        self._info = _format_info(info)
        self._rotate_bytes = rotate_bytes
        self._serial = 0
        self._file: OpenFile | None = None
        self._name = ""
        self._warcinfo_id = ""
        self._is_sound = True
        make_folders(layout, disk)
        self._lock = take_lock(layout.lock, command=command, seconds=lock_seconds)
        try:
            self._log = LogAppender(layout, disk=disk, origin=origin, sign=sign)
            try:
                recover_files(layout, disk, self._log, clock)
            except BaseException:
                self._log.close()
                raise
        except BaseException:
            os.close(self._lock)
            raise

    def __enter__(self) -> Self:
        """Give the writer itself."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Close."""
        self.close()

    @property
    def checkpoint(self) -> Checkpoint:
        """The newest checkpoint: what was appended so far is under it."""
        return self._log.checkpoint

    def append(self, groups: Sequence[GroupDraft]) -> tuple[Leaf, ...]:
        """Store groups, and return their leaves when they are durable.

        Raises:
            InputError: a draft cannot be stored as it is; nothing was.
            StoreError: the disk failed; nothing was stored, unless the message says that it is
                not known.
        """
        if not self._is_sound or self._lock < 0:
            raise StoreError(
                "this writer is closed, or could not undo an earlier error",
                remedy="run the command again: opening the archive puts it in order",
            )
        for group in groups:
            require_whole(group, alone=len(groups) == 1)
        if not groups:
            return ()
        if self._file is not None and self._file.size >= self._rotate_bytes:
            self._finish()
        mark = 0 if self._file is None else self._file.size
        size = self._log.size
        try:
            leaves = self._store(groups)
        except BaseException:
            self._roll_back(mark, size)
            raise
        for leaf in leaves:
            if leaf.overwrites:
                overwrite_members(self._layout, self._disk, read_log(self._layout.log), leaf)
        return leaves

    def sign_again(self) -> None:
        """Publish the checkpoint as it is, signed by the keys that are in use now.

        Raises:
            StoreError: the disk refuses.
        """
        self._log.sign_again()

    def close(self) -> None:
        """Finish the open file and let go of the lock."""
        if self._lock < 0:
            return
        try:
            if self._is_sound and self._disk.is_sound:
                self._finish()
        finally:
            if self._file is not None:
                self._file.close()
            self._log.close()
            os.close(self._lock)
            self._lock = -1

    def _store(self, groups: Sequence[GroupDraft]) -> tuple[Leaf, ...]:
        time = self._clock()
        file = self._file or self._create_file(time)
        batch = _Batch(self._disk, file)
        extra: list[Placed] = []
        if not file.size:
            extra.append(batch.write(self._draft_warcinfo(time), None))
        leaves: list[Leaf] = []
        for group in groups:
            records = [batch.write(draft, self._warcinfo_id) for draft in group.drafts]
            leaves.append(
                Leaf(
                    sequence=self._log.size + len(leaves),
                    kind=group.kind,
                    time=time,
                    warc=self._name,
                    records=(*extra, *records),
                    address=group.address,
                    overwrites=group.overwrites,
                )
            )
            extra.clear()
        entries = [format_leaf(leaf) for leaf in leaves]
        batch.flush()
        self._disk.sync(file)
        self._log.append(entries)
        return tuple(leaves)

    def _create_file(self, time: datetime) -> OpenFile:
        while True:
            self._serial += 1
            stamp = time.astimezone(UTC).strftime("%Y%m%d%H%M%S%f")
            name = f"{stamp}-{self._slug}-{self._serial:05d}.warc.gz"
            if self._layout.find_warc(name) is None:
                break
        self._name = name
        self._warcinfo_id = self._new_id()
        self._file = self._disk.create_file(self._layout.warcs / (name + OPEN))
        return self._file

    def _draft_warcinfo(self, time: datetime) -> Draft:
        return Draft(
            record_id=self._warcinfo_id,
            kind="warcinfo",
            date=time,
            fields=(("WARC-Filename", self._name),),
            content_type="application/warc-fields",
            block=self._info,
            length=len(self._info),
            block_digest=digest_bytes(self._info),
        )

    def _roll_back(self, mark: int, size: int) -> None:
        if self._file is None or self._log.size > size:
            return  # nothing was written, or all of it is stored and logged
        if not self._log.is_sound:
            self._is_sound = False
            return
        try:
            self._disk.truncate(self._file, mark)
            if not mark:
                self._disk.remove(self._file.path)
                self._disk.sync_folder(self._layout.warcs)
                self._file.close()
                self._file = None
        except StoreError:
            self._is_sound = False

    def _finish(self) -> None:
        if self._file is not None:
            finish_file(self._disk, self._file)
            self._file = None


class _Batch:
    """Members on their way into a file: written in large pieces, then read back."""

    def __init__(self, disk: Disk, file: OpenFile) -> None:
        self._disk = disk
        self._file = file
        self._place = file.size
        self._pieces: list[bytes] = []
        self._held = 0

    def write(self, draft: Draft, warcinfo_id: str | None) -> Placed:
        """Take a draft; return where its member will lie."""
        sealed = write_record(draft, self._emit, warcinfo_id=warcinfo_id)
        placed = Placed(
            record_id=draft.record_id,
            kind=draft.kind,
            offset=self._place,
            length=sealed.length,
            member=sealed.member,
            record=sealed.record,
            block=draft.block_digest,
            payload=draft.payload,
            content=draft.content,
        )
        self._place += sealed.length
        return placed

    def flush(self) -> None:
        """Write what is held, read it back, and compare.

        Raises:
            StoreError: the disk failed, or gives back something else.
        """
        if not self._pieces:
            return
        data, place = b"".join(self._pieces), self._file.size
        self._disk.append(self._file, data)
        if self._disk.read(self._file, place, len(data)) != data:
            raise StoreError(
                f"{self._file.path}, offset {place}: what was read back is not what was written;"
                " it is not kept",
                remedy="look at the health of the disk and the memory",
            )
        self._pieces.clear()
        self._held = 0

    def _emit(self, data: bytes) -> None:
        self._pieces.append(data)
        self._held += len(data)
        if self._held >= _BUFFER:
            self.flush()


def _format_info(info: tuple[tuple[str, str], ...]) -> bytes:
    for name, value in info:
        if not (name + value).isprintable() or ":" in name:
            raise InputError(f"the warcinfo field {name!r} cannot hold {value!r}")
    return "".join(f"{name}: {value}\r\n" for name, value in info).encode()
