"""``archive verify``: check what is stored, or files of others.

Not for: the checks (`archive.workflows.verify`, `archive.workflows.verify_files`).
"""

import re
from collections.abc import Iterator
from dataclasses import asdict
from datetime import timedelta
from pathlib import Path
from typing import Any

import click

from archive.cli.options import (
    archive_option,
    by_option,
    find_open_archive,
    format_json,
    json_option,
    make_world,
    print_aside,
    print_json,
    print_line,
)
from archive.cli.progress import open_meter
from archive.core.finding import Finding
from archive.core.text import show_hidden
from archive.errors import EXIT_DONE, EXIT_FINDINGS, EXIT_UNDECIDABLE, InputError
from archive.index.events import EventRow
from archive.workflows.fixity import record_fixity
from archive.workflows.verify import LEVELS, Level, verify_archive
from archive.workflows.verify_files import verify_files
from archive.workflows.verify_part import Coverage, Part, Selection

_SAMPLE = re.compile(r"([0-9]{1,6})/([0-9]{1,6})")
_PERCENT = re.compile(r"([0-9]{1,3}(?:\.[0-9]+)?)%")
_AGE = re.compile(r"([0-9]{1,6})([hdw])")
_UNITS = {"h": timedelta(hours=1), "d": timedelta(days=1), "w": timedelta(weeks=1)}


@click.command("verify")
@click.argument("files", metavar="[FILE]...", nargs=-1, type=click.Path(path_type=Path))
@click.option(
    "--level",
    type=click.Choice(LEVELS),
    help="quick: names, sizes, log.  stored: every stored byte.  full: every record inflated,"
    " every digest, and the index derived again.  Of FILEs, quick checks how records are framed,"
    " the others also every digest.  [default: stored; for FILEs: full]",
)
@click.option(
    "--sample",
    metavar="N/T",
    help="Read the records of the N-th of T equal parts alone; of P%, the next such part.",
)
@click.option(
    "--max-seconds",
    type=click.FloatRange(min=0, min_open=True),
    metavar="S",
    help="Stop in time, and go on there with the next such run.",
)
@click.option("--max-age", metavar="AGE", help="Pass over what was sound within AGE: 12h, 30d, 4w.")
@click.option("--record", is_flag=True, help="Add what came out to the log, as a fixity event.")
@by_option
@archive_option
@json_option
def command(
    files: tuple[Path, ...],
    level: Level | None,
    record: bool,
    by: str | None,
    folder: Path | None,
    as_json: bool,
    **limits: Any,
) -> int:
    """Check files, log and index against each other, and who vouches for the log.

    No record is changed; --record adds one.

    With FILE, check WARC, ARC and WACZ files that belong to no archive.

    The log is always checked whole; --sample, --max-seconds and --max-age choose of which of
    its leaves the records are read, and remember in metadata/verify.json what was sound.

    Exit code 0: all holds.  1: damage.  3: something could not be decided.  With --json one
    finding a line, then a summary.
    """
    part = _parse_part(limits["sample"], limits["max_seconds"], limits["max_age"])
    if files and part is not None:
        raise InputError(
            "--sample, --max-seconds and --max-age are of archives, not of files",
            remedy="leave them out, or the files",
        )
    level = level or ("full" if files else "stored")
    if part is not None and level == "quick":
        raise InputError("--level quick reads no records", remedy="choose stored or full")
    if record and files:
        raise InputError("--record is of archives, not of files", remedy="leave it out")
    world = make_world()
    archive = None if files else find_open_archive(folder)
    selection = None
    if archive and part:
        selection = Selection(archive.layout, part, level=level, clock=world.clock)
    found: list[Finding] = []
    with open_meter("verifying", 1, bytewise=True) as meter:
        for finding in (
            verify_archive(
                archive,
                level=level,
                progress=meter.update,
                selection=selection,
                key_folder=world.key_folder,
            )
            if archive
            else verify_files(files, level=level, progress=meter.update)
        ):
            found.append(finding)
            if as_json:
                meter.print_answer(format_json(asdict(finding)))
            else:
                for line in _format_finding(finding):
                    meter.print_answer(show_hidden(line))
    coverage = selection.finish() if selection else None
    event = (
        record_fixity(archive, world, level=level, found=found, coverage=coverage, by=by)
        if archive and record
        else None
    )
    return _conclude(level, found, coverage, event, as_json=as_json)


def _conclude(
    level: Level,
    found: list[Finding],
    coverage: Coverage | None,
    event: EventRow | None,
    *,
    as_json: bool,
) -> int:
    """Print what came of it all, and return the exit code."""
    worst = _choose_exit(found)
    if as_json:
        more: dict[str, object] = {"covered": asdict(coverage)} if coverage else {}
        more |= {"event": event.record_id} if event else {}
        print_json({"level": level, "findings": len(found), "exit_code": worst, **more})
        return worst
    if coverage:
        print_line(_format_coverage(coverage))
    if worst == EXIT_DONE:
        print_line(f"all holds (level {level}{', as far as it was read' if coverage else ''})")
    else:
        print_aside(f"findings: {len(found)} (level {level})")
    if event:
        print_aside(f"recorded in leaf {event.leaf} of the log")
    return worst


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


def _choose_exit(found: list[Finding]) -> int:
    severities = {finding.severity for finding in found}
    if "damage" in severities:
        return EXIT_FINDINGS
    return EXIT_UNDECIDABLE if "undecidable" in severities else EXIT_DONE


def _format_finding(finding: Finding) -> Iterator[str]:
    yield f"{finding.severity}: {finding.what}"
    place = finding.file + (f", offset {finding.offset}" if finding.offset is not None else "")
    yield f"  where   {place}"
    if finding.record_id:
        yield f"  record  {finding.record_id}"
    yield f"  holds   {finding.holds}"
    yield f"  to do   {finding.remedy}"
