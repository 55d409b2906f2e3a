"""The search and the edits as JSON and CSV: what their pages show, page by page.

Not for: the pages (`archive.datasette_plugin.pages`, `archive.datasette_plugin.edits`), or the
history of a statement (`archive.datasette_plugin.statements`).
"""

from dataclasses import asdict
from typing import Any

from datasette import Response

from archive.core.change import list_change
from archive.datasette_plugin.edits import TABLES, read_page
from archive.datasette_plugin.pages import ask_question, read_question
from archive.datasette_plugin.rows import send_rows
from archive.datasette_plugin.serving import open_database
from archive.index.ranking import MARK_END, MARK_START

_MATCH = (
    *("statement_id", "name", "publisher", "host", "url", "published", "state", "versions"),
    *("version", "passing", "replaced", "capture_id", "captured_at", "last_captured"),
    *("title", "snippet", "is_shared"),
)
_CHANGE = (
    *("id", "kind", "what", "statement", "name", "url", "publisher", "before_capture", "capture"),
    *("not_before", "not_after", "confirmed", "class", "text_changed", "verdict", "facts", "words"),
    *("notice", "title", "removed", "added", "reason", "missed"),
)
_PLAIN = str.maketrans({MARK_START: "[", MARK_END: "]"})


async def send_matches(datasette: Any, request: Any) -> Response:
    """What a page of the search shows; what matched stands in brackets, as ``archive search``."""
    database = await open_database(datasette, request, "statements", "captures", "texts")
    question = read_question(request)
    found = await ask_question(datasette, database, question, with_facets=False)
    rows = []
    for match in found.matches:
        told = asdict(match)
        plain = {name: told[name].translate(_PLAIN) for name in ("title", "snippet")}
        told |= plain | {"replaced": bool(match.replaced)}
        rows.append({name: told[name] for name in _MATCH})
    about = {"page": question.page, "more": found.more, "newest_ranked": found.ranked or None}
    return send_rows(datasette, request.url_vars["form"], _MATCH, rows, **about)


async def send_changes(datasette: Any, request: Any) -> Response:
    """What a page of the edits shows, each as ``archive edits --json`` prints it."""
    database = await open_database(datasette, request, *TABLES)
    found = await read_page(request, database)
    rows = [list_change(change) for change in found.changes]
    form = request.url_vars["form"]
    return send_rows(datasette, form, _CHANGE, rows, page=found.page, more=found.more)
