"""Reading files that may be anything: regular files only, and no more than they may hold.

An archive's folder may come from elsewhere.  Whoever opens a pipe waits for ever, whoever reads a
file of a few bytes to its end reads a gigabyte; here neither happens.  Links are followed, since
people move folders to other disks; what they lead to must be a regular file.

Not for: changes to the disk (`archive.store.disk`), or saying what an error means to a caller,
who gets it as `OSError` and knows what the file is for.
"""

import errno
import os
import stat
from pathlib import Path
from typing import BinaryIO


def open_regular(path: Path) -> BinaryIO:
    """Open a regular file for reading, without a buffer.

    Raises:
        OSError: it cannot be opened, or is something else: a pipe, a device, a folder.
    """
    # Closed by the caller.
    stream = open(path, "rb", buffering=0, opener=_open_at_once)  # noqa: SIM115
    try:
        mode = os.fstat(stream.fileno()).st_mode
        if not stat.S_ISREG(mode):
            raise OSError(errno.EINVAL, "it is no regular file", str(path))
    except BaseException:
        stream.close()
        raise
    return stream


def _open_at_once(path: str, flags: int) -> int:
    """Open without waiting for whoever writes to a pipe; for regular files nothing changes."""
    return os.open(path, flags | os.O_NONBLOCK | os.O_NOCTTY)


def read_regular(path: Path, limit: int) -> bytes:
    """Return what a file of at most ``limit`` bytes holds.

    Raises:
        OSError: it cannot be read, is no regular file, or is longer.
    """
    data = read_start(path, limit + 1)
    if len(data) > limit:
        raise OSError(errno.EFBIG, f"it has more than {limit} bytes", str(path))
    return data


def read_start(path: Path, limit: int) -> bytes:
    """Return the first ``limit`` bytes of a file, or fewer where it is shorter.

    Raises:
        OSError: it cannot be read, or is no regular file.
    """
    parts: list[bytes] = []
    left = limit
    with open_regular(path) as stream:
        while left and (data := stream.read(left)):
            parts.append(data)
            left -= len(data)
    return b"".join(parts)
