"""The lock of the one writer: an exclusive ``flock``, which the kernel frees when it dies.

The file's content only says who holds it.  A lock is never "stale", and never deleted.  Not
for: readers, who need no lock.
"""

import contextlib
import fcntl
import math
import os
import stat
import time
from pathlib import Path

from archive.errors import BusyError, StoreError

_PAUSE = 0.05


def take_lock(path: Path, *, command: str, seconds: float) -> int:
    """Return a descriptor that holds the lock; closing it lets go.

    Raises:
        BusyError: somebody else still holds it after ``seconds``.
    """
    try:
        # Never through a link: what it leads to would be emptied.
        flags = os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW | os.O_NONBLOCK
        descriptor = os.open(path, flags, 0o644)
    except OSError as error:
        raise StoreError(
            f"cannot open {path} ({error.strerror})", remedy="look at the folder's permissions"
        ) from error
    try:
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            raise StoreError(f"{path} is no regular file", remedy="remove it: it is made anew")
        _wait(descriptor, path, seconds)
    except BaseException:
        os.close(descriptor)
        raise
    with contextlib.suppress(OSError):  # the lock is held; only its label could not be written
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, f"{os.getpid()} {command}\n".encode(errors="replace"), 0)
    return descriptor


def _wait(descriptor: int, path: Path, seconds: float) -> None:
    for left in range(math.ceil(max(seconds, 0) / _PAUSE), -1, -1):
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return
        except BlockingIOError as error:
            if not left:
                label = os.pread(descriptor, 1000, 0).decode(errors="replace")
                pid, _, command = label.strip().partition(" ")
                holder = f"process {pid} ({command})" if command else f"process {pid or 'unknown'}"
                raise BusyError(
                    f"{holder} is writing to this archive", remedy="wait until it has ended"
                ) from error
            time.sleep(_PAUSE)
        except OSError as error:
            raise StoreError(
                f"cannot lock {path} ({error.strerror})",
                remedy="keep the archive on a file system that has locks",
            ) from error
