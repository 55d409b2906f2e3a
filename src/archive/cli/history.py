"""``archive history``: versions, edits and absences of a statement.

Not for: reading them (`archive.workflows.history`).
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click

from archive.cli.options import archive_option, json_option, print_json, print_line
from archive.cli.world import find_open_archive
from archive.workflows.history import read_history

Row = dict[str, Any]
_INDENT = "        "


@click.command("history")
@click.argument("name", metavar="ID|URL")
@click.option("--all", "with_all", is_flag=True, help="List every capture.")
@archive_option
@json_option
def command(name: str, with_all: bool, folder: Path | None, as_json: bool) -> int:
    """Show what became of a statement: a line for each version, and when it was not there.

    A version is a run of captures with the same words, title and stated metadata. An edit came
    about between two captures: the last of one version and the first of the next. What differs,
    `archive diff` shows.
    """
    history = read_history(find_open_archive(folder), name)
    if as_json:
        print_json(history if with_all else history | {"captures": len(history["captures"])})
    else:
        _print_history(history, with_all=with_all)
    return 0


def _print_history(history: Row, *, with_all: bool) -> None:
    statement = history["statement"]
    print_line(statement["name"])
    print_line(f"  address     {statement['url']}")
    print_line(f"  state       {statement['state']}")
    counted = [_count(statement["captures"], "capture"), _count(statement["versions"], "version")]
    print_line(f"  seen        {', '.join((*counted, _count(statement['edits'], 'edit')))}")
    edits = {row["number"]: row for row in history["edits"]}
    captures: dict[int | None, list[Row]] = {}
    for row in history["captures"] if with_all else ():
        captures.setdefault(row["version"], []).append(row)
    told: list[tuple[str, int, Row]] = [
        *((row["first_captured"], 0, row) for row in history["versions"]),
        *((row["not_after"], 1, row) for row in history["absences"]),
    ]
    for _, kind, row in sorted(told, key=lambda item: item[:2]):
        if kind:
            _print_absence(row)
            continue
        _print_version(row, edits.get(row["number"]))
        _print_captures(captures.get(row["number"], ()))
    if history["pending"]:
        waiting = _count(history["pending"], "comparison")
        print_line(f"  not compared yet, for want of a common reading: {waiting}: archive extract")
    if history["passing"]:
        reasons = (f"{reason} ({times})" for reason, times in sorted(history["passing"].items()))
        passing = sum(history["passing"].values())
        print_line(f"  say nothing of versions: {_count(passing, 'capture')}: {', '.join(reasons)}")
    _print_captures(captures.get(None, ()))


def _print_version(version: Row, edit: Row | None) -> None:
    parts = [
        f"  v{version['number']:<4} {_format_span(version)}",
        _count(version["captures"], "capture"),
    ]
    if edit:
        parts += [f"+{edit['words_inserted']} −{edit['words_deleted']} words", _describe(edit)]
    print_line("   ".join(parts))
    if not edit:
        return
    state = "" if edit["confirmed"] else "; one capture shows it so far"
    between = f"between {_format_time(edit['not_before'])} and {_format_time(edit['not_after'])}"
    print_line(f"{_INDENT}{between}{state}")
    if edit["notice"]:
        print_line(f"{_INDENT}notice: {' '.join(edit['notice'].split())}")


def _describe(edit: Row) -> str:
    """Return class, verdict and facts of an edit."""
    moved = [f"{_count(edit['words_moved'], 'word')} moved"] if edit["words_moved"] else []
    verdict = [edit["verdict"]] if edit["verdict"] else []
    facts = f": {', '.join(edit['facts'])}" if edit["facts"] else ""
    return ", ".join((edit["class"], *verdict, *moved)) + facts


def _print_absence(absence: Row) -> None:
    missed = _format_time(absence["not_after"])
    before = absence["not_before"]
    when = f"between {_format_time(before)} and {missed}" if before else f"by {missed}"
    reason = absence["reason"]
    line = f"{reason}   {when}" if absence["kind"] == "moved" else f"gone {when}   {reason}"
    print_line(f"  {line}   {_count(absence['captures'], 'capture')}")
    alone = "" if absence["confirmed"] else "one capture shows it so far"
    again = f"there again by {_format_time(absence['again'])}" if absence["again"] else ""
    if again and not absence["return_confirmed"]:
        again += ", as one capture shows so far"
    if again or alone:
        print_line(_INDENT + "; ".join(part for part in (alone, again) if part))


def _print_captures(captures: Sequence[Row]) -> None:
    for row in captures:
        says = f"  {row['says']}" if row["says"] else ""
        print_line(f"{_INDENT}{row['captured_at']}  {row['id']}{says}  {row['url']}")


def _format_span(version: Row) -> str:
    first, last = version["first_captured"], version["last_captured"]
    return _format_time(first) if first == last else f"{_format_time(first)} – {_format_time(last)}"


def _format_time(moment: str) -> str:
    """Return a moment to the second."""
    return f"{moment[:19]}Z"


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
