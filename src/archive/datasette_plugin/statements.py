"""The page of a statement: who published it, when, what changed, how we know, how to cite it.

Everything comes from the index; the citation also from log and settings, where these lie beside
it.  Not for: gathering (`archive.workflows.statement`), or comparing versions
(`archive.datasette_plugin.compare`).
"""

import re
from dataclasses import dataclass
from functools import partial
from typing import Any

from datasette import Response
from markupsafe import Markup

from archive.core.identity import normalise_capture_id
from archive.datasette_plugin.captures import cut_passage, list_choices
from archive.datasette_plugin.citations import cite_for_page, read_wish
from archive.datasette_plugin.guard import read_nonce
from archive.datasette_plugin.making import ask_aside, ask_in_time, make_once
from archive.datasette_plugin.serving import (
    open_database,
    open_to_sites,
    render,
    render_problem,
)
from archive.datasette_plugin.timeline import draw_timeline, list_timeline
from archive.index.citing import find_text_of
from archive.index.database import Index
from archive.index.lookup import find_capture
from archive.index.search import Row, find_statement, read_leisurely
from archive.index.timeline import select_edits, select_versions
from archive.workflows.history import describe_history
from archive.workflows.statement import Statement, name_precision, read_statement
from archive.workflows.static_page import is_page

TABLES = (
    *("statements", "captures", "texts", "versions", "edits", "absences", "readings"),
    *("claims", "assertions", "annotations", "organisations"),
)
_NUMBER = re.compile(r"[1-9][0-9]{0,5}")
_ROWS = 100  # of the history, on a page; the latest ones come first
_LONGEST_TEXT = 60_000
_SHOWN_VERSIONS = 50  # to choose from, in the citation box


@dataclass(frozen=True, slots=True, kw_only=True)
class _Told:
    """What a statement's page tells whatever is asked of it, all lines of its history included."""

    found: Statement
    rows: list[Row]
    drawing: Markup


@dataclass(frozen=True, slots=True, kw_only=True)
class _Part:
    """What is shown of all that: some lines of the history, and the version that is cited."""

    cited: str
    rows: list[Row]
    text: str
    has_page: bool


async def open_statement(datasette: Any, request: Any) -> tuple[Any, Row] | Response:
    """Return our database and the row of the statement that the path names, or why there is none.

    Whoever asks may see all that pages tell of a statement.
    """
    database = await open_database(datasette, request, *TABLES)
    known = normalise_capture_id(request.url_vars["statement"])
    found = None
    if known is not None:
        found = await ask_in_time(datasette, database, partial(_find, statement_id=known))
    return (database, found) if found else await _say_none(datasette, request, database)


async def show_statement(datasette: Any, request: Any) -> Response:
    """The page of a statement."""
    opened = await open_statement(datasette, request)
    if isinstance(opened, Response):
        return opened
    database, statement = opened
    key = statement["id"]
    told = await make_once(database, ("statement", key), partial(_tell, statement_id=key))
    if told is None:
        return await _say_none(datasette, request, database)
    found, rows = told.found, told.rows
    count = found["statement"]["versions"]
    asked = request.args.get("version") or ""
    number = int(asked) if _NUMBER.fullmatch(asked) and int(asked) <= count else None
    pages = max(1, -(-len(rows) // _ROWS))
    wanted = request.args.get("page") or ""
    page = min(int(wanted), pages) if _NUMBER.fullmatch(wanted) else 1
    end = len(rows) - (page - 1) * _ROWS
    part = await ask_in_time(
        datasette,
        database,
        partial(_read_part, found=found, rows=rows[max(0, end - _ROWS) : end], number=number),
    )
    wish = read_wish(request)
    citation = await cite_for_page(datasette, request, database, part.cited, wish)
    return await render(
        datasette,
        request,
        database,
        "archive_statement.html",
        {
            **found,
            "timeline": told.drawing,
            "told": part.rows,
            "rows": len(rows),
            "page": page,
            "pages": pages,
            "absence": _find_absence(found),
            "precision": name_precision,
            "citation": citation,
            "can_quote": bool(citation.citation or wish.quote),
            **list_choices(),
            "has_page": part.has_page,
            "text": part.text[:_LONGEST_TEXT],
            "is_cut": len(part.text) > _LONGEST_TEXT,
            "passage": cut_passage(part.text[:_LONGEST_TEXT], citation),
            "cited_number": number or count or None,
            "numbers": range(count, max(0, count - _SHOWN_VERSIONS), -1),
        },
        nonce=read_nonce(),
    )


async def send_history(datasette: Any, request: Any) -> Response:
    """The history of a statement as JSON: what ``archive history --all --json`` prints."""
    opened = await open_statement(datasette, request)
    if isinstance(opened, Response):
        return opened
    database, statement = opened
    found = await ask_aside(database, partial(describe_history, statement_id=statement["id"]))
    headers = open_to_sites(datasette)
    return Response.json(found, headers=headers)


async def _say_none(datasette: Any, request: Any, database: Any) -> Response:
    return await render_problem(
        datasette,
        request,
        database,
        status=404,
        title="No such statement",
        said="No statement goes by this id. The search finds statements by what they say.",
    )


def _find(index: Index, statement_id: str) -> Row | None:
    return find_statement(read_leisurely(index), statement_id)


def _tell(index: Index, statement_id: str) -> _Told | None:
    found = read_statement(index, statement_id)
    if found is None:
        return None
    rows = list_timeline(found)
    return _Told(found=found, rows=rows, drawing=draw_timeline(found, rows))


def _read_part(index: Index, found: Statement, rows: list[Row], number: int | None) -> _Part:
    reader, statement_id = read_leisurely(index), found["statement"]["id"]
    cited = found["shown"]
    if number is not None:
        for version in select_versions(reader, statement_id, first=number, last=number):
            cited = version["capture_id"]
    begun = [row["number"] for row in rows if row["kind"] == "version"] or [0]
    bounds = {"first": begun[0], "last": begun[-1]}
    versions = {row["number"]: row for row in select_versions(reader, statement_id, **bounds)}
    edits = {row["number"]: row for row in select_edits(reader, statement_id, **bounds)}
    capture = find_capture(index, cited)
    return _Part(
        cited=cited,
        rows=[
            row | versions.get(row["number"], {}) | {"edit": edits.get(row["number"])}
            if row["kind"] == "version"
            else row
            for row in rows
        ],
        text="" if capture.text_id is None else find_text_of(index, capture.text_id),
        has_page=is_page(capture),
    )


def _find_absence(found: Statement) -> dict[str, Any] | None:
    """Return the absence that lasts, where one does."""
    absences = found["absences"]
    return absences[-1] if absences and absences[-1]["again"] is None else None
