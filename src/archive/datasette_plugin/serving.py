"""What all pages of ours share: who may see them, where they are, and the frame around them.

Not for: what a page says.
"""

import asyncio
from collections.abc import Mapping
from typing import Any

from datasette import NotFound, Response
from datasette.resources import DatabaseResource, TableResource

from archive import __version__
from archive.datasette_plugin.ours import find_database
from archive.errors import ArchiveError

PLUGIN = "statement-archive"
ROOT = f"/-/{PLUGIN}"  # below which nobody else has a path; the guard leads there
_POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self'; object-src 'none'; base-uri 'none';"
    " form-action 'self'; frame-src 'self'; frame-ancestors 'self'"
)
_QUERIES = ("changed-statements", "failures", "captures-of-address", "corrections")
# The columns of a table that a reader wants first; all others are a click away.
_COLUMNS = {
    "statements": "name publisher published curated host organisation_id last_captured"
    " last_outcome captures texts url",
    "captures": "captured_at url outcome status media_type statement_id error",
}


def open_to_sites(datasette: Any) -> dict[str, str]:
    """Return the headers that let pages of other sites read an answer, where Datasette does."""
    return {"access-control-allow-origin": "*"} if datasette.cors else {}


async def open_database(datasette: Any, request: Any, *tables: str) -> Any:
    """Return our database, if whoever asks may see it and these tables."""
    database = await find_database(datasette)
    if database is None:
        raise NotFound("no index of an archive is served here")
    name = database.name
    asked: tuple[tuple[str, Any], ...] = (
        ("view-instance", None),
        ("view-database", DatabaseResource(database=name)),
        *(("view-table", TableResource(database=name, table=table)) for table in tables),
    )
    # Side by side: each asks another database, in another thread.
    await asyncio.gather(
        *(
            datasette.ensure_permission(action=action, resource=resource, actor=request.actor)
            for action, resource in asked
        )
    )
    return database


async def may_see(datasette: Any, request: Any, database: Any, *tables: str) -> bool:
    """Tell whether whoever asks may see these tables of our database."""
    for table in tables:
        resource = TableResource(database=database.name, table=table)
        if not await datasette.allowed(action="view-table", resource=resource, actor=request.actor):
            return False
    return True


async def render(
    datasette: Any,
    request: Any,
    database: Any,
    template: str,
    context: dict[str, Any],
    *,
    status: int = 200,
    headers: Mapping[str, str] | None = None,
    nonce: str = "",
) -> Response:
    """Return a page of ours: a template within our frame, under our policy.

    It runs no script, or with a ``nonce`` the one element that has it.
    """
    metadata, *known = await asyncio.gather(
        datasette.get_instance_metadata(),
        *(datasette.get_query(database.name, query) for query in _QUERIES),
    )
    own = datasette.plugin_config(PLUGIN) or {}
    name = database.name
    urls = datasette.urls
    # Without our datasette.yml there are none.
    queries = {
        query: urls.query(name, query)
        for query, found in zip(_QUERIES, known, strict=True)
        if found is not None
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
            "keeper": str(own.get("organisation") or ""),
            "contact": str(own.get("contact") or ""),
            "software": f"statement-archive {__version__}",
            "styles": urls.static_plugins(PLUGIN, "archive.css"),
            "capture_styles": urls.static_plugins(PLUGIN, "capture.css"),
            "statement_styles": urls.static_plugins(PLUGIN, "statement.css"),
            "quote_script": urls.static_plugins(PLUGIN, "quote.js"),
            "nonce": nonce,
            "search_path": urls.path("/search"),
            "links": links,
            "queries": queries,
        },
        request=request,
    )
    policy = f"{_POLICY}; script-src 'nonce-{nonce}'" if nonce else _POLICY
    return Response.html(
        body, status=status, headers={"content-security-policy": policy, **(headers or {})}
    )


async def render_problem(
    datasette: Any, request: Any, database: Any, *, status: int, title: str, said: str
) -> Response:
    """Return a page that says why there is nothing to show."""
    context = {"heading": title, "said": said}
    return await render(
        datasette, request, database, "archive_problem.html", context, status=status
    )


async def render_unreadable(
    datasette: Any, request: Any, database: Any, *, title: str, error: ArchiveError
) -> Response:
    """Return the page that says what kept us from showing what was asked for."""
    return await render_problem(
        datasette, request, database, status=404, title=title, said=explain(error)
    )


def explain(error: ArchiveError) -> str:
    """Return what an error says, and what can be done."""
    return (
        f"{error}. {error.remedy[:1].upper()}{error.remedy[1:]}." if error.remedy else f"{error}."
    )
