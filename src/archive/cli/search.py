"""``archive search``: statements by words.  Not for: lists without a question."""

from pathlib import Path

import click

from archive.cli.options import archive_option, json_option, print_aside, print_json, print_line
from archive.cli.world import find_open_archive
from archive.errors import EXIT_DONE
from archive.index.database import read_indexed_leaves
from archive.index.search import MOST_ROWS, open_reader, search_statements
from archive.workflows.freshness import describe_lag


@click.command("search")
@click.argument("query", nargs=-1, required=True)
@click.option("--limit", type=click.IntRange(1, MOST_ROWS), default=20, show_default=True)
@archive_option
@json_option
def command(query: tuple[str, ...], limit: int, folder: Path | None, as_json: bool) -> int:
    """Search titles and main texts for all words of QUERY; "in quotes" is a phrase.

    Best matches come first, each with the capture that holds the text; with --json one JSON
    value a line.
    """
    archive = find_open_archive(folder)
    count = 0
    with open_reader(archive.layout.database) as reader:
        lag = describe_lag(archive.layout, lambda: read_indexed_leaves(reader.conn))
        for row in search_statements(reader, " ".join(query), limit=limit):
            count += 1
            if as_json:
                print_json(row)
                continue
            print_line(f"{row['capture_id']}  {row['published'] or '(no date)'}  {row['name']}")
            print_line(f"    {row['url']}   captured {row['captured_at']}")
            print_line("    " + " ".join(row["snippet"].split()))
    if lag:
        print_aside(lag)
    if not count:
        print_aside("nothing found")
    return EXIT_DONE
