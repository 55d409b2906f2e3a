"""Identifiers that citations carry, led to the capture that they mean.

``/resolve/IDENTIFIER`` takes what ``archive resolve`` takes; ``/ark:NAAN/ID`` is where resolvers of
ARKs lead, and ``/.well-known/ni/sha-256/DIGEST`` what RFC 6920, section 4, makes of an ``ni:`` URI.
Not for: what an identifier is (`archive.workflows.resolve`).
"""

from typing import Any
from urllib.parse import unquote

from datasette import Response

from archive.datasette_plugin.making import ask_aside
from archive.datasette_plugin.ours import find_layout
from archive.datasette_plugin.serving import open_database, render_unreadable
from archive.errors import ArchiveError
from archive.workflows.resolve import resolve
from archive.workflows.settings import CitationSettings
from archive.workflows.settings_file import read_settings

_LONGEST = 2_000


async def lead_to_identified(datasette: Any, request: Any) -> Response:
    """Lead to the capture that an identifier means, or say why there is none."""
    database = await open_database(datasette, request, "captures")
    said = unquote(request.url_vars["identifier"])[:_LONGEST]
    layout = find_layout(database)
    try:
        settings = CitationSettings() if layout is None else read_settings(layout.settings).citation
        meant = await ask_aside(database, lambda index: resolve(index, settings, said))
    except ArchiveError as error:
        return await render_unreadable(
            datasette, request, database, title="No such identifier", error=error
        )
    return Response.redirect(str(datasette.urls.path(f"/capture/{meant.found.id}")))


async def lead_to_ark(datasette: Any, request: Any) -> Response:
    """Lead to the capture that an ARK means."""
    request.url_vars["identifier"] = f"ark:{request.url_vars['name']}"
    return await lead_to_identified(datasette, request)


async def lead_to_digest(datasette: Any, request: Any) -> Response:
    """Lead to a capture with the payload that a digest names."""
    request.url_vars["identifier"] = f"ni:///sha-256;{request.url_vars['name']}"
    return await lead_to_identified(datasette, request)
