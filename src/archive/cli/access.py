"""``archive access``: say who may see a statement.  Not for: how (`archive.workflows.access`)."""

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
from archive.core.access import format_access, parse_access
from archive.workflows.access import say_access
from archive.workflows.annotate import parse_reason
from archive.workflows.opening import open_for_writing


@click.command("access")
@click.argument("name", metavar="ID|URL")
@click.argument("words", metavar="open|private|embargo DATE", nargs=-1, required=True)
@reason_option
@by_option
@archive_option
@json_option
def command(
    name: str,
    words: tuple[str, ...],
    reason: str,
    by: str | None,
    folder: Path | None,
    as_json: bool,
) -> int:
    """Say who may see the statement that a capture belongs to, and why.

    private leaves it out of what `archive publish` writes, embargo DATE does until that day
    begins in UTC, open takes either back. A page that was published before stays published.
    """
    access = parse_access(" ".join(words))
    parse_reason(reason)
    with open_for_writing(find_open_archive(folder), make_world(), options="access") as archive:
        rows = say_access(archive, name, access, reason=reason, by=by)
    for row in rows:
        said = row.annotation
        if as_json:
            print_json(
                {
                    "id": row.id,
                    "record_id": row.record_id,
                    "capture": row.capture_id,
                    "access": format_access(access),
                    **describe_saying(said),
                    "supersedes": row.supersedes,
                }
            )
        else:
            before = f", instead of {row.supersedes}" if row.supersedes else ""
            print_line(
                f"{format_access(access)}: the statement of {row.capture_id}, says"
                f" {said.agent_name}   ({row.id}{before})"
            )
    return 0
