"""Disks that fail, stop or lose power, for tests of whatever writes through `archive.store.disk`.

A `FailingDisk` reports errors as the system does.  A `CrashingDisk` stops the program in the
middle of a change.  `PowerCut` takes the changes that a `RecordingDisk` saw and makes the
states that a power cut could leave: what was not synced may be lost, torn, zeroed, or kept in
another order.  Not for: damage to finished files, which tests do themselves.
"""

import errno
import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from archive.store.disk import Change, Disk, Operation

Keep = Literal["synced", "names", "zeros", "torn", "even", "odd"]
POLICIES: tuple[Keep, ...] = ("synced", "names", "zeros", "torn", "even", "odd")


class Crash(BaseException):  # not an error that anything may catch
    """The program stops here."""


class QuickDisk(Disk):
    """Does not wait for the disk: what a program sees is the same, until the power fails."""

    def _sync(self, descriptor: int, path: Path) -> None:
        pass


class RecordingDisk(QuickDisk):
    """Remembers every change."""

    def __init__(self) -> None:
        super().__init__()
        self.changes: list[Change] = []

    def announce(self, change: Change) -> None:
        self.changes.append(change)


class FailingDisk(QuickDisk):
    """Fails the changes numbered ``first`` to ``first + count - 1``, as the system would."""

    def __init__(
        self,
        first: int,
        *,
        code: int = errno.ENOSPC,
        count: int = 1,
        only: tuple[Operation, ...] = (),
    ) -> None:
        super().__init__()
        self.first = first
        self.count = count
        self.code = code
        self.only = only
        self.seen = 0
        self.failed: list[Change] = []

    def announce(self, change: Change) -> None:
        if self.only and change.operation not in self.only:
            return
        self.seen += 1
        if self.first <= self.seen < self.first + self.count:
            self.failed.append(change)
            if change.operation == "write":
                _write_half(change)
            raise OSError(self.code, os.strerror(self.code))


class CrashingDisk(QuickDisk):
    """Stops before the ``last``-th change, or in the middle of it where it is a write."""

    def __init__(self, last: int) -> None:
        super().__init__()
        self.last = last
        self.seen = 0

    def announce(self, change: Change) -> None:
        self.seen += 1
        if self.seen == self.last and change.operation == "write":
            _write_half(change)
        if self.seen >= self.last:
            raise Crash


def _write_half(change: Change) -> None:
    descriptor = os.open(change.path, os.O_WRONLY)
    try:
        os.pwrite(descriptor, change.data[: len(change.data) // 2], change.offset)
    finally:
        os.close(descriptor)


@dataclass(slots=True)
class _Inode:
    durable: bytes
    pending: list[Change]
    mode: int

    def read(self, changes: list[Change], alter: Callable[[bytes], bytes] = bytes) -> bytes:
        data = bytearray(self.durable)
        for change in changes:
            if change.operation == "truncate":
                del data[change.offset :]
                continue
            piece = alter(change.data)
            if len(data) < change.offset:
                data += bytes(change.offset - len(data))
            data[change.offset : change.offset + len(piece)] = piece
        return bytes(data)


class PowerCut:
    """The disk as it may be found after a power cut; ``folder`` is as it was at first."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._inodes: dict[int, _Inode] = {}
        self._names: dict[Path, int] = {}
        self._folders = {path for path in folder.rglob("*") if path.is_dir()}
        for path in folder.rglob("*"):
            if path.is_file():
                self._names[path] = self._add(path.read_bytes(), path.stat().st_mode & 0o777)
        self._durable = dict(self._names)

    def apply(self, change: Change) -> None:
        """Take in a change."""
        name = change.path
        match change.operation:
            case "make":
                self._folders.add(name)
            case "create":
                self._names[name] = self._add(b"", change.offset)
            case "write" | "truncate":
                self._inodes[self._names[name]].pending.append(change)
            case "sync":
                inode = self._inodes[self._names[name]]
                inode.durable = inode.read(inode.pending)
                inode.pending = []
            case "rename":
                assert change.target is not None
                self._names[change.target] = self._names.pop(name)
            case "remove":
                self._names.pop(name, None)
            case "sync_folder":
                kept = {path: at for path, at in self._durable.items() if path.parent != name}
                here = {path: at for path, at in self._names.items() if path.parent == name}
                self._durable = kept | here
            case "protect":
                self._inodes[self._names[name]].mode = change.offset

    def materialise(self, target: Path, keep: Keep) -> None:
        """Write a state that a power cut could leave now to the folder ``target``."""
        for folder in sorted(self._folders):
            (target / folder.relative_to(self._folder)).mkdir(parents=True, exist_ok=True)
        names = self._durable if keep == "synced" else self._names
        for path, number in names.items():
            place = target / path.relative_to(self._folder)
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_bytes(self._read(number, keep))
            place.chmod(self._inodes[number].mode)

    def _read(self, number: int, keep: Keep) -> bytes:
        inode = self._inodes[number]
        match keep:
            case "synced" | "names":
                return inode.durable
            case "zeros":
                return inode.read(inode.pending, lambda data: bytes(len(data)))
            case "torn":
                whole, last = inode.pending[:-1], inode.pending[-1:]
                torn = [
                    Change(
                        operation=one.operation,
                        path=one.path,
                        offset=one.offset,
                        data=one.data[: len(one.data) // 2],
                    )
                    for one in last
                ]
                return inode.read([*whole, *torn])
            case "even" | "odd":
                is_kept = (number % 2 == 0) == (keep == "even")
                return inode.read(inode.pending if is_kept else [])

    def _add(self, data: bytes, mode: int) -> int:
        number = len(self._inodes)
        self._inodes[number] = _Inode(durable=data, pending=[], mode=mode)
        return number
