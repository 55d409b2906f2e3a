"""The page of a publisher: its statements, the latest first, and what became of them.

Not for: whether a page tells the truth about who published it (the four roles are on the page of
a statement).
"""

import re
from functools import partial
from typing import Any

from datasette import Response

from archive.core.change import Change, describe_change
from archive.datasette_plugin.edits import filter_publisher, list_changes, read_name
from archive.datasette_plugin.making import ask_aside
from archive.datasette_plugin.serving import open_database, render, render_problem
from archive.index.database import Index
from archive.index.publishing import (
    Publisher,
    count_publisher,
    find_publisher,
    select_published,
)
from archive.index.search import Row, read_leisurely

_TABLES = ("statements", "versions", "edits", "absences", "organisations")
_PAGE = 25
_LAST_PAGE = 40
_CHANGES = 5
_NUMBER = re.compile(r"[1-9][0-9]{0,3}")
_ROLES = {
    "organisation": "An organisation that curators know",
    "host": "A host that was captured",
    "publisher": "A name that pages declare",
}


async def show_publisher(datasette: Any, request: Any) -> Response:
    """The page of a host, of a declared publisher, or of an organisation."""
    database = await open_database(datasette, request, *_TABLES)
    name = read_name(request)
    asked = request.args.get("page") or ""
    page = min(int(asked), _LAST_PAGE) if _NUMBER.fullmatch(asked) else 1
    told = await ask_aside(database, partial(_read, name=name, page=page))
    if told is None:
        return await render_problem(
            datasette,
            request,
            database,
            status=404,
            title="No such publisher",
            said="No host, declared publisher or organisation of this name has statements here.",
        )
    publisher, counts, rows, changes = told
    return await render(
        datasette,
        request,
        database,
        "archive_publisher.html",
        {
            "publisher": publisher,
            "role": _ROLES[publisher.role],
            "counts": counts,
            "latest": rows[:_PAGE],
            "changes": changes,
            "describe": describe_change,
            "page": page,
            "more": len(rows) > _PAGE and page < _LAST_PAGE,
            "raw": request.url_vars["publisher"],
        },
    )


def _read(
    index: Index, name: str, page: int
) -> tuple[Publisher, Row, list[Row], tuple[Change, ...]] | None:
    reader = read_leisurely(index)
    publisher = find_publisher(reader, name)
    if publisher is None:
        return None
    return (
        publisher,
        count_publisher(reader, publisher),
        select_published(reader, publisher, limit=_PAGE + 1, offset=(page - 1) * _PAGE),
        list_changes(index, filter_publisher(publisher), limit=_CHANGES) if page == 1 else (),
    )
