"""``archive retract``: take back what was said.  Not for: how (`archive.workflows.curate`)."""

from pathlib import Path

import click

from archive.cli.options import (
    archive_option,
    by_option,
    json_option,
    print_json,
    print_line,
    reason_option,
)
from archive.cli.people import describe_saying
from archive.cli.world import find_open_archive, make_world
from archive.workflows.annotate import parse_reason
from archive.workflows.curate import retract
from archive.workflows.opening import open_for_writing


@click.command("retract")
@click.argument("name", metavar="ANNOTATION|ID|URL")
@click.argument("field", required=False)
@reason_option
@by_option
@archive_option
@json_option
def command(
    name: str,
    field: str | None,
    reason: str,
    by: str | None,
    folder: Path | None,
    as_json: bool,
) -> int:
    """Take back an assertion or a note; it stays on record, and no longer counts.

    ANNOTATION is an id that `archive annotations` lists. With FIELD, the first argument means a
    capture, and what is taken back is your own assertion of that field of its statement, or else
    the only one that somebody else made. What the page says, or what another curator asserts, is
    then displayed again.
    """
    parse_reason(reason)
    with open_for_writing(find_open_archive(folder), make_world(), options="retract") as archive:
        rows = retract(archive, name, field, reason=reason, by=by)
    for row in rows:
        said = row.annotation
        if as_json:
            print_json(
                {
                    "id": row.id,
                    "record_id": row.record_id,
                    "capture": row.capture_id,
                    "retracted": row.supersedes,
                    **describe_saying(said),
                }
            )
        else:
            print_line(f"retracted {row.supersedes} on {row.capture_id} by {said.agent_name}")
    return 0
