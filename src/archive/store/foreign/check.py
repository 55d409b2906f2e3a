"""Checking a file that belongs to no archive: what it is, and whether it is intact.

Findings are *damage* (bytes are wrong or missing), *undecidable* (it cannot be told here) and
*notes* (unusual, and intact).  Offsets count the bytes of the file, of a WARC file in a package
those of that file.

Not for: files of an archive, of which the capture log says more (`archive.store.check`).
"""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Literal

from archive.core.finding import Finding
from archive.store.foreign.kinds import Package, Records, Unreadable, find_kind
from archive.store.foreign.reports import Report, make_finding
from archive.store.foreign.spans import Place, Runner, Section, check_records, check_stretch
from archive.store.foreign.wacz import check_package
from archive.store.gzip_members import Window

Level = Literal["quick", "stored", "full"]
Progress = Callable[[int], object]


def check_file(
    path: Path,
    *,
    level: Level = "full",
    run: Runner = lambda stretches: map(check_stretch, stretches),
    progress: Progress = lambda _done: None,
) -> Iterator[Finding]:
    """Give what is wrong with a file, or worth knowing.

    ``quick`` looks at how records and members are framed, gzip's own checks included; the
    other levels also at every digest.  ``progress`` is told how many bytes of it are done.
    """
    name = str(path)
    try:
        size = path.stat().st_size
        place = Place(path=path, name=name, base=0, size=size)
        yield from check_place(place, level=level, run=run, progress=progress)
    except OSError as error:
        yield make_finding(
            "undecidable",
            f"the file cannot be read ({error.strerror or error})",
            name,
            holds="nothing is known of it",
            remedy="check the path, its permissions and the disk",
        )


def check_place(
    place: Place, *, level: Level, run: Runner, progress: Progress
) -> Iterator[Finding]:
    """Give what is wrong with a file, or a part of one."""
    with place.path.open("rb", buffering=0) as raw:
        kind = find_kind(Window(Section(raw, place.base, place.size), 0, place.size), place.name)
    match kind:
        case Unreadable():
            yield make_finding(
                "undecidable",
                kind.why,
                place.name,
                holds="nothing is known of it",
                remedy="verify it with a program that reads it, or unpack it first",
            )
        case Package():

            def check_inside(inside: Place) -> Iterator[Finding]:
                return check_place(inside, level=level, run=run, progress=lambda _done: None)

            yield from check_package(place, digests=level != "quick", check_inside=check_inside)
        case Records():
            yield from _check_records(place, kind, level, run, progress)
    progress(place.size)


def _check_records(
    place: Place, kind: Records, level: Level, run: Runner, progress: Progress
) -> Iterator[Finding]:
    told = 0
    report = Report(place.name)
    for report in check_records(
        place,
        is_gzip=kind.is_gzip,
        dialect=kind.dialect,
        digests=level != "quick",
        run=run,
    ):
        yield from report.findings[told:]
        told = len(report.findings)
        progress(report.end)
    suffix = place.name.lower().endswith((".gz", ".gz.open"))
    if suffix != kind.is_gzip:
        what = "not compressed, but named .gz" if suffix else "compressed, but not named .gz"
        yield make_finding(
            "note",
            f"the file is {what}",
            place.name,
            0,
            holds="everything",
            remedy="none is needed; other programs may go by the name",
        )
    if not report.records and not any(one.severity == "damage" for one in report.findings):
        yield make_finding(
            "damage",
            "the file holds no record",
            place.name,
            holds="nothing",
        )
