"""``archive extract``: read pages that wait.  Not for: how (`archive.workflows.extract`)."""

from pathlib import Path

import click

from archive.cli.options import archive_option, json_option, print_json, print_line
from archive.cli.progress import open_meter
from archive.cli.world import find_open_archive, make_world
from archive.workflows.extract import extract_pending


@click.command("extract")
@archive_option
@json_option
def command(folder: Path | None, as_json: bool) -> int:
    """Read main text and claims of all captures that have none yet.

    Captures do not wait for this: it goes on behind them, and any later run resumes it. Captures
    that cannot be compared, because another program read their neighbours, are read again.
    """
    with open_meter("reading", 1) as meter:
        count = extract_pending(find_open_archive(folder), make_world(), progress=meter.update)
    if as_json:
        print_json({"read": count})
    else:
        print_line(f"read {count} captures")
    return 0
