"""Two versions of a statement beside each other: side by side, unified, or what changed alone.

Texts come from the index, under one extractor label; where no label is common to both, the page
says how to get one, because reading pages again is not for a server.  Not for: the difference
(`archive.history.compare`).
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, Literal, get_args

from datasette import Response

from archive.datasette_plugin.making import make_once
from archive.datasette_plugin.serving import open_to_sites, render, render_problem
from archive.datasette_plugin.statements import open_statement
from archive.history.compare import compare_contents
from archive.history.rows import Row, make_rows
from archive.index.database import Index
from archive.index.search import read_leisurely
from archive.index.timeline import select_edits, select_versions
from archive.workflows.contents import describe_comparison, read_stored_states

View = Literal["sides", "unified", "changes"]
_VIEWS: tuple[View, ...] = get_args(View)
_NUMBER = re.compile(r"[1-9][0-9]{0,5}")
_FOLDED = 3  # unchanged paragraphs in a row that are folded
_MOST_ROWS = 2_000
_MOST_LETTERS = 1_000_000  # of one page
_LISTED = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Compared:
    """Two versions and how they differ; None for ``described`` where no label is common.

    ``edit`` is the stored one that led to the second version, None for the first one.
    """

    described: dict[str, Any] | None
    rows: tuple[Row, ...] = ()
    edit: dict[str, Any] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """Neighbouring rows; ``is_folded`` where none of many differs."""

    rows: tuple[Row, ...]
    is_folded: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Chosen:
    """What is compared: versions of a statement by their numbers, and how these differ."""

    database: Any
    statement: dict[str, Any]
    numbers: tuple[int, int]
    compared: Compared


async def show_comparison(datasette: Any, request: Any) -> Response:
    """The page that compares two versions of a statement."""
    chosen = await _choose(datasette, request)
    if isinstance(chosen, Response):
        return chosen
    statement, numbers, compared = chosen.statement, chosen.numbers, chosen.compared
    last = statement["versions"]
    view = next((one for one in _VIEWS if one == request.args.get("view")), _VIEWS[0])
    shown, is_cut = _cut(compared.rows, changes_only=view == "changes")
    return await render(
        datasette,
        request,
        chosen.database,
        "archive_compare.html",
        {
            "statement": statement,
            "compared": compared.described,
            "changed": sum(row.is_changed for row in compared.rows),
            "a": numbers[0],
            "b": numbers[1],
            "last": last,
            "numbers": range(max(1, last - _LISTED), last + 1),
            "view": view,
            "groups": _group(shown),
            "is_cut": is_cut,
            "path": datasette.urls.path(f"/compare/{statement['id']}"),
            "edit": compared.edit if numbers[1] == numbers[0] + 1 else None,
            "listed": _LISTED,
        },
    )


async def send_comparison(datasette: Any, request: Any) -> Response:
    """A comparison as JSON: what the page says, and the paragraphs of its view in pieces."""
    chosen = await _choose(datasette, request)
    if isinstance(chosen, Response):
        return chosen
    compared = chosen.compared
    shown, is_cut = _cut(compared.rows, changes_only=request.args.get("view") == "changes")
    told = {
        "statement": chosen.statement["id"],
        "versions": list(chosen.numbers),
        **(compared.described or {}),
        "is_cut": is_cut,
        "rows": [[[piece.change, piece.text] for piece in row.pieces] for row in shown],
    }
    headers = open_to_sites(datasette)
    return Response.json(told, headers=headers)


async def _choose(datasette: Any, request: Any) -> Chosen | Response:
    """Return the comparison that is asked for, or the page that says why there is none."""
    opened = await open_statement(datasette, request)
    if isinstance(opened, Response):
        return opened
    database, statement = opened
    key, last = statement["id"], statement["versions"]
    problem = partial(render_problem, datasette, request, database)
    if last < 2:
        return await problem(
            status=404,
            title="Nothing to compare",
            said="The captures of this statement show fewer than two versions.",
        )
    numbers = _choose_numbers(last, request.args)
    if numbers is None:
        return await problem(
            status=404,
            title="No such version",
            said=f"This statement has versions 1 to {last}.",
        )
    compared = await make_once(
        database,
        ("compare", key, *map(str, numbers)),
        partial(_compare, statement_id=key, numbers=numbers),
    )
    if compared.described is None:
        return await problem(
            status=404,
            title="Not read by one program yet",
            said="No program has read both versions, and texts of two programs are not compared."
            " Whoever keeps the archive runs archive extract.",
        )
    return Chosen(database=database, statement=statement, numbers=numbers, compared=compared)


def _choose_numbers(last: int, args: Any) -> tuple[int, int] | None:
    """Return the numbers that are asked for; by default the last version and the one before."""
    asked = [args.get(name) or "" for name in ("a", "b")]
    if any(text and not _NUMBER.fullmatch(text) for text in asked):
        return None
    first, second = (int(text) if text else 0 for text in asked)
    second = second or (min(first + 1, last) if first else last)
    first = first or max(second - 1, 1)
    return (first, second) if max(first, second) <= last else None


def _compare(index: Index, statement_id: str, numbers: tuple[int, int]) -> Compared:
    """Return the comparison of the captures that are nearest to each other, or the next best."""
    reader = read_leisurely(index)
    one, other = (
        row
        for number in numbers
        for row in select_versions(reader, statement_id, first=number, last=number)
    )
    edits = select_edits(reader, statement_id, first=numbers[1], last=numbers[1])
    ends = ("last_capture", "capture_id") if numbers[0] <= numbers[1] else ("capture_id",) * 2
    pairs = [
        (one[ends[0]], other[ends[1]]),
        (one["capture_id"], other["capture_id"]),
        (one["last_capture"], other["last_capture"]),
        (one["capture_id"], other["last_capture"]),
    ]
    states = read_stored_states(index, pairs)
    if states is None:
        return Compared(described=None)
    old, new = states
    comparison = compare_contents(old.content, new.content)
    described = describe_comparison(old, new, comparison)
    del described["texts"], described["edits"]  # large, and not shown
    rows = make_rows(old.content.text, new.content.text, comparison.spans)
    return Compared(described=described, rows=rows, edit=next(iter(edits), None))


def _cut(rows: Sequence[Row], *, changes_only: bool) -> tuple[tuple[Row, ...], bool]:
    """Return the rows that a page shows, and whether some were left out for their number."""
    shown: list[Row] = []
    letters = 0
    for row in rows:
        if changes_only and not row.is_changed:
            continue
        letters += sum(len(piece.text) for piece in row.pieces)
        if len(shown) == _MOST_ROWS or letters > _MOST_LETTERS:
            return tuple(shown), True
        shown.append(row)
    return tuple(shown), False


def _group(rows: Sequence[Row]) -> list[Group]:
    groups: list[Group] = []
    run: list[Row] = []
    for place, row in enumerate(rows):
        run.append(row)
        following = rows[place + 1] if place + 1 < len(rows) else None
        if following is None or following.is_changed != row.is_changed:
            is_folded = not row.is_changed and len(run) > _FOLDED
            groups.append(Group(rows=tuple(run), is_folded=is_folded))
            run = []
    return groups
