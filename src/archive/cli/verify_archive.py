"""``archive verify`` without files: an archive, whole or a part of it.

Not for: the checks (`archive.workflows.verify`), or the options (`archive.cli.verify`).
"""

import re
from dataclasses import asdict
from datetime import timedelta
from pathlib import Path

from archive.cli.findings import conclude, print_findings
from archive.cli.options import print_aside
from archive.cli.progress import open_meter
from archive.cli.world import find_open_archive, make_world
from archive.core.finding import Level
from archive.errors import InputError
from archive.workflows.fixity import record_fixity
from archive.workflows.verify import verify_archive
from archive.workflows.verify_part import Coverage, Part, Selection

_SAMPLE = re.compile(r"([0-9]{1,6})/([0-9]{1,6})")
_PERCENT = re.compile(r"([0-9]{1,3}(?:\.[0-9]+)?)%")
_AGE = re.compile(r"([0-9]{1,6})([hdw])")
_UNITS = {"h": timedelta(hours=1), "d": timedelta(days=1), "w": timedelta(weeks=1)}


def check_whole(
    folder: Path | None,
    sample: str | None,
    seconds: float | None,
    age: str | None,
    *,
    level: Level,
    record: bool,
    by: str | None,
    as_json: bool,
) -> int:
    """Check an archive, print what is found, and return the exit code."""
    part = _parse_part(sample, seconds, age)
    if part is not None and level == "quick":
        raise InputError("--level quick reads no records", remedy="choose stored or full")
    world = make_world()
    archive = find_open_archive(folder)
    selection = Selection(archive.layout, part, level=level, clock=world.clock) if part else None
    with open_meter("verifying", 1, bytewise=True) as meter:
        found = print_findings(
            verify_archive(
                archive,
                level=level,
                progress=meter.update,
                selection=selection,
                key_folder=world.key_folder,
            ),
            meter,
            as_json=as_json,
        )
    coverage = selection.finish() if selection else None
    event = (
        record_fixity(archive, world, level=level, found=found, coverage=coverage, by=by)
        if record
        else None
    )
    more: dict[str, object] = {"covered": asdict(coverage)} if coverage else {}
    more |= {"event": event.record_id} if event else {}
    covered = _format_coverage(coverage) if coverage else ""
    code = conclude(level, found, as_json=as_json, covered=covered, more=more)
    if event and not as_json:
        print_aside(f"recorded in leaf {event.leaf} of the log")
    return code


def _parse_part(sample: str | None, seconds: float | None, age: str | None) -> Part | None:
    """Return what part of the archive is asked for; None for all of it."""
    if sample is None and seconds is None and age is None:
        return None
    number, count = _parse_sample(sample) if sample else (1, 1)
    return Part(number=number, count=count, seconds=seconds, age=_parse_age(age) if age else None)


def _parse_sample(text: str) -> tuple[int | None, int]:
    match = _SAMPLE.fullmatch(text)
    number, count = (int(match[1]), int(match[2])) if match else (0, 0)
    if 1 <= number <= count:
        return number, count
    match = _PERCENT.fullmatch(text)
    percent = float(match[1]) if match else 0
    if 0 < percent <= 100:
        return None, max(1, round(100 / percent))
    raise InputError(f"--sample {text} is no part", remedy="write it as 3/10, or as 10%")


def _parse_age(text: str) -> timedelta:
    match = _AGE.fullmatch(text)
    if match is None:
        raise InputError(f"--max-age {text} is no age", remedy="write it as 12h, 30d or 4w")
    return int(match[1]) * _UNITS[match[2]]


def _format_coverage(coverage: Coverage) -> str:
    words = f"read {coverage.leaves} of {coverage.total} leaves"
    if coverage.first is not None:
        words += f", from {coverage.first} to {coverage.last}"
    if not coverage.part.endswith("/1"):
        words += f" (part {coverage.part})"
    if coverage.fresh:
        words += f"; passed over {coverage.fresh} that were sound lately"
    if coverage.resume:
        words += f"; the next run in time goes on at {coverage.resume}"
    return words
