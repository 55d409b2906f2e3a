"""Checking an archive: files against the log, and the index against both.

Read-only.  Not for: repairing anything.
"""

import json
import tempfile
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from itertools import zip_longest
from pathlib import Path

from archive.core.finding import Finding, Level, Severity
from archive.errors import ArchiveError, InputError, StoreError
from archive.index.check import check_copy, copy_index
from archive.index.database import (
    Index,
    open_database,
    open_readonly,
    read_dump,
    read_indexed_leaves,
)
from archive.store.check import check_archive
from archive.store.check_witness import check_witness
from archive.store.layout import has_warcs
from archive.store.log import has_log, read_log, read_origin
from archive.workflows.opening import Archive, find_home, find_key_folder, open_index
from archive.workflows.replay import replay_leaves
from archive.workflows.signers import Memory, read_memory
from archive.workflows.verify_part import Selection
from archive.workflows.vouchers import check_vouchers

Progress = Callable[[int, int], None]

_HOLDS = "WARC files and log are the record; the index is derived from them"
_REBUILD = "run `archive rebuild`"


def verify_archive(
    archive: Archive,
    *,
    level: Level,
    progress: Progress = lambda _done, _total: None,
    key_folder: Path | None = None,
    selection: Selection | None = None,
) -> Iterator[Finding]:
    """Yield what is wrong: the store, who vouches for it, for whom it vouches, then the index.

    ``quick`` looks at names, sizes, the log and the index's size; ``stored`` also at every
    stored byte; ``full`` inflates every record, checks every digest, and derives the index
    again to compare it row for row.  Beside a writer, the index is checked as it was at one
    moment, and against as much of the log.  With a ``selection`` records are read of the
    selected leaves alone, and of the index only its size is compared.  ``key_folder`` is where
    this user's private keys lie unless the settings say otherwise, and where what was signed last
    is remembered in any case.
    """
    layout = archive.layout
    if not (has_warcs(layout) or has_log(layout.log) or layout.database.exists()):
        yield from check_witness(layout)
        return  # nothing was ever stored
    damaged = False
    choice = selection.choice if selection else None
    for finding in check_archive(archive.layout, level=level, progress=progress, choice=choice):
        if selection:
            selection.hear(finding)
        damaged = damaged or finding.severity == "damage"
        yield finding
    memory = _read_memory(archive, key_folder)
    for finding in check_vouchers(layout, memory=memory, is_full=level == "full"):
        damaged = damaged or finding.severity == "damage"
        yield finding
    yield from check_witness(layout)  # derives nothing: the index may be compared all the same
    try:
        if level == "full" and selection is None:
            yield from _check_copy(archive, damaged=damaged)
        else:
            size = read_log(archive.layout.log).size
            with closing(open_index(archive)) as index:
                yield from _check_size(archive, read_indexed_leaves(index), before=size)
    except ArchiveError as error:
        yield _find(archive, str(error))


def _read_memory(archive: Archive, key_folder: Path | None) -> Memory:
    """Return what this machine knows of the log, as far as its name can be read."""
    try:
        origin = read_origin(archive.layout.log)
    except StoreError:  # told by the check of the log
        return Memory()
    if origin is None:
        return Memory()
    home = None if key_folder is None else find_home(key_folder, origin)
    if key_folder is None and not archive.settings.key_path:
        return Memory()
    try:
        folder = find_key_folder(archive, key_folder or Path(), origin)
    except InputError as error:
        return read_memory(None, home, error)
    return read_memory(folder, home, setting=archive.settings.key_path)


def _check_size(archive: Archive, indexed: int, *, before: int) -> Iterator[Finding]:
    """Compare what the index reflects with the log, as it was before and as it is now.

    A writer appends to the log first and then writes to the index.
    """
    size = read_log(archive.layout.log).size
    if indexed > size:
        yield _find(archive, f"the index reflects {indexed} leaves, the log has only {size}")
    elif indexed < before:
        yield _find(
            archive,
            f"the index reflects {indexed} of {before} leaves: a writer is at work, or stopped",
            severity="undecidable",
        )


def _check_copy(archive: Archive, *, damaged: bool) -> Iterator[Finding]:
    """Check a copy of the index, as it was at one moment, against as many leaves of the log."""
    size = read_log(archive.layout.log).size
    with tempfile.TemporaryDirectory(prefix="archive-verify-") as folder:
        copy = Path(folder) / "copy.db"
        copy_index(archive.layout.database, copy)
        problems = tuple(check_copy(copy))
        yield from (_find(archive, problem) for problem in problems)
        if problems:
            return
        with closing(open_readonly(copy)) as index:
            indexed = read_indexed_leaves(index)
            yield from _check_size(archive, indexed, before=size)
            if not damaged and indexed <= read_log(archive.layout.log).size:
                yield from _check_rows(archive, index, Path(folder) / "derived.db", indexed)


def _check_rows(archive: Archive, index: Index, path: Path, indexed: int) -> Iterator[Finding]:
    """Derive an index from as many leaves, and compare it row for row."""
    log = read_log(archive.layout.log)
    # Only what replaying needs is taken back to the earlier size; the root is not looked at.
    until = replace(log, checkpoint=replace(log.checkpoint, size=indexed))
    with closing(open_database(path)) as derived:
        replay = replay_leaves(archive.layout, until, derived, archive.settings.extraction, start=0)
        findings = [
            _find(archive, f"could not be read again: {problem}") for problem in replay.unread
        ]
        findings += _compare_indexes(archive, index, derived)
    if findings and _find_withdrawal(archive, indexed):
        yield _find(
            archive,
            f"the index reflects {indexed} leaves; what was withdrawn since is not there any more"
            " to compare it with",
            severity="undecidable",
        )
        return
    yield from findings


def _find_withdrawal(archive: Archive, start: int) -> bool:
    """Tell whether something was withdrawn from the leaf ``start`` on."""
    leaves = read_log(archive.layout.log).read_leaves(start)
    return any(leaf.kind == "withdrawal" for leaf in leaves)


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


def _find(archive: Archive, what: str, *, severity: Severity = "damage") -> Finding:
    return Finding(
        severity=severity,
        what=what,
        file=str(archive.layout.database),
        offset=None,
        record_id=None,
        holds=_HOLDS,
        remedy=_REBUILD,
    )
