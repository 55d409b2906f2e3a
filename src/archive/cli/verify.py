"""``archive verify``: check what is stored.  Not for: the checks (`archive.workflows.verify`)."""

from dataclasses import asdict
from pathlib import Path

import click

from archive.cli.options import (
    archive_option,
    find_open_archive,
    json_option,
    make_world,
    print_aside,
    print_json,
    print_line,
)
from archive.cli.progress import open_meter
from archive.core.finding import Finding
from archive.errors import EXIT_DONE, EXIT_FINDINGS, EXIT_UNDECIDABLE
from archive.workflows.verify import LEVELS, Level, verify_archive


@click.command("verify")
@click.option(
    "--level",
    type=click.Choice(LEVELS),
    default="stored",
    show_default=True,
    help="quick: names, sizes, log.  stored: every stored byte.  full: every record inflated,"
    " every digest, and the index derived again.",
)
@archive_option
@json_option
def command(level: Level, folder: Path | None, as_json: bool) -> int:
    """Check files, log and index against each other; nothing is changed.

    Exit code 0: all holds.  1: damage.  3: something could not be decided.  With --json one
    finding a line, then a summary.
    """
    archive = find_open_archive(folder)
    worst = EXIT_DONE
    count = 0
    with open_meter("verifying", 1) as meter:
        for finding in verify_archive(
            archive, level=level, progress=meter.update, key_folder=make_world().key_folder
        ):
            count += 1
            worst = _choose_worse(worst, finding)
            if as_json:
                print_json(asdict(finding))
            else:
                _print_finding(finding)
    if as_json:
        print_json({"level": level, "findings": count, "exit_code": worst})
    elif worst == EXIT_DONE:
        print_line(f"all holds (level {level})")
    else:
        print_aside(f"findings: {count} (level {level})")
    return worst


def _choose_worse(worst: int, finding: Finding) -> int:
    if finding.severity == "damage":
        return EXIT_FINDINGS
    if finding.severity == "undecidable" and worst == EXIT_DONE:
        return EXIT_UNDECIDABLE
    return worst


def _print_finding(finding: Finding) -> None:
    print_line(f"{finding.severity}: {finding.what}")
    place = finding.file + (f", offset {finding.offset}" if finding.offset is not None else "")
    print_line(f"  where   {place}")
    if finding.record_id:
        print_line(f"  record  {finding.record_id}")
    print_line(f"  holds   {finding.holds}")
    print_line(f"  to do   {finding.remedy}")
