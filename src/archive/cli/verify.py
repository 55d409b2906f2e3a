"""``archive verify``: check what is stored, or files of others.

Not for: the checks (`archive.workflows.verify`, `archive.workflows.verify_files`).
"""

from collections.abc import Iterator
from dataclasses import asdict
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
from archive.cli.progress import Meter, open_meter
from archive.core.finding import Finding
from archive.core.text import show_hidden
from archive.errors import EXIT_DONE, EXIT_FINDINGS, EXIT_UNDECIDABLE, InputError
from archive.workflows.verify import LEVELS, Level, verify_archive
from archive.workflows.verify_files import verify_files


@click.command("verify")
@click.argument("files", metavar="[FILE]...", nargs=-1, type=click.Path(path_type=Path))
@click.option(
    "--level",
    type=click.Choice(LEVELS),
    help="quick: names, sizes, log.  stored: every stored byte.  full: every record inflated,"
    " every digest, and the index derived again.  Of FILEs, quick checks how records are framed,"
    " the others also every digest.  [default: stored; for FILEs: full]",
)
@archive_option
@json_option
def command(
    files: tuple[Path, ...], level: Level | None, folder: Path | None, as_json: bool
) -> int:
    """Check files, log and index against each other; nothing is changed.

    With FILE, check WARC, ARC and WACZ files that belong to no archive.

    Exit code 0: all holds.  1: damage.  3: something could not be decided.  With --json one
    finding a line, then a summary.
    """
    if files and folder is not None:
        raise InputError("--archive is of no use for files", remedy="leave one of them out")
    level = level or ("full" if files else "stored")
    worst = EXIT_DONE
    count = 0
    with open_meter("verifying", 1, bytewise=True) as meter:
        for finding in _verify(files, level, folder, meter):
            count += 1
            worst = _choose_worse(worst, finding)
            if as_json:
                meter.print_answer(format_json(asdict(finding)))
            else:
                for line in _format_finding(finding):
                    meter.print_answer(show_hidden(line))
    if as_json:
        print_json({"level": level, "findings": count, "exit_code": worst})
    elif worst == EXIT_DONE:
        print_line(f"all holds (level {level})")
    else:
        print_aside(f"findings: {count} (level {level})")
    return worst


def _verify(
    files: tuple[Path, ...], level: Level, folder: Path | None, meter: Meter
) -> Iterator[Finding]:
    if files:
        return verify_files(files, level=level, progress=meter.update)
    return verify_archive(
        find_open_archive(folder),
        level=level,
        progress=meter.update,
        key_folder=make_world().key_folder,
    )


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
