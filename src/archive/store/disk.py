"""Changes to the disk that must survive a crash: the only place that makes them.

Rules:

1. A file is durable after its fsync; its name is durable after its folder's fsync.
2. A failed fsync is fatal and never retried: Linux may have dropped the pages and would
   report success the second time.  The `Disk` then refuses every further change; what is
   really stored is found out by opening the archive again.
3. A full disk is an ordinary error: the caller rolls back and may go on.

Every change passes `Disk.announce` first, where tests record it, fail it or stop.  Not for:
reading what nobody is writing (that is plain `open`), or deciding what to write.
"""

import errno
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from archive.errors import StoreError

Operation = Literal[
    "make",  # a folder
    "create",  # an empty file
    "write",  # ``data`` at ``offset``
    "truncate",  # to ``offset`` bytes
    "sync",  # a file
    "sync_folder",
    "rename",  # to ``target``
    "remove",
    "protect",  # set the mode ``offset``
]

_FULL = (errno.ENOSPC, errno.EDQUOT)
_MODE = 0o644
_FOLDER_MODE = 0o777  # less what the process masks
_PIECE = 1 << 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One change to the disk, as it is announced before it is made."""

    operation: Operation
    path: Path
    offset: int = 0
    data: bytes = b""
    target: Path | None = None


class OpenFile:
    """A file that is open for writing: its path, descriptor and size.  To be closed."""

    __slots__ = ("descriptor", "path", "size")

    def __init__(self, path: Path, descriptor: int) -> None:
        self.path = path
        self.descriptor = descriptor
        self.size = os.fstat(descriptor).st_size

    def close(self) -> None:
        """Close the descriptor; nothing is synced."""
        if self.descriptor >= 0:
            os.close(self.descriptor)
            self.descriptor = -1


class Disk:
    """Makes changes; after a failed fsync, refuses to."""

    def __init__(self) -> None:
        self._failure = ""

    @property
    def is_sound(self) -> bool:
        """Whether no fsync has failed; if one has, nothing is changed any more."""
        return not self._failure

    def announce(self, change: Change) -> None:
        """Called before each change is made; does nothing.  Tests override it."""

    def make_folder(self, path: Path, *, mode: int | None = None) -> None:
        """Make a folder and what lies above it, durably; an existing one is left alone.

        With a ``mode``, those that are made have it whatever the process masks.
        """
        if path.is_dir():
            return
        if path.parent != path:
            self.make_folder(path.parent, mode=mode)
        self._begin(Change(operation="make", path=path))
        try:
            path.mkdir(_FOLDER_MODE if mode is None else mode, exist_ok=True)
            if mode is not None:
                path.chmod(mode)
        except OSError as error:
            raise explain_error(error, "make", path) from error
        self.sync_folder(path.parent)

    def create_file(self, path: Path) -> OpenFile:
        """Create an empty file that must not exist; the name is durable on return."""
        file = self._create(path)
        try:
            self.sync_folder(path.parent)
        except BaseException:
            file.close()
            raise
        return file

    def open_file(self, path: Path) -> OpenFile:
        """Open an existing file for changing it; never through a link, which may lead anywhere."""
        try:
            return OpenFile(path, os.open(path, os.O_RDWR | os.O_CLOEXEC | os.O_NOFOLLOW))
        except OSError as error:
            raise explain_error(error, "open", path) from error

    def append(self, file: OpenFile, data: bytes) -> None:
        """Write ``data`` at the end of ``file``; on an error, part of it may be there."""
        self.overwrite(file, file.size, data)

    def overwrite(self, file: OpenFile, offset: int, data: bytes) -> None:
        """Write ``data`` at ``offset``."""
        self._begin(Change(operation="write", path=file.path, offset=offset, data=data))
        try:
            done = os.pwrite(file.descriptor, data, offset)
            while done < len(data):
                done += os.pwrite(file.descriptor, memoryview(data)[done:], offset + done)
        except OSError as error:
            raise explain_error(error, "write to", file.path) from error
        file.size = max(file.size, offset + len(data))

    def read(self, file: OpenFile, offset: int, length: int) -> bytes:
        """Read back up to ``length`` bytes at ``offset``; fewer only at the end of the file."""
        try:
            data = os.pread(file.descriptor, length, offset)
            while len(data) < length:
                piece = os.pread(file.descriptor, length - len(data), offset + len(data))
                if not piece:
                    break
                data += piece
        except OSError as error:
            raise explain_error(error, "read", file.path) from error
        return data

    def sync(self, file: OpenFile) -> None:
        """Bring what was written to ``file`` to the disk."""
        self._begin(Change(operation="sync", path=file.path))
        self._sync(file.descriptor, file.path)

    def sync_folder(self, path: Path) -> None:
        """Bring the names in the folder ``path`` to the disk."""
        self._begin(Change(operation="sync_folder", path=path))
        try:
            descriptor = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        except OSError as error:
            raise explain_error(error, "open", path) from error
        try:
            self._sync(descriptor, path)
        finally:
            os.close(descriptor)

    def truncate(self, file: OpenFile, size: int) -> None:
        """Cut ``file`` to ``size`` bytes."""
        self._begin(Change(operation="truncate", path=file.path, offset=size))
        try:
            os.ftruncate(file.descriptor, size)
        except OSError as error:
            raise explain_error(error, "truncate", file.path) from error
        file.size = size

    def rename(self, path: Path, target: Path) -> None:
        """Rename; durable after `sync_folder`."""
        self._begin(Change(operation="rename", path=path, target=target))
        try:
            path.rename(target)
        except OSError as error:
            raise explain_error(error, "rename", path) from error

    def remove(self, path: Path) -> None:
        """Remove a file, which may be gone already; durable after `sync_folder`."""
        self._begin(Change(operation="remove", path=path))
        try:
            path.unlink(missing_ok=True)
        except OSError as error:
            raise explain_error(error, "remove", path) from error

    def remove_folder(self, path: Path) -> None:
        """Remove an empty folder; durable after `sync_folder`."""
        self._begin(Change(operation="remove", path=path))
        try:
            path.rmdir()
        except OSError as error:
            raise explain_error(error, "remove", path) from error

    def protect(self, path: Path, mode: int) -> None:
        """Set the permission bits of a file."""
        self._begin(Change(operation="protect", path=path, offset=mode))
        try:
            path.chmod(mode)
        except OSError as error:
            raise explain_error(error, "change the mode of", path) from error

    def replace_file(self, path: Path, data: bytes, *, mode: int = _MODE) -> None:
        """Give the file ``path`` the content ``data``, whole or not at all, durably.

        Another ``mode`` than the usual one is set whatever the process masks.
        """
        file = self._create_temporary(path, mode)
        try:
            self.append(file, data)
            self.sync(file)
        finally:
            file.close()
        self.rename(file.path, path)
        self.sync_folder(path.parent)

    def copy_tail(self, source: OpenFile, offset: int, path: Path) -> None:
        """Copy ``source`` from ``offset`` on to a new file ``path``, whole or not at all."""
        file = self._create_temporary(path)
        try:
            while data := self.read(source, offset + file.size, _PIECE):
                self.append(file, data)
            self.sync(file)
        finally:
            file.close()
        self.rename(file.path, path)
        self.sync_folder(path.parent)

    def _create_temporary(self, path: Path, mode: int = _MODE) -> OpenFile:
        temporary = path.with_name(path.name + ".tmp")
        if temporary.exists():
            self.remove(temporary)
        return self._create(temporary, mode)

    def _create(self, path: Path, mode: int = _MODE) -> OpenFile:
        self._begin(Change(operation="create", path=path, offset=mode))
        try:
            flags = os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC
            file = OpenFile(path, os.open(path, flags, mode))
            if mode != _MODE:
                os.fchmod(file.descriptor, mode)
        except OSError as error:
            raise explain_error(error, "create", path) from error
        return file

    def _begin(self, change: Change) -> None:
        if self._failure:
            raise StoreError(
                f"{change.path}: not changed, because {self._failure}",
                remedy="look at the disk's health, then run the command again",
            )
        try:
            self.announce(change)
        except OSError as error:
            if change.operation in ("sync", "sync_folder"):
                raise self._fail(error, change.path) from error
            raise explain_error(error, change.operation, change.path) from error

    def _sync(self, descriptor: int, path: Path) -> None:
        try:
            os.fsync(descriptor)
        except OSError as error:
            raise self._fail(error, path) from error

    def _fail(self, error: OSError, path: Path) -> StoreError:
        self._failure = f"an earlier fsync of {path} failed"
        return StoreError(
            f"{path}: fsync failed ({error.strerror}); whether the last writes are on the disk"
            " is not known, and nothing more is written",
            remedy="look at the disk's health and free space, then run the command again:"
            " opening the archive finds out what is stored",
        )


def explain_error(error: OSError, doing: str, path: Path) -> StoreError:
    """Return what the keeper of the disk is told who could not ``doing`` (a verb) ``path``."""
    if error.errno in _FULL:
        return StoreError(
            f"disk full: cannot {doing} {path} ({error.strerror})",
            remedy="free some space and run the command again; what was acknowledged is safe",
        )
    return StoreError(
        f"cannot {doing} {path} ({error.strerror or error})",
        remedy="look at the folder's permissions and the disk's health",
    )
