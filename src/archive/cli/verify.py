"""``archive verify``: check what is stored, or files of others.

Not for: the checks (`archive.workflows.verify`, `archive.workflows.verify_files`), or what is of
archives alone (`archive.cli.verify_archive`).
"""

from importlib import import_module
from pathlib import Path
from typing import Any

import click

from archive.cli.findings import conclude, print_findings
from archive.cli.options import archive_option, by_option, json_option
from archive.cli.progress import open_meter
from archive.core.finding import LEVELS, Level
from archive.errors import InputError
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
    part = limits["sample"], limits["max_seconds"], limits["max_age"]
    level = level or ("full" if files else "stored")
    if not files:
        # Loaded only where it is wanted: that takes longer than checking many a file.
        whole = import_module("archive.cli.verify_archive")
        code: int = whole.check_whole(
            folder, *part, level=level, record=record, by=by, as_json=as_json
        )
        return code
    if any(limit is not None for limit in part):
        raise InputError(
            "--sample, --max-seconds and --max-age are of archives, not of files",
            remedy="leave them out, or the files",
        )
    if record:
        raise InputError("--record is of archives, not of files", remedy="leave it out")
    with open_meter("verifying", 1, bytewise=True) as meter:
        found = print_findings(
            verify_files(files, level=level, progress=meter.update), meter, as_json=as_json
        )
    return conclude(level, found, as_json=as_json)
