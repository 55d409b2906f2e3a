"""Making the capture log again from the WARC files, where it was lost.

Rules:

1. The log is a new one, with another name: its leaves are not those of the log that was lost,
   and two logs of one name would be a fork.
2. Every group found whole gets a leaf that says ``rederived``: what it proves, it proves from
   now on.  Bytes that are no whole group get none, and `archive.store.check` names them.
3. Fillers of withdrawn records get leaves too; to which capture they belonged is not known.
4. The new log takes its place only when it is whole.  What is left of the old one goes to
   quarantine.

Not for: a log that is there (`archive.store.log_repair`).
"""

import itertools
import os
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime

from archive.core.checkpoint import Checkpoint
from archive.core.leaf import Leaf, format_leaf
from archive.errors import InputError
from archive.store.disk import Disk
from archive.store.framing import Scanned
from archive.store.groups import find_group_end, read_tie
from archive.store.layout import OPEN, Layout, has_warcs, make_folders
from archive.store.lock import take_lock
from archive.store.log import has_log
from archive.store.log_append import LogAppender
from archive.store.recover import form_leaf
from archive.store.scan import scan_warc

_BATCH = 256
_WIDEST = 64  # records among which the end of a group is looked for

Progress = Callable[[int, int], object]


def rederive_log(
    layout: Layout,
    *,
    disk: Disk,
    clock: Callable[[], datetime],
    origin: str,
    sign: Callable[[Checkpoint], str],
    lock_seconds: float = 0.0,
    progress: Progress = lambda _done, _total: None,
) -> Checkpoint:
    """Make the log ``origin`` from all WARC files, and return its checkpoint.

    ``progress`` is told how many bytes of WARC files are done, and of how many.

    Raises:
        InputError: there is a log, or there are no WARC files.
        BusyError: another process is writing.
        StoreError: the disk refuses, or a file cannot be read.
    """
    make_folders(layout, disk)
    lock = take_lock(layout.lock, command="archive rebuild --log", seconds=lock_seconds)
    try:
        if has_log(layout.log):
            raise InputError(
                f"there is a capture log in {layout.log}",
                remedy="if it is beyond repair, move it out of the archive first, and keep it",
            )
        if not has_warcs(layout):
            raise InputError(
                f"there are no WARC files in {layout.warcs} to make a log from",
                remedy="capture a page: archive capture URL",
            )
        aside = Layout(root=layout.metadata / "rederived")
        if aside.root.exists():  # left by a run that was interrupted
            disk.rename(aside.root, layout.quarantine / f"rederived-{_format_stamp(clock())}")
        with LogAppender(aside, disk=disk, origin=origin, sign=sign) as appender:
            leaves = _list_leaves(layout, clock, progress)
            while batch := list(itertools.islice(leaves, _BATCH)):
                appender.append([format_leaf(leaf) for leaf in batch])
            checkpoint = appender.checkpoint
        disk.rename(layout.log, layout.quarantine / f"log-{_format_stamp(clock())}")
        disk.sync_folder(layout.quarantine)
        disk.rename(aside.log, layout.log)
        disk.remove_folder(aside.metadata)
        disk.remove_folder(aside.root)
        disk.sync_folder(layout.metadata)
        return checkpoint
    finally:
        os.close(lock)


def _format_stamp(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y%m%d%H%M%S%f")


def _list_leaves(
    layout: Layout, clock: Callable[[], datetime], progress: Progress
) -> Iterator[Leaf]:
    """Yield a leaf for each whole group of all files, in the order in which these were begun."""
    paths = sorted(
        path for path in layout.warcs.iterdir() if path.name.removesuffix(OPEN).endswith(".warc.gz")
    )
    sizes = [path.stat().st_size for path in paths]
    sequence = 0
    for place, path in enumerate(paths):
        name = path.name.removesuffix(OPEN)
        progress(sum(sizes[:place]), sum(sizes))
        # Read whole, since the end of a group is known from what follows; a record's header
        # takes a few hundred bytes.
        records = [
            item for item in scan_warc(path) if isinstance(item, Scanned) and not item.problems
        ]
        for group in _list_groups(records):
            leaf = form_leaf(layout, name, group, sequence, clock)
            yield replace(leaf, recovered=False, rederived=True)
            sequence += 1
    progress(sum(sizes), sum(sizes))


def _list_groups(records: Sequence[Scanned]) -> Iterator[Sequence[Scanned]]:
    """Yield the whole groups among the records; the first of a file has its warcinfo record."""
    ties = [read_tie(record.header) for record in records]
    begin = place = 0
    while place < len(records):
        if ties[place].kind == "warcinfo":
            begin, place = place, place + 1
            continue
        end = find_group_end(ties[place : place + _WIDEST], 0)
        if end is None:
            place += 1
            begin = place  # what is no whole group is left out
            continue
        yield records[begin : place + end]
        begin = place = place + end
