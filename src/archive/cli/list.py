"""``archive list``: statements or captures, a line each.  Not for: searching texts."""

from pathlib import Path

import click

from archive.cli.options import (
    archive_option,
    find_open_archive,
    json_option,
    print_aside,
    print_json,
    print_line,
)
from archive.index.search import open_reader, select_captures, select_statements


@click.command("list")
@click.option("--captures", is_flag=True, help="List captures, failures included.")
@click.option("--host", help="Only of this host.")
@click.option("--limit", type=click.IntRange(min=1), default=100, show_default=True)
@archive_option
@json_option
def command(
    captures: bool, host: str | None, limit: int, folder: Path | None, as_json: bool
) -> int:
    """List statements, the latest captured first; with --json one JSON value a line."""
    reader = open_reader(find_open_archive(folder).layout.database)
    rows = (
        select_captures(reader, statement=None, host=host, limit=limit)
        if captures
        else select_statements(reader, host=host, limit=limit)
    )
    count = 0
    for row in rows:
        count += 1
        if as_json:
            print_json(row)
        elif captures:
            status = "" if row["status"] is None else f" {row['status']}"
            print_line(f"{row['id']}  {row['captured_at']}  {row['outcome']}{status}  {row['url']}")
        else:
            print_line(
                f"{row['id']}  {row['published'] or '(no date)'}  {row['publisher'] or row['host']}"
                f"  {row['name']}  ({row['captures']} captures)"
            )
    if not count:
        print_aside("nothing to list")
    elif count == limit:
        print_aside(f"the first {limit}; more by --limit")
    return 0
