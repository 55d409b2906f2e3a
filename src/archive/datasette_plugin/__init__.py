"""The index in a browser, read-only: what Datasette asks of us, hook by hook.

Rules:

1. Where no index of ours is served, every hook leaves Datasette as it found it.
2. Our own pages check permissions themselves; Datasette does not do it for plug-ins.
3. Nothing that was captured reaches a page unescaped, and none of our pages needs a script:
   the only one, ``static/quote.js``, saves steps, and runs by a nonce.

A module for each page, and so more modules than other rooms have.
Not for: what a page asks of the index (`archive.index.overview`), or starting the server
(`archive.workflows.serve`).
"""

from collections.abc import Callable
from typing import Any

from datasette import Response, handle_exception
from datasette.database import QueryInterrupted
from jinja2 import Environment
from markupsafe import Markup
from pluggy import HookimplMarker

from archive.datasette_plugin.captures import (
    send_citation,
    send_payload,
    send_record,
    show_capture,
)
from archive.datasette_plugin.cells import show_cell
from archive.datasette_plugin.compare import send_comparison, show_comparison
from archive.datasette_plugin.edits import (
    send_feed,
    send_publisher_feed,
    send_statement_feed,
    show_edits,
)
from archive.datasette_plugin.exports import send_changes, send_matches
from archive.datasette_plugin.guard import NONCE, App, GuardExtension, read_nonce, wrap_app
from archive.datasette_plugin.memento import lead_to_memento, list_cdx, list_mementos, show_memento
from archive.datasette_plugin.ours import find_database, is_known
from archive.datasette_plugin.pages import send_robots, show_home, show_search
from archive.datasette_plugin.publishers import show_publisher
from archive.datasette_plugin.replay import send_frame, send_resource, show_replay
from archive.datasette_plugin.resolving import lead_to_ark, lead_to_digest, lead_to_identified
from archive.datasette_plugin.rows import FORMS
from archive.datasette_plugin.serving import ROOT
from archive.datasette_plugin.statements import send_history, show_statement
from archive.datasette_plugin.words import (
    format_moment,
    list_seen,
    mark_matches,
    quote_segment,
    show_address,
    show_text,
)
from archive.index.overview import limit_reader, recognise_index, tame_reader

hookimpl = HookimplMarker("datasette")  # as Datasette makes it; pluggy's own has types
Route = tuple[str, Callable[..., Any]]


@hookimpl(trylast=True)  # after Datasette's own functions, one of which is replaced
def prepare_connection(conn: Any, database: str, datasette: Any) -> None:
    """Bound what a query may cost, on connections to an index of ours."""
    if recognise_index(conn):
        limit_reader(conn)
        tame_reader(conn)


@hookimpl
def startup(datasette: Any) -> Callable[[], Any]:
    """Keep what readers send out of the server's log."""

    async def silence() -> None:
        # Where rich is installed, as it is with us, Datasette prints every error, each page not
        # found included, with all local variables: the reader's headers and a second of work.
        # Faults of the server are still printed, as plain tracebacks.
        if await find_database(datasette) is not None:
            handle_exception.rich = None

    return silence


@hookimpl(tryfirst=True, specname="handle_exception")
def explain_limits(datasette: Any, request: Any, exception: Exception) -> Any:
    """Say what took too long or was too large a number: no fault of the server's."""

    async def explain() -> Response | None:
        if await find_database(datasette) is None:
            return None
        if isinstance(exception, QueryInterrupted):
            said, status = "This takes too long. Ask more narrowly.", 503
        elif isinstance(exception, OverflowError):
            said, status = "This number is too large.", 400
        else:
            return None
        if request.path.endswith(".json"):
            return Response.json(
                {"ok": False, "error": said, "errors": [said], "status": status}, status=status
            )
        return Response.text(said, status=status)

    return explain


@hookimpl
def register_routes(datasette: Any) -> list[Route]:
    """Our pages, at paths that nobody else has; `archive.datasette_plugin.guard` leads there."""
    capture, statement = "(?P<capture>[^/]+)", "(?P<statement>[^/]+)"
    form = f"(?P<form>{'|'.join(FORMS)})"
    paths: tuple[Route, ...] = (
        ("/home", show_home),
        ("/search", show_search),
        (rf"/search\.{form}", send_matches),
        (f"/capture/{capture}", show_capture),
        (f"/capture/{capture}/payload", send_payload),
        (rf"/capture/{capture}/record\.warc\.gz", send_record),
        (f"/capture/{capture}/citation/(?P<form>[^/]+)", send_citation),
        (f"/statement/{statement}", show_statement),
        (rf"/statement/{statement}/history\.json", send_history),
        (rf"/statement/{statement}/edits\.atom", send_statement_feed),
        (f"/compare/{statement}", show_comparison),
        (rf"/compare/{statement}/difference\.json", send_comparison),
        ("/edits", show_edits),
        (r"/edits\.atom", send_feed),
        (rf"/edits\.{form}", send_changes),
        ("/publisher/(?P<publisher>[^/]+)", show_publisher),
        (r"/publisher/(?P<publisher>[^/]+)/edits\.atom", send_publisher_feed),
        (f"/replay/{capture}", show_replay),
        (f"/replay/{capture}/frame", send_frame),
        (f"/replay/{capture}/res/(?P<resource>[^/]+)", send_resource),
        ("/timegate/(?P<address>.+)", lead_to_memento),
        ("/timemap/(?P<form>[a-z]+)/(?:(?P<page>[0-9]{1,4})/)?(?P<address>.+)", list_mementos),
        ("/memento/(?P<stamp>[^/]+)/(?P<address>.+)", show_memento),
        ("/resolve/(?P<identifier>.+)", lead_to_identified),
        ("/ark:(?P<name>.+)", lead_to_ark),
        (r"/\.well-known/ni/sha-256/(?P<name>[^/]+)", lead_to_digest),
        ("/cdx", list_cdx),
        ("/robots", send_robots),
    )
    return [(f"^{ROOT}{path}$", view) for path, view in paths]


@hookimpl
def asgi_wrapper(datasette: Any) -> Callable[[App], App]:
    """Security headers, and the short paths of our pages."""
    return wrap_app(datasette)


@hookimpl
def prepare_jinja2_environment(env: Environment, datasette: Any) -> None:
    """What our templates use, and what Datasette's own templates lack."""
    env.add_extension(GuardExtension)
    env.globals[NONCE] = read_nonce
    env.filters["archive_text"] = show_text
    env.filters["archive_marked"] = mark_matches
    env.filters["archive_moment"] = format_moment
    env.filters["archive_seen"] = list_seen
    env.filters["archive_address"] = show_address
    env.filters["archive_segment"] = quote_segment


@hookimpl
def menu_links(datasette: Any, actor: Any, request: Any) -> Callable[[], Any]:
    """Ways back to our pages, in Datasette's menu."""

    async def list_links() -> list[dict[str, str]]:
        if await find_database(datasette) is None:
            return []
        return [
            {"href": datasette.urls.path("/"), "label": "About this archive"},
            {"href": datasette.urls.path("/search"), "label": "Search"},
            {"href": datasette.urls.path("/edits"), "label": "Edits"},
        ]

    return list_links


@hookimpl
def render_cell(
    row: Any, value: Any, column: str, table: str | None, database: str, datasette: Any
) -> Markup | None:
    """Show what was captured, and addresses, with care."""
    if not is_known(datasette, database):
        return None
    return show_cell(datasette, database, table=table, column=column, value=value, row=row)
