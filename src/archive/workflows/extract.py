"""Reading the pages of captures that have no text yet: now, or behind another command.

Pages are read without the writer's lock; it is taken only to store what was read.  Not for:
reading while capturing (`archive.workflows.capture`).
"""

import subprocess
import sys
from collections.abc import Callable, Sequence
from contextlib import closing

from archive.index.database import Index
from archive.index.lookup import find_record, select_pending
from archive.workflows.opening import Archive, World, open_for_writing, open_index
from archive.workflows.readings import (
    Reading,
    Readings,
    make_reading_groups,
    make_reading_rows,
    make_target,
)
from archive.workflows.workers import Workers

_BATCH = 500
_WAIT_SECONDS = 0.5
_LOCK_SECONDS = 60.0


def extract_pending(
    archive: Archive,
    world: World,
    *,
    lock_seconds: float = _LOCK_SECONDS,
    progress: Callable[[int, int], None] = lambda _done, _total: None,
) -> int:
    """Read the pages of all captures that wait for it; return how many were read.

    Raises:
        BusyError: another process keeps writing; it reads these pages itself, or a later
            run does.
    """
    read = 0
    after = -1
    with Workers(archive.settings.extraction) as workers:
        while True:
            with closing(open_index(archive)) as index:
                waiting = select_pending(index, after=after, limit=_BATCH)
            if not waiting:
                return read
            after = waiting[-1].leaf
            readings = Readings(workers, str(archive.layout.root))
            for found in waiting:
                readings.begin(make_target(found))
            finished: list[Reading] = []
            while len(readings):
                finished.extend(readings.wait_some(_WAIT_SECONDS))
                progress(read + len(finished), read + len(waiting))
            read += _store_readings(archive, world, finished, lock_seconds)


def extract_behind(archive: Archive) -> None:
    """Start a process of its own that reads what waits, and do not wait for it."""
    command = [sys.executable, "-m", "archive", "extract", "--archive", str(archive.layout.root)]
    subprocess.Popen(
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        cwd="/",
        start_new_session=True,
    )


def _store_readings(
    archive: Archive, world: World, finished: Sequence[Reading], lock_seconds: float
) -> int:
    with open_for_writing(archive, world, options="extract", lock_seconds=lock_seconds) as writing:
        wanted = [item for item in finished if _is_pending(writing.index, item.target.record_id)]
        groups = make_reading_groups(wanted, world)
        if groups:
            writing.store(
                [draft for draft, _ in groups],
                lambda leaves: make_reading_rows(leaves, groups, wanted),
            )
        return len(wanted)


def _is_pending(index: Index, record_id: str) -> bool:
    found = find_record(index, record_id)
    return found is not None and found.text_outcome == "pending"
