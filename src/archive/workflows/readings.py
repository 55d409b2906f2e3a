"""Texts and claims on their way: captures handed to readers, and stored when they are read.

Not for: the processes that read (`archive.workflows.workers`).
"""

from collections.abc import Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, wait
from dataclasses import dataclass

from archive.core.digest import digest_bytes
from archive.core.extraction import Extraction
from archive.core.leaf import Leaf
from archive.core.record import Record
from archive.index.lookup import Found
from archive.index.rows import CaptureRow, TextRow, make_text_row
from archive.provenance import choose_assertions
from archive.store.groups import GroupDraft
from archive.workflows.opening import World
from archive.workflows.records import make_conversion_group
from archive.workflows.workers import ReadingTask, Workers


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """A capture whose page is to be read."""

    capture_id: str
    record_id: str
    url: str
    warc: str
    offset: int
    length: int


def make_target(capture: CaptureRow | Found) -> Target:
    """Return a capture, fresh or found in the index, as one to be read."""
    return Target(
        capture_id=capture.id,
        record_id=capture.record_id,
        url=capture.url,
        warc=capture.warc,
        offset=capture.offset,
        length=capture.length,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """A capture, and what reading it gave."""

    target: Target
    extraction: Extraction


class Readings:
    """Readings under way, and those that wait to be stored."""

    def __init__(self, workers: Workers, root: str) -> None:
        """Read records of the archive at ``root`` with ``workers``."""
        self._workers = workers
        self._root = root
        self._under_way: dict[Future[Extraction], Target] = {}

    def __len__(self) -> int:
        """Count the readings that have been begun and not taken."""
        return len(self._under_way)

    def begin(self, target: Target) -> None:
        """Hand a capture to the readers."""
        task = ReadingTask(
            root=self._root,
            warc=target.warc,
            offset=target.offset,
            length=target.length,
            url=target.url,
        )
        self._under_way[self._workers.submit(task)] = target

    def take_finished(self) -> tuple[Reading, ...]:
        """Return the readings that are finished, once."""
        done = [future for future in self._under_way if future.done()]
        return tuple(
            Reading(target=self._under_way.pop(future), extraction=future.result())
            for future in done
        )

    def wait_some(self, seconds: float) -> tuple[Reading, ...]:
        """Wait until a reading is finished, or ``seconds`` have passed; return the finished."""
        wait(self._under_way, timeout=seconds, return_when=FIRST_COMPLETED)
        return self.take_finished()


def make_reading_groups(
    readings: Sequence[Reading], world: World
) -> tuple[tuple[GroupDraft, Record], ...]:
    """Return the conversion groups of some readings, in their order."""
    return tuple(
        make_conversion_group(
            reading.extraction,
            principal=reading.target.record_id,
            date=world.clock(),
            record_id=world.identity.new_id(),
        )
        for reading in readings
    )


def make_reading_rows(
    leaves: Sequence[Leaf],
    groups: Sequence[tuple[GroupDraft, Record]],
    readings: Sequence[Reading],
) -> Iterator[TextRow]:
    """Yield the rows of readings that were stored as ``groups`` under ``leaves``."""
    for leaf, (_, record), reading in zip(leaves, groups, readings, strict=True):
        claims = reading.extraction.claims
        yield make_text_row(leaf, record, claims, choose_assertions(claims))


def digest_reading(reading: Reading) -> str | None:
    """Return the digest of the main text that was read, None where there is none."""
    if reading.extraction.outcome != "text":
        return None
    return str(digest_bytes(reading.extraction.text.encode()))
