"""``archive verify``: check what is stored, or files of others.

Not for: the checks (`archive.workflows.verify`, `archive.workflows.verify_files`).
"""

import re
from collections.abc import Iterator
from dataclasses import asdict
from datetime import timedelta
from pathlib import Path

import click

from archive.cli.options import (
    archive_option,
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
@archive_option
@json_option
def command(
    files: tuple[Path, ...],
    level: Level | None,
    sample: str | None,
    max_seconds: float | None,
    max_age: str | None,
    folder: Path | None,
    as_json: bool,
) -> int:
    """Check files, log and index against each other; no record is changed.

    With FILE, check WARC, ARC and WACZ files that belong to no archive.

    The log is always checked whole; --sample, --max-seconds and --max-age choose of which of
    its leaves the records are read, and remember in metadata/verify.json what was sound.

    Exit code 0: all holds.  1: damage.  3: something could not be decided.  With --json one
    finding a line, then a summary.
    """
    part = _parse_part(sample, max_seconds, max_age)
    if files and part is not None:
        raise InputError(
            "--sample, --max-seconds and --max-age are of archives, not of files",
            remedy="leave them out, or the files",
        )
    level = level or ("full" if files else "stored")
    if part is not None and level == "quick":
        raise InputError("--level quick reads no records", remedy="choose stored or full")
    archive = None if files else find_open_archive(folder)
    selection = (
        Selection(archive.layout, part, level=level, clock=make_world().clock)
        if archive and part
        else None
    )
    worst = EXIT_DONE
    count = 0
    with open_meter("verifying", 1, bytewise=True) as meter:
        for finding in (
            verify_archive(archive, level=level, progress=meter.update, selection=selection)
            if archive
            else verify_files(files, level=level, progress=meter.update)
        ):
            count += 1
            worst = _choose_worse(worst, finding)
            if as_json:
                meter.print_answer(format_json(asdict(finding)))
            else:
                for line in _format_finding(finding):
                    meter.print_answer(show_hidden(line))
    coverage = selection.finish() if selection else None
    if as_json:
        covered = {"covered": asdict(coverage)} if coverage else {}
        print_json({"level": level, "findings": count, "exit_code": worst, **covered})
        return worst
    if coverage:
        print_line(_format_coverage(coverage))
    if worst == EXIT_DONE:
        print_line(f"all holds (level {level}{', as far as it was read' if coverage else ''})")
    else:
        print_aside(f"findings: {count} (level {level})")
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


def _choose_worse(worst: int, finding: Finding) -> int:
    if finding.severity == "damage":
        return EXIT_FINDINGS
    if finding.severity == "undecidable" and worst == EXIT_DONE:
        return EXIT_UNDECIDABLE
    return worst


def _format_finding(finding: Finding) -> Iterator[str]:
    yield f"{finding.severity}: {finding.what}"
    place = finding.file + (f", offset {finding.offset}" if finding.offset is not None else "")
    yield f"  where   {place}"
    if finding.record_id:
        yield f"  record  {finding.record_id}"
    yield f"  holds   {finding.holds}"
    yield f"  to do   {finding.remedy}"
