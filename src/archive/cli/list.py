"""``archive list``: statements or captures, a line each.  Not for: searching texts."""

from pathlib import Path

import click

from archive.cli.options import archive_option, json_option, print_aside, print_json, print_line
from archive.cli.world import find_open_archive
from archive.index.database import read_indexed_leaves
from archive.index.search import (
    MOST_ROWS,
    Row,
    open_reader,
    select_captures,
    select_statements,
)
from archive.workflows.freshness import describe_lag


@click.command("list")
@click.option("--captures", is_flag=True, help="List captures, failures included.")
@click.option("--host", help="Only of this host.")
@click.option("--limit", type=click.IntRange(1, MOST_ROWS), default=100, show_default=True)
@archive_option
@json_option
def command(
    captures: bool, host: str | None, limit: int, folder: Path | None, as_json: bool
) -> int:
    """List statements, the latest captured first; with --json one JSON value a line."""
    archive = find_open_archive(folder)
    count = 0
    with open_reader(archive.layout.database) as reader:
        lag = describe_lag(archive.layout, lambda: read_indexed_leaves(reader.conn))
        rows = (
            select_captures(reader, statement=None, host=host, limit=limit)
            if captures
            else select_statements(reader, host=host, limit=limit)
        )
        for row in rows:
            count += 1
            if as_json:
                print_json(row)
            elif captures:
                print_line(_format_capture(row))
            else:
                print_line(_format_statement(row))
    if lag:
        print_aside(lag)
    if not count:
        print_aside("nothing to list")
    elif count == limit:
        print_aside(f"the first {limit}; more by --limit")
    return 0


def _format_capture(row: Row) -> str:
    status = "" if row["status"] is None else f" {row['status']}"
    return f"{row['id']}  {row['captured_at']}  {row['outcome']}{status}  {row['url']}"


def _format_statement(row: Row) -> str:
    who = row["publisher"] or row["host"]
    return (
        f"{row['id']}  {row['published'] or '(no date)'}  {who}"
        f"  {row['name']}  ({row['captures']} captures)"
    )
