"""``archive edits``: what happened to statements, the latest first; as lines, JSON or Atom.

Not for: the history of one statement (`archive.cli.history`).
"""

import sys
from pathlib import Path
from typing import Any

import click

from archive.cli.deliver import deliver
from archive.cli.options import (
    archive_option,
    json_option,
    print_aside,
    print_json,
    print_line,
    write_answer,
)
from archive.cli.world import find_open_archive, make_world, network_option
from archive.core.change import KINDS, Change, Edited, describe_change, list_change
from archive.errors import EXIT_FINDINGS, InputError
from archive.index.changes import ChangeFilter
from archive.index.search import MOST_ROWS
from archive.workflows.edits import format_changes, parse_since, read_changes
from archive.workflows.opening import Archive
from archive.workflows.settings import Network

_INDENT = "    "
_PIECES = 3  # of each side, on a terminal


@click.command("edits")
@click.argument("name", metavar="[ID|URL]", required=False)
@click.option("--since", metavar="TIME", help="Shown since a day, a moment, or for so long: 7d.")
@click.option(
    "--kind",
    "kinds",
    metavar="KIND",
    type=click.Choice(KINDS),
    multiple=True,
    help=f"Only these: {', '.join(KINDS)}.",
)
@click.option("--confirmed", is_flag=True, help="Only what a second capture confirms.")
@click.option("--all", "with_minor", is_flag=True, help="Also furniture and markup alone.")
@click.option("--limit", type=click.IntRange(1, MOST_ROWS), default=100, show_default=True)
@click.option("--atom", is_flag=True, help="An Atom feed of what is confirmed.")
@click.option("--output", type=click.Path(dir_okay=False, path_type=Path), help="Of the feed.")
@click.option("--address", metavar="URL", help="Where the feed will be found.")
@click.option("--deliver", is_flag=True, help="Tell the webhooks in archive.toml what is due.")
@network_option
@archive_option
@json_option
def command(**options: Any) -> int:
    """List edits, disappearances and returns of statements, the latest first.

    With --json one JSON value a line. A change is confirmed once a second capture shows it; a feed
    holds what is confirmed.
    """
    if options["atom"] and options["as_json"]:
        raise InputError("--atom and --json are two forms of an answer", remedy="choose one")
    if not options["atom"] and (options["output"] or options["address"]):
        raise InputError("--output and --address are of a feed", remedy="add --atom")
    archive = find_open_archive(options["folder"])
    if options["deliver"]:
        return _deliver(archive, options["networks"], as_json=options["as_json"])
    now = make_world().clock()
    wanted = ChangeFilter(
        since=parse_since(options["since"], now=now) if options["since"] else None,
        kinds=tuple(dict.fromkeys(options["kinds"])),
        is_confirmed=options["confirmed"] or options["atom"],
        with_minor=options["with_minor"],
    )
    limit = options["limit"]
    changes = read_changes(archive, wanted, name=options["name"], limit=limit)
    if options["atom"]:
        feed = format_changes(archive, changes, now=now, address=options["address"])
        if options["output"]:
            write_answer(options["output"], feed)
        else:
            sys.stdout.buffer.write(feed)
    for change in changes if not options["atom"] else ():
        if options["as_json"]:
            print_json(list_change(change))
        else:
            _print_change(change)
    if not changes:
        print_aside("nothing that is known here changed")
    elif len(changes) == limit:
        print_aside(f"the first {limit}; more by --limit")
    return 0


def _deliver(archive: Archive, networks: tuple[Network, ...], *, as_json: bool) -> int:
    """Tell the webhooks, and print a line for each try; 1 where one was not taken."""
    if not archive.settings.webhooks:
        raise InputError("nobody wants to be told", remedy="write [[webhook]] in archive.toml")
    is_taken = deliver(archive, networks, options="edits --deliver", as_json=as_json)
    return 0 if is_taken else EXIT_FINDINGS


def _print_change(change: Change) -> None:
    print_line(f"{change.not_after[:19]}Z  {describe_change(change)}  {change.name}")
    print_line(f"{_INDENT}{change.url}")
    if change.not_before is None:
        print_line(f"{_INDENT}by {change.not_after[:19]}Z  capture {change.capture}")
    else:
        print_line(
            f"{_INDENT}between {change.not_before[:19]}Z and {change.not_after[:19]}Z"
            f"  captures {change.before_capture} {change.capture}"
        )
    if not change.is_confirmed:
        print_line(f"{_INDENT}one capture shows it so far")
    if isinstance(change.what, Edited):
        _print_edit(change.what)


def _print_edit(edit: Edited) -> None:
    if edit.facts:
        print_line(f"{_INDENT}{', '.join(edit.facts)}")
    if edit.title:
        print_line(f"{_INDENT}- title: {edit.title[0] or '(none)'}")
        print_line(f"{_INDENT}+ title: {edit.title[1] or '(none)'}")
    if edit.notice:
        print_line(f"{_INDENT}notice: {' '.join(edit.notice.split())}")
    for mark, pieces in (("-", edit.deleted), ("+", edit.inserted)):
        for piece in pieces[:_PIECES]:
            print_line(f"{_INDENT}{mark} {piece}")
        if len(pieces) > _PIECES:
            print_line(f"{_INDENT}{mark} … and more: archive diff")
