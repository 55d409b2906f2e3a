"""Texts and claims on their way: captures handed to readers, and stored when they are read.

Not for: the processes that read (`archive.workflows.workers`).
"""

from collections.abc import Iterator
from concurrent.futures import FIRST_COMPLETED, Future, wait
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import partial

from archive.core.digest import digest_bytes
from archive.core.extraction import Extraction
from archive.core.leaf import Leaf
from archive.core.record import Record
from archive.index.database import Index
from archive.index.lookup import Found, find_by_id
from archive.index.rows import CaptureRow, TextRow
from archive.index.sightings import select_beside
from archive.store.groups import GroupDraft
from archive.store.layout import Layout
from archive.workflows.companion_tasks import find_companions, has_newer_companions
from archive.workflows.opening import Archive, OpenArchive, World
from archive.workflows.reading_rows import make_reading_row
from archive.workflows.reading_tasks import make_reading_task
from archive.workflows.records import make_conversion_group
from archive.workflows.workers import ReadingTask, Workers


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What reading the page of a capture gave; the capture's id, record, address and moment.

    ``companions`` are the record ids of those that were read with it.
    """

    capture_id: str
    record_id: str
    url: str
    captured_at: str
    extraction: Extraction
    companions: tuple[str, ...] = ()

    @property
    def text_digest(self) -> str | None:
        """The digest of the main text, None where there is none."""
        if self.extraction.outcome != "text":
            return None
        return str(digest_bytes(self.extraction.text.encode()))

    def make_group(self, world: World) -> tuple[GroupDraft, Record]:
        """Return the conversion group of this reading, and its record as it will be read back."""
        return make_conversion_group(
            self.extraction,
            principal=self.record_id,
            date=world.clock(),
            record_id=world.identity.new_id(),
            companions=self.companions,
        )

    def make_row(self, leaf: Leaf, record: Record) -> TextRow:
        """Return the row of this reading, which was stored as ``record`` under ``leaf``."""
        return make_reading_row(
            leaf, record, self.extraction, url=self.url, captured_at=self.captured_at
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Begun:
    """A capture that is being read, and the task."""

    capture: CaptureRow | Found
    task: ReadingTask


class Readings:
    """Readings under way.

    A page that cannot be read with its companions, in time or at all, is read without them.
    """

    def __init__(self, workers: Workers, layout: Layout) -> None:
        """Read records of the archive that is laid out so with ``workers``."""
        self._workers = workers
        self._layout = layout
        self._under_way: dict[Future[Extraction], _Begun] = {}

    def __len__(self) -> int:
        """Count the readings that have been begun and not taken."""
        return len(self._under_way)

    def begin(self, capture: CaptureRow | Found, index: Index) -> None:
        """Hand a capture, fresh or found in the index, to the readers, with its companions.

        One that shares a reading is read only if what stands beside it now says more.
        """
        companions = find_companions(index, self._layout, capture)
        known = None
        if isinstance(capture, Found) and capture.reading_of is not None:
            if not has_newer_companions(index, capture, companions):
                return
            known = select_beside(index, capture.reading_of)
        find = partial(find_by_id, index)
        task = make_reading_task(self._layout, capture, find, companions=companions)
        self._begin(_Begun(capture=capture, task=replace(task, known=known)))

    def _begin(self, begun: _Begun) -> None:
        self._under_way[self._workers.submit(begun.task)] = begun

    def take_finished(self) -> tuple[Reading, ...]:
        """Return the readings that are finished, once."""
        readings = []
        for future in [future for future in self._under_way if future.done()]:
            begun = self._under_way.pop(future)
            capture, extraction = begun.capture, future.result()
            if extraction.outcome == "nothing new":
                continue
            is_read = extraction.outcome in ("text", "none")
            if begun.task.companions and not is_read and begun.task.known is None:
                self._begin(replace(begun, task=replace(begun.task, companions=())))
                continue
            readings.append(
                Reading(
                    capture_id=capture.id,
                    record_id=capture.record_id,
                    url=capture.url,
                    captured_at=capture.captured_at,
                    extraction=extraction,
                    companions=tuple(item.record_id for item in begun.task.companions),
                )
            )
        return tuple(readings)

    def wait_some(self, seconds: float) -> tuple[Reading, ...]:
        """Wait until a reading is finished, or ``seconds`` have passed; return the finished."""
        wait(self._under_way, timeout=seconds, return_when=FIRST_COMPLETED)
        return self.take_finished()


@contextmanager
def open_readings(archive: Archive | OpenArchive) -> Iterator[Readings]:
    """Start readers for an archive, and end them."""
    with Workers(archive.settings.extraction) as workers:
        yield Readings(workers, archive.layout)
