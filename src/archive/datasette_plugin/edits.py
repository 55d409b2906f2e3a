"""What happened to statements: the latest edits, disappearances and returns, and feeds of them.

A feed holds what a second capture confirms; the page holds all, and says which.  Not for: the
changes of one statement in their order (`archive.datasette_plugin.statements`).
"""

import re
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import quote, unquote

from datasette import Response

from archive import __version__
from archive.core.change import KINDS, Change, describe_change
from archive.datasette_plugin.links import find_origin
from archive.datasette_plugin.making import ask_aside
from archive.datasette_plugin.rows import link_forms
from archive.datasette_plugin.serving import PLUGIN, open_database, render
from archive.datasette_plugin.statements import open_statement
from archive.index.changes import ChangeFilter, select_changes
from archive.index.database import Index
from archive.index.overview import read_about
from archive.index.publishing import Publisher, find_publisher
from archive.index.search import read_leisurely
from archive.interchange.atom import FeedFacts, format_atom

TABLES = ("statements", "versions", "edits", "absences")
_PAGE = 25
_LAST_PAGE = 40
_FED = 100
_LONGEST_NAME = 500
_NUMBER = re.compile(r"[1-9][0-9]{0,3}")
_NEVER = "1970-01-01T00:00:00Z"


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """A page of the changes, of one kind or of all."""

    changes: tuple[Change, ...]
    kind: str | None
    page: int
    more: bool


async def show_edits(datasette: Any, request: Any) -> Response:
    """The page of the latest changes, of all kinds or of one."""
    database = await open_database(datasette, request, *TABLES)
    found = await read_page(request, database)
    asked = {"page": str(found.page)} | ({"kind": found.kind} if found.kind else {})
    return await render(
        datasette,
        request,
        database,
        "archive_edits.html",
        {
            "changes": found.changes,
            "kind": found.kind,
            "kinds": KINDS,
            "page": found.page,
            "more": found.more,
            "describe": describe_change,
            "forms": link_forms(datasette, "/edits", asked),
        },
    )


async def read_page(request: Any, database: Any) -> Page:
    """Return the changes that a request asks for.

    Raises:
        QueryInterrupted: the index takes too long.
    """
    kind = next((one for one in KINDS if one == request.args.get("kind")), None)
    asked = request.args.get("page") or ""
    page = min(int(asked), _LAST_PAGE) if _NUMBER.fullmatch(asked) else 1
    wanted = ChangeFilter(kinds=(kind,) if kind else ())
    found = await ask_aside(
        database, lambda index: list_changes(index, wanted, limit=_PAGE + 1, page=page)
    )
    more = len(found) > _PAGE and page < _LAST_PAGE
    return Page(changes=found[:_PAGE], kind=kind, page=page, more=more)


async def send_feed(datasette: Any, request: Any) -> Response:
    """The latest changes of all statements as an Atom feed."""
    database = await open_database(datasette, request, *TABLES)
    return await _send(datasette, request, database, ChangeFilter(), name="")


async def send_statement_feed(datasette: Any, request: Any) -> Response:
    """The changes of one statement as an Atom feed."""
    opened = await open_statement(datasette, request)
    if isinstance(opened, Response):
        return opened
    database, statement = opened
    wanted = ChangeFilter(statement=statement["id"])
    return await _send(datasette, request, database, wanted, name=statement["name"])


async def send_publisher_feed(datasette: Any, request: Any) -> Response:
    """The changes of what a publisher published as an Atom feed."""
    database = await open_database(datasette, request, *TABLES, "organisations")
    name = read_name(request)
    publisher = await ask_aside(database, lambda index: find_publisher(read_leisurely(index), name))
    if publisher is None:
        return Response.text("No such publisher.", status=404)
    wanted = filter_publisher(publisher)
    return await _send(datasette, request, database, wanted, name=publisher.name)


def read_name(request: Any) -> str:
    """Return the name of a publisher that a path holds."""
    return unquote(request.url_vars["publisher"], errors="replace")[:_LONGEST_NAME]


def filter_publisher(publisher: Publisher) -> ChangeFilter:
    """Return which changes are of a publisher."""
    return ChangeFilter(
        host=publisher.value if publisher.role == "host" else None,
        publisher=publisher.value if publisher.role == "publisher" else None,
        organisation=publisher.value if publisher.role == "organisation" else None,
    )


def list_changes(
    index: Index, wanted: ChangeFilter, *, limit: int, page: int = 1
) -> tuple[Change, ...]:
    """Return a page of the changes that are wanted; ``limit`` is one more than it shows."""
    reader = read_leisurely(index)
    offset = (page - 1) * (limit - 1)
    return tuple(select_changes(reader, wanted, limit=limit, offset=offset))


async def _send(
    datasette: Any, request: Any, database: Any, wanted: ChangeFilter, *, name: str
) -> Response:
    confirmed = replace(wanted, is_confirmed=True)
    found = await ask_aside(database, lambda index: list_changes(index, confirmed, limit=_FED))
    about = await database.execute_fn(read_about)
    own = datasette.plugin_config(PLUGIN) or {}
    metadata = await datasette.get_instance_metadata()
    role = ("host", "publisher", "organisation")
    whose = next((f"{one}:{value}" for one in role if (value := getattr(wanted, one))), "")
    one = f":{wanted.statement or quote(whose, safe=':')}" if wanted.statement or whose else ""
    facts = FeedFacts(
        id=f"urn:archive:edits:{about.get('origin', 'unnamed')}{one}",
        title=f"Edits and disappearances – {name or metadata.get('title') or 'Statement archive'}",
        author=str(own.get("organisation") or ""),
        software=f"statement-archive {__version__}",
        updated=_NEVER,  # of a feed without entries: nothing has happened yet
        address=find_origin(request) + str(request.path),
        site=find_origin(request) + str(datasette.urls.path("/")),
    )
    return Response(
        body=format_atom(facts, found),
        content_type="application/atom+xml; charset=utf-8",
        headers={"content-security-policy": "sandbox; default-src 'none'"},
    )
