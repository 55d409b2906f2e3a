"""``archive annotations``: what people said, when and why.  Not for: saying it."""

from contextlib import closing
from pathlib import Path

import click

from archive.cli.options import archive_option, json_option, print_aside, print_json, print_line
from archive.cli.people import print_annotation
from archive.cli.world import find_open_archive
from archive.index.lookup import find_capture
from archive.index.search import MOST_ROWS, open_reader, select_annotations
from archive.workflows.opening import open_index


@click.command("annotations")
@click.argument("name", metavar="[ID|URL]", required=False)
@click.option("--limit", type=click.IntRange(1, MOST_ROWS), default=100, show_default=True)
@archive_option
@json_option
def command(name: str | None, limit: int, folder: Path | None, as_json: bool) -> int:
    """List what people said of a capture and its statement, or of everything, the latest first.

    Each with who, when, why, the evidence pointed to, and whether it is in force, was superseded
    or was retracted.
    """
    archive = find_open_archive(folder)
    capture = None
    if name is not None:
        with closing(open_index(archive)) as index:
            capture = find_capture(index, name).id
    with open_reader(archive.layout.database) as reader:
        rows = select_annotations(reader, capture, limit=limit)
    for row in rows:
        if as_json:
            print_json(row)
        else:
            about = (
                row["capture_id"]
                or row["organisation"]
                or row["organisation_id"]
                or row["watch_id"]
            )
            print_line(f"of {about}")
            print_annotation(row)
    if not rows:
        print_aside("nobody said anything")
    elif len(rows) == limit:
        print_aside(f"the first {limit}; more by --limit")
    return 0
