"""Reading the pages of captures that have no text yet, and again where that says more.

Two neighbours are compared under one label; where an upgrade left them without one, the side that
lacks the newer label is read again, and a further conversion record is appended.  A repeat that
shares a reading is read anew where what stands beside it says more by now; that is looked at for a
day, and again when the page is next captured.  Pages are read
without the writer's lock; it is taken only to store what was read.  Not for: reading while
capturing (`archive.workflows.capture`), or behind another command (`archive.workflows.behind`).
"""

from collections.abc import Callable, Sequence
from contextlib import closing
from datetime import timedelta

from archive.core.instant import format_instant
from archive.index.database import Index
from archive.index.lookup import Found, find_by_id, find_holder, find_record, select_pending
from archive.index.sightings import Unread, has_conversion, select_behind, select_unread
from archive.workflows.opening import (
    Archive,
    OpenArchive,
    World,
    open_for_writing,
    open_index,
)
from archive.workflows.readings import Reading, Readings, open_readings

_BATCH = 500
_TURNS = 3  # at readings that rest on what was withdrawn meanwhile
_BEHIND = timedelta(days=1)  # companions are those of a day
_WAIT_SECONDS = 0.5
_LOCK_SECONDS = 60.0

Progress = Callable[[int, int], None]


def extract_pending(
    archive: Archive,
    world: World,
    *,
    lock_seconds: float = _LOCK_SECONDS,
    progress: Progress = lambda _done, _total: None,
) -> int:
    """Read the pages of all captures that wait for it, then those that have to be read again.

    Returns how many were read.

    Raises:
        BusyError: another process keeps writing; it reads these pages itself, or a later
            run does.
    """
    read = 0
    after = -1
    again = _TURNS
    with open_readings(archive) as readings:
        while True:
            with closing(open_index(archive)) as index:
                waiting = select_pending(index, after=after, limit=_BATCH)
                if not waiting:
                    break
                finished = _read_all(readings, index, waiting, read, progress)
            after = waiting[-1].leaf
            stored = _store_readings(archive, world, finished, lock_seconds)
            read += stored
            if stored < len(finished) and again:  # a companion was withdrawn by now, say
                again -= 1
                after = waiting[0].leaf - 1
        since = format_instant(world.clock() - _BEHIND)
        with closing(open_index(archive)) as index:
            behind = [find_by_id(index, name) for name in select_behind(index, since=since)]
        for start in range(0, len(behind), _BATCH):
            some = [item for item in behind[start : start + _BATCH] if item is not None]
            with closing(open_index(archive)) as index:
                finished = _read_all(readings, index, some, read, progress)
            if finished:
                read += _store_readings(archive, world, finished, lock_seconds)
        asked: set[Unread] = set()  # what fails again must not be read for ever
        while unread := _find_unread(archive, asked):
            with closing(open_index(archive)) as index:
                finished = _read_all(readings, index, unread, read, progress)
            read += _store_readings(archive, world, finished, lock_seconds)
    return read


def _find_unread(archive: Archive, asked: set[Unread]) -> list[Found]:
    """Return some of the captures that are to be read again, and add them to ``asked``."""
    with closing(open_index(archive)) as index:
        fresh = [item for item in select_unread(index) if item not in asked][:_BATCH]
        asked.update(fresh)
        captures = dict.fromkeys(item.capture_id for item in fresh)
        found = [find_by_id(index, capture_id) for capture_id in captures]
    return [item for item in found if item is not None]


def _read_all(
    readings: Readings, index: Index, captures: Sequence[Found], before: int, progress: Progress
) -> list[Reading]:
    """Return the readings of ``captures``; ``before`` counts those of earlier batches."""
    for found in captures:
        readings.begin(found, index)
    finished: list[Reading] = []
    while len(readings):
        finished.extend(readings.wait_some(_WAIT_SECONDS))
        progress(before + len(finished), before + len(captures))
    return finished


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
    wanted = [item for item in finished if _is_wanted(archive.index, item)]
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


def _is_wanted(index: Index, reading: Reading) -> bool:
    """Tell whether a reading is to be stored: nobody else did, and all it rests on is there."""
    rests = (
        find_by_id(index, reading.capture_id),
        *(find_record(index, record_id) for record_id in reading.companions),
    )
    return all(found is not None and _is_held(index, found) for found in rests) and not (
        has_conversion(index, reading.capture_id, reading.extraction.extractor)
    )


def _is_held(index: Index, found: Found) -> bool:
    """Tell whether neither a capture nor the bytes that it shows were withdrawn."""
    holder = find_holder(index, found.id)
    return found.outcome != "withdrawn" and (holder is None or holder.outcome != "withdrawn")
