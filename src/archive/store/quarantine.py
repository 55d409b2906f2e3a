"""Moving what cannot be kept where it lies: to ``quarantine/``, never to nothing.

Not for: deciding what is torn (`archive.store.recover`, `archive.store.log_repair`).
"""

import hashlib
from pathlib import Path

from archive.store.disk import Disk, OpenFile

_PIECE = 1 << 20


def move_tail(disk: Disk, quarantine: Path, file: OpenFile, offset: int, label: str) -> None:
    """Move what ``file`` holds from ``offset`` on to ``quarantine``, then cut the file there.

    The new file's name tells the origin, the offset and the start of the digest, so that doing
    it again after a crash in between makes no second copy.
    """
    if file.size <= offset:
        return
    hasher = hashlib.sha256()
    place = offset
    while data := disk.read(file, place, _PIECE):
        hasher.update(data)
        place += len(data)
    path = quarantine / f"{label}.{offset}-{hasher.hexdigest()[:16]}.tail"
    disk.make_folder(quarantine)
    if not path.exists():
        disk.copy_tail(file, offset, path)
    disk.truncate(file, offset)
    disk.sync(file)
