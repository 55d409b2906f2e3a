"""Checking an archive: files against the log, and the index against both.

Read-only.  Not for: repairing anything.
"""

import json
import tempfile
from collections.abc import Callable, Iterator
from contextlib import closing
from itertools import zip_longest
from pathlib import Path
from typing import Literal

from archive.core.finding import Finding
from archive.errors import ArchiveError
from archive.index.database import Index, open_readonly, read_dump, read_indexed_leaves
from archive.store.check import check_archive
from archive.store.log import read_log
from archive.workflows.opening import Archive, open_index
from archive.workflows.rebuild import fill_index

Level = Literal["quick", "stored", "full"]
LEVELS: tuple[Level, ...] = ("quick", "stored", "full")
Progress = Callable[[int, int], None]

_HOLDS = "WARC files and log are the record; the index is derived from them"
_REBUILD = "run `archive rebuild`"


def verify_archive(
    archive: Archive, *, level: Level, progress: Progress = lambda _done, _total: None
) -> Iterator[Finding]:
    """Yield what is wrong, the store first.

    ``quick`` looks at names, sizes, the log and the index's size; ``stored`` also at every
    stored byte; ``full`` inflates every record, checks every digest, and derives the index
    again to compare it row for row.
    """
    damaged = False
    for finding in check_archive(archive.layout, level=level, progress=progress):
        damaged = damaged or finding.severity == "damage"
        yield finding
    try:
        with closing(open_index(archive)) as index:
            yield from _check_index(archive, index, level=level, damaged=damaged)
    except ArchiveError as error:
        yield _find(archive, str(error))


def _check_index(
    archive: Archive, index: Index, *, level: Level, damaged: bool
) -> Iterator[Finding]:
    size = read_log(archive.layout.log).size
    indexed = read_indexed_leaves(index)
    if indexed != size:
        yield _find(archive, f"the index reflects {indexed} leaves, the log has {size}")
        return
    if level != "full" or damaged:
        return
    with tempfile.TemporaryDirectory(prefix="archive-verify-") as folder:
        path = Path(folder) / "derived.db"
        replay = fill_index(archive, path)
        for problem in replay.unread:
            yield _find(archive, f"claims could not be read again: {problem}")
        with closing(open_readonly(path)) as derived:
            yield from _compare_indexes(archive, index, derived)


def _compare_indexes(archive: Archive, index: Index, derived: Index) -> Iterator[Finding]:
    """Compare the canonical dumps; the first difference of each table is told."""
    told: set[str] = set()
    for found, expected in zip_longest(read_dump(index), read_dump(derived)):
        if found == expected:
            continue
        table = json.loads(found or expected or "[]")[0]
        if table not in told:
            told.add(table)
            yield _find(
                archive,
                f"table {table} differs from what the records say: it has {_shorten(found)},"
                f" and should have {_shorten(expected)}",
            )
        if found is None or expected is None or json.loads(expected)[0] != table:
            return  # a row too many or too few: what follows is shifted


def _shorten(line: str | None) -> str:
    if line is None:
        return "no such row"
    return line if len(line) <= 200 else line[:200] + "…"


def _find(archive: Archive, what: str) -> Finding:
    return Finding(
        severity="damage",
        what=what,
        file=str(archive.layout.database),
        offset=None,
        record_id=None,
        holds=_HOLDS,
        remedy=_REBUILD,
    )
