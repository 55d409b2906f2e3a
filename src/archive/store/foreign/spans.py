"""Checking one file of records: divided into stretches, which workers may share, and put together.

A stretch is a range of bytes; who checks it looks for the first record that begins in it, and
reads on until one begins behind it.  That the ends of stretches meet is checked when they are
put together, so that a place that only looks like a record (a WARC file inside a record) costs
time and nothing else.

Not for: starting workers (`archive.workflows.workers`).
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import BinaryIO

from archive.store.foreign.dialects import ARC, WARC, Dialect
from archive.store.foreign.flow import Flow
from archive.store.foreign.records import Walk
from archive.store.foreign.reports import Report
from archive.store.foreign.revisits import compare_revisits
from archive.store.foreign.swift import Swift
from archive.store.gzip_members import Window
from archive.store.resync import find_record

STRETCH = 16 << 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where a file of records lies: at ``base`` in the file ``path``, ``size`` bytes long.

    ``name`` is how findings call it.
    """

    path: Path
    name: str
    base: int
    size: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Stretch:
    """A range of bytes to check; ``is_exact`` says that a record begins at ``start``."""

    place: Place
    start: int
    stop: int
    is_exact: bool
    is_gzip: bool
    is_arc: bool
    digests: bool


# Checks stretches, perhaps several at once, and gives the reports in their order.
Runner = Callable[[Iterable[Stretch]], Iterator[Report]]


class Section:
    """A part of a file, read as if it were one: the start is at 0."""

    def __init__(self, stream: BinaryIO, base: int, size: int) -> None:
        self._stream = stream
        self._base = base
        self._size = size
        self._at = 0

    def seek(self, place: int) -> int:
        """Go to a place, counted from the start of the part."""
        self._at = place
        return place

    def read(self, size: int) -> bytes:
        """Return up to ``size`` bytes; fewer only at the end."""
        self._stream.seek(self._base + self._at)
        data = self._stream.read(max(0, min(size, self._size - self._at)))
        self._at += len(data)
        return data


def check_stretch(stretch: Stretch) -> Report:
    """Check the records that begin in a stretch; depends on nothing else.

    Raises:
        OSError: the file cannot be read.
    """
    place = stretch.place
    dialect = ARC if stretch.is_arc else WARC
    report = Report(place.name, start=stretch.start)
    with place.path.open("rb", buffering=0) as raw:
        section = Section(raw, place.base, place.size)
        window = Window(section, 0, place.size)
        if not stretch.is_exact:
            report.start = find_record(
                window,
                stretch.start,
                dialect.begins,
                is_gzip=stretch.is_gzip,
                limit=stretch.stop,
            )
        window.move(report.start)
        report.end = _run(stretch, section, window, dialect, report)
    return report


def _run(
    stretch: Stretch, section: Section, window: Window, dialect: Dialect, report: Report
) -> int:
    end = stretch.place.size
    swift = Swift(section, end, report, digests=stretch.digests)
    walk = Walk(Flow(window, is_gzip=stretch.is_gzip), dialect, report, digests=stretch.digests)
    at = report.start
    while at < stretch.stop:
        if dialect is WARC:
            before = at
            at = (swift.run_gzip if stretch.is_gzip else swift.run_plain)(at, stretch.stop)
            walk.was_tidy = walk.was_tidy or at > before
            if at >= stretch.stop:
                break
        window.move(at)
        at = walk.step_out()
    return at


def check_records(
    place: Place,
    *,
    is_gzip: bool,
    dialect: Dialect,
    digests: bool,
    run: Runner,
    stretch_size: int = STRETCH,
) -> Iterator[Report]:
    """Check a file of records; give a report after each stretch, the last one of the whole file.

    Raises:
        OSError: the file cannot be read.
    """
    whole = Report(place.name)
    first = Stretch(
        place=place,
        start=0,
        stop=place.size,
        is_exact=True,
        is_gzip=is_gzip,
        is_arc=dialect is ARC,
        digests=digests,
    )
    # A plain ARC file has no mark that a record could be found by.
    stretches = list(_divide(first, stretch_size)) if is_gzip or dialect is WARC else [first]
    for stretch, report in zip(stretches, run(stretches), strict=True):
        if report.start != whole.end:
            if whole.end >= stretch.stop:
                continue  # a record reaches over all of it
            exact = replace(stretch, start=whole.end, is_exact=True)
            report = next(run([exact]))  # noqa: PLW2901  # what was checked there does not count
        whole.take_in(report)
        yield whole
    compare_revisits(whole)
    whole.findings += whole.list_oddities()
    yield whole


def _divide(whole: Stretch, size: int) -> Iterator[Stretch]:
    for start in range(0, whole.stop, size):
        stop = min(start + size, whole.stop)
        yield replace(whole, start=start, stop=stop, is_exact=start == 0)
