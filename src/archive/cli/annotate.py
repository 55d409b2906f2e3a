"""``archive annotate``: add a note.  Not for: how (`archive.workflows.annotate`)."""

from pathlib import Path

import click

from archive.cli.options import archive_option, by_option, json_option, print_json, print_line
from archive.cli.world import find_open_archive, make_world
from archive.workflows.annotate import annotate_capture
from archive.workflows.opening import open_for_writing


@click.command("annotate")
@click.argument("name", metavar="ID|URL")
@click.argument("note")
@by_option
@archive_option
@json_option
def command(name: str, note: str, by: str | None, folder: Path | None, as_json: bool) -> int:
    """Add NOTE to a capture; it is stored as a record, with who and when."""
    with open_for_writing(find_open_archive(folder), make_world(), options="annotate") as archive:
        row = annotate_capture(archive, name, note, by=by)
    if as_json:
        print_json(
            {
                "id": row.id,
                "record_id": row.record_id,
                "capture": row.capture_id,
                "by": row.annotation.agent_name,
                "agent": row.annotation.agent,
                "time": row.annotation.time.isoformat(),
            }
        )
    else:
        print_line(f"noted on {row.capture_id} by {row.annotation.agent_name}   ({row.id})")
    return 0
