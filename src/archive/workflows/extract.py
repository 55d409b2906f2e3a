"""Reading the pages of captures that have no text yet.

Pages are read without the writer's lock; it is taken only to store what was read.  Not for:
reading while capturing (`archive.workflows.capture`), or behind another command
(`archive.workflows.behind`).
"""

from collections.abc import Callable, Sequence
from contextlib import closing

from archive.index.database import Index
from archive.index.lookup import Found, find_record, select_pending
from archive.workflows.opening import (
    Archive,
    OpenArchive,
    World,
    open_for_writing,
    open_index,
)
from archive.workflows.readings import Reading, open_readings

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
    with open_readings(archive) as readings:
        while True:
            with closing(open_index(archive)) as index:
                waiting = select_pending(index, after=after, limit=_BATCH)
                for found in waiting:
                    readings.begin(found, index)
            if not waiting:
                return read
            after = waiting[-1].leaf
            finished: list[Reading] = []
            while len(readings):
                finished.extend(readings.wait_some(_WAIT_SECONDS))
                progress(read + len(finished), read + len(waiting))
            read += _store_readings(archive, world, finished, lock_seconds)


def _store_readings(
    archive: Archive, world: World, finished: Sequence[Reading], lock_seconds: float
) -> int:
    with open_for_writing(archive, world, options="extract", lock_seconds=lock_seconds) as writing:
        return store_readings(writing, finished)


def read_captures(archive: OpenArchive, captures: Sequence[Found]) -> int:
    """Read the pages of these captures now, and store what was read; return how many it were.

    Raises:
        StoreError: the disk refuses.
    """
    finished: list[Reading] = []
    with open_readings(archive) as readings:
        for found in captures:
            readings.begin(found, archive.index)
        while len(readings):
            finished.extend(readings.wait_some(_WAIT_SECONDS))
    return store_readings(archive, finished)


def store_readings(archive: OpenArchive, finished: Sequence[Reading]) -> int:
    """Store those readings that are still waited for; return how many it were.

    Raises:
        StoreError: the disk refuses.
    """
    wanted = [item for item in finished if _is_pending(archive.index, item.record_id)]
    groups = [item.make_group(archive.world) for item in wanted]
    if groups:
        archive.store(
            [draft for draft, _ in groups],
            lambda leaves: [
                item.make_row(leaf, record)
                for leaf, (_, record), item in zip(leaves, groups, wanted, strict=True)
            ],
        )
    return len(wanted)


def _is_pending(index: Index, record_id: str) -> bool:
    found = find_record(index, record_id)
    return found is not None and found.text_outcome == "pending"
