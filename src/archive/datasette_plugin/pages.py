"""Our own pages: what this archive is, and its search.

Statement pages, replay and Memento will join as further routes.  Not for: escaping
(`archive.datasette_plugin.words`), or what is asked of the index (`archive.index.overview`).
"""

import re
from functools import partial
from pathlib import Path
from typing import Any

from datasette import NotFound, Response
from datasette.database import QueryInterrupted
from datasette.resources import DatabaseResource, TableResource

from archive import __version__
from archive.datasette_plugin.ours import find_database
from archive.errors import ArchiveError
from archive.index.overview import (
    LATEST_SQL,
    OVERVIEW_SQL,
    SEARCH_PAGE_SQL,
    Match,
    make_listed,
    make_overview,
    quote_matches,
)
from archive.index.search import format_query
from archive.store.layout import Layout
from archive.store.log import read_log

PLUGIN = "statement-archive"
HOME = f"/-/{PLUGIN}/home"
SEARCH = f"/-/{PLUGIN}/search"
PATHS = {"/": HOME, "/search": SEARCH}  # as readers type them

PAGE_SIZE = 20
_NUMBER = re.compile(r"[1-9][0-9]{0,5}")
_LAST_PAGE = 50  # whoever reads so far should ask more narrowly
_LONGEST_QUERY = 500
_LATEST = 12
_POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self'; object-src 'none'; base-uri 'none';"
    " form-action 'self'; frame-ancestors 'self'"
)
_QUERIES = ("changed-statements", "failures", "captures-of-address", "corrections")
# The columns of a table that a reader wants first; all others are a click away.
_COLUMNS = {
    "statements": "name publisher published curated host organisation_id last_captured"
    " last_outcome captures texts url",
    "captures": "captured_at url outcome status media_type statement_id error",
}


async def show_home(datasette: Any, request: Any) -> Response:
    """The home page: what this archive is, what it proves, how much it holds."""
    database = await _open_database(datasette, request, "statements", "captures")
    size = _read_size(database)
    try:
        counted = (await database.execute(OVERVIEW_SQL)).first()
    except QueryInterrupted:
        counted = None
    latest = await database.execute(LATEST_SQL, {"limit": _LATEST})
    return await _render(
        datasette,
        request,
        database,
        "archive_home.html",
        {
            "overview": make_overview(counted) if counted is not None else None,
            "latest": make_listed(latest.rows),
            "size": size,
        },
    )


async def show_search(datasette: Any, request: Any) -> Response:
    """The search page: the matching texts, best first."""
    database = await _open_database(datasette, request, "statements", "captures", "texts")
    words = (request.args.get("q") or "").strip()[:_LONGEST_QUERY]
    page = _parse_page(request.args.get("page") or "")
    query = format_query(words)
    matches: tuple[Match, ...] = ()
    too_slow = False
    if query:
        asked = {
            "query": query,
            "limit": PAGE_SIZE + 1,
            "offset": (page - 1) * PAGE_SIZE,
        }
        try:
            ranked = (await database.execute(SEARCH_PAGE_SQL, asked)).rows
            matches = await database.execute_fn(partial(quote_matches, rows=ranked, words=words))
        except QueryInterrupted:
            too_slow = True
    texts = list(dict.fromkeys(match.text_id for match in matches))
    shown = set(texts[:PAGE_SIZE])
    return await _render(
        datasette,
        request,
        database,
        "archive_search.html",
        {
            "words": words,
            "searched": bool(query),
            "matches": [match for match in matches if match.text_id in shown],
            "too_slow": too_slow,
            "page": page,
            "more": len(texts) > PAGE_SIZE and page < _LAST_PAGE,
        },
    )


def _read_size(database: Any) -> int:
    """Return how many leaves the log beside the index has; 0 where none lies there."""
    if not database.path:
        return 0
    layout = Layout(root=Path(database.path).absolute().parents[1])
    if layout.database != Path(database.path).absolute():
        return 0
    try:
        return read_log(layout.log).size
    except ArchiveError:
        return 0


async def _open_database(datasette: Any, request: Any, *tables: str) -> Any:
    """Return our database, if whoever asks may see it and these tables."""
    database = await find_database(datasette)
    if database is None:
        raise NotFound("no index of an archive is served here")
    actor = request.actor
    name = database.name
    await datasette.ensure_permission(action="view-instance", actor=actor)
    await datasette.ensure_permission(
        action="view-database", resource=DatabaseResource(database=name), actor=actor
    )
    for table in tables:
        resource = TableResource(database=name, table=table)
        await datasette.ensure_permission(action="view-table", resource=resource, actor=actor)
    return database


async def _render(
    datasette: Any, request: Any, database: Any, template: str, context: dict[str, Any]
) -> Response:
    metadata = await datasette.get_instance_metadata()
    own = datasette.plugin_config(PLUGIN) or {}
    name = database.name
    urls = datasette.urls
    # Without our datasette.yml there are none.
    queries = {
        query: urls.query(name, query)
        for query in _QUERIES
        if await datasette.get_query(name, query) is not None
    }
    links = {
        table: f"{urls.table(name, table)}?{'&'.join(f'_col={c}' for c in columns.split())}"
        for table, columns in _COLUMNS.items()
    }
    body = await datasette.render_template(
        template,
        {
            **context,
            "database": name,
            "title": str(metadata.get("title") or "Statement archive"),
            "description": str(metadata.get("description") or ""),
            "organisation": str(own.get("organisation") or ""),
            "contact": str(own.get("contact") or ""),
            "software": f"statement-archive {__version__}",
            "styles": urls.static_plugins(PLUGIN, "archive.css"),
            "search_path": urls.path("/search"),
            "links": links,
            "queries": queries,
        },
        request=request,
    )
    return Response.html(body, headers={"content-security-policy": _POLICY})


def _parse_page(text: str) -> int:
    return min(int(text), _LAST_PAGE) if _NUMBER.fullmatch(text) else 1
