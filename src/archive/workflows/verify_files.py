"""Checking files that belong to no archive: WARC, ARC and WACZ.

Read-only, and needs no archive.  Not for: the checks (`archive.store.foreign.check`), or the
files of an archive (`archive.workflows.verify`).
"""

import os
from collections.abc import Iterator, Sequence
from pathlib import Path

from archive.core.finding import Finding
from archive.errors import InputError
from archive.store.foreign.check import check_file
from archive.workflows.verify import Level, Progress
from archive.workflows.workers import open_checkers

_ALONE = 32 << 20  # less than that is checked before workers would have started


def verify_files(
    paths: Sequence[Path],
    *,
    level: Level,
    progress: Progress = lambda _done, _total: None,
    workers: int | None = None,
) -> Iterator[Finding]:
    """Yield what is wrong with each file, or worth knowing; ``workers`` is 1 for none beside.

    Raises:
        InputError: a path names no file.
    """
    for path in paths:
        _require_file(path)
    sizes = [path.stat().st_size for path in paths]
    total = sum(sizes)
    count = workers or (os.cpu_count() or 1 if total > _ALONE else 1)
    before = 0

    def tell(done: int) -> None:
        progress(before + done, total)

    with open_checkers(count) as run:
        for path, size in zip(paths, sizes, strict=True):
            yield from check_file(path, level=level, run=run, progress=tell)
            before += size


def _require_file(path: Path) -> None:
    if path.is_dir():
        raise InputError(
            f"{path} is a folder, not a file",
            remedy=f"name the files in it: archive verify {path}/*.warc.gz;"
            " for an archive: archive verify --archive DIR",
        )
    if not path.exists():
        raise InputError(f"there is no file {path}", remedy="check the path")
