"""The page of a statement: who published it, when, what changed, how we know, how to cite it.

Everything comes from the index; the citation also from log and settings, where these lie beside
it.  Not for: gathering (`archive.workflows.statement`), or comparing versions
(`archive.datasette_plugin.compare`).
"""

import re
from functools import partial
from typing import Any

from datasette import Response

from archive.core.identity import normalise_capture_id
from archive.datasette_plugin.captures import cut_passage, list_choices
from archive.datasette_plugin.citations import cite_for_page, read_wish
from archive.datasette_plugin.guard import read_nonce
from archive.datasette_plugin.making import ask_in_time, make_once
from archive.datasette_plugin.serving import open_database, render, render_problem
from archive.datasette_plugin.timeline import draw_timeline, list_timeline
from archive.index.citing import find_text_of
from archive.index.database import Index
from archive.index.lookup import find_capture
from archive.workflows.statement import Statement, name_precision, read_statement
from archive.workflows.static_page import is_page

TABLES = (
    *("statements", "captures", "texts", "versions", "edits", "absences", "readings"),
    *("claims", "assertions", "annotations", "organisations"),
)
_NUMBER = re.compile(r"[1-9][0-9]{0,5}")
_ROWS = 100  # of the history, on a page; the latest ones come first
_LONGEST_TEXT = 60_000
_SHOWN_VERSIONS = 50  # to choose from, in the citation box and for comparing


async def open_statement(
    datasette: Any, request: Any, *tables: str
) -> tuple[Any, Statement] | Response:
    """Return our database and the statement that the path names, or why there is none."""
    database = await open_database(datasette, request, *(tables or TABLES))
    known = normalise_capture_id(request.url_vars["statement"])
    found: Statement | None = None
    if known is not None:
        found = await make_once(database, ("statement", known), partial(_read, statement_id=known))
    if found is None:
        return await render_problem(
            datasette,
            request,
            database,
            status=404,
            title="No such statement",
            said="No statement goes by this id. The search finds statements by what they say.",
        )
    return database, found


async def show_statement(datasette: Any, request: Any) -> Response:
    """The page of a statement."""
    opened = await open_statement(datasette, request)
    if isinstance(opened, Response):
        return opened
    database, found = opened
    versions = {row["number"]: row for row in found["versions"]}
    asked = request.args.get("version") or ""
    number = int(asked) if _NUMBER.fullmatch(asked) and int(asked) in versions else None
    cited = versions[number]["capture_id"] if number else found["shown"]
    wish = read_wish(request)
    citation = await cite_for_page(datasette, request, database, cited, wish)
    text, has_page = await ask_in_time(datasette, database, partial(_read_text, capture=cited))
    told = list_timeline(found)
    pages = max(1, -(-len(told) // _ROWS))
    wanted = request.args.get("page") or ""
    page = min(int(wanted), pages) if _NUMBER.fullmatch(wanted) else 1
    end = len(told) - (page - 1) * _ROWS
    return await render(
        datasette,
        request,
        database,
        "archive_statement.html",
        {
            **found,
            "timeline": draw_timeline(found, told),
            "told": told[max(0, end - _ROWS) : end],
            "rows": len(told),
            "page": page,
            "pages": pages,
            "absence": _find_absence(found),
            "precision": name_precision,
            "citation": citation,
            "can_quote": bool(citation.citation or wish.quote),
            **list_choices(),
            "has_page": has_page,
            "text": text[:_LONGEST_TEXT],
            "is_cut": len(text) > _LONGEST_TEXT,
            "passage": cut_passage(text[:_LONGEST_TEXT], citation),
            "cited_number": number or _find_number(found, cited),
            "numbers": sorted(versions, reverse=True)[:_SHOWN_VERSIONS],
        },
        nonce=read_nonce(),
    )


async def send_history(datasette: Any, request: Any) -> Response:
    """The history of a statement as JSON: what ``archive history --all --json`` prints."""
    opened = await open_statement(datasette, request)
    if isinstance(opened, Response):
        return opened
    _, found = opened
    keys = ("statement", "versions", "edits", "absences", "passing", "pending", "captures")
    headers = {"access-control-allow-origin": "*"} if datasette.cors else {}
    return Response.json({key: found[key] for key in keys}, headers=headers)


def _read(index: Index, statement_id: str) -> Statement | None:
    return read_statement(index, statement_id)


def _read_text(index: Index, capture: str) -> tuple[str, bool]:
    """Return the main text of a capture, empty where none is known, and whether it is a page."""
    found = find_capture(index, capture)
    text = "" if found.text_id is None else find_text_of(index, found.text_id)
    return text, is_page(found)


def _find_absence(found: Statement) -> dict[str, Any] | None:
    """Return the absence that lasts, where one does."""
    absences = found["absences"]
    return absences[-1] if absences and absences[-1]["again"] is None else None


def _find_number(found: Statement, capture: str) -> int | None:
    return next((row["version"] for row in found["captures"] if row["id"] == capture), None)
