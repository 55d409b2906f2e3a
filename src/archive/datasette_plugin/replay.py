"""Pages as they looked: a static page in a sandbox, and around it what it is.

Rules:

1. What was captured is shown in a frame of its own; the banner stands outside of it.
2. Everything in the frame is sandboxed by its own headers too (`SANDBOX`), also when it is
   opened by itself: no script, no form, nothing from elsewhere, an origin of its own.  A reader's
   click may lead the whole window away, and only links that we wrote are there to be clicked.
3. `Cross-Origin-Resource-Policy` is not sent with what the frame loads: its origin is nobody's,
   and the browser would refuse it.  Fonts may be read by anybody who knows the capture, because
   browsers load them no other way.

Not for: making the page (`archive.workflows.static_page`).
"""

from functools import partial
from typing import Any

from datasette import Response

from archive.core.instant import parse_instant
from archive.core.memento import format_http_date, format_stamp
from archive.core.uri import parse_url, resolve_location
from archive.datasette_plugin.captures import Held, open_held
from archive.datasette_plugin.links import find_links, find_memento_path
from archive.datasette_plugin.making import ask_aside, make_once
from archive.datasette_plugin.serving import explain, render, render_unreadable
from archive.errors import ArchiveError, InputError
from archive.interchange.timemap import format_link_header
from archive.replay.page import StaticPage
from archive.workflows.payload import holds_payload, read_payload
from archive.workflows.static_page import Paths, Resource, is_page, make_page, read_resource

SANDBOX = (
    "sandbox allow-top-navigation-by-user-activation; default-src 'none'; img-src 'self' data:;"
    " style-src 'self' 'unsafe-inline'; font-src 'self' data:; base-uri 'none';"
    " form-action 'none'; frame-ancestors 'self'"
)
_HEADERS = {
    "content-security-policy": SANDBOX,
    "x-content-type-options": "nosniff",
    "x-robots-tag": "noindex",
    "cache-control": "private, max-age=60",
}


async def show_replay(datasette: Any, request: Any) -> Response:
    """The page of a capture as it looked, with its banner."""
    opened = await open_held(datasette, request)
    return (
        opened if isinstance(opened, Response) else await render_replay(datasette, request, opened)
    )


async def render_replay(datasette: Any, request: Any, opened: Held) -> Response:
    """Return the page that shows a capture as a memento, whatever it holds."""
    found = opened.found
    page: StaticPage | None = None
    problem = location = ""
    try:
        location = await _find_location(opened)
        if not location and holds_payload(opened.holder) and is_page(opened.found):
            page = await _make(datasette, opened)
    except ArchiveError as error:
        problem = explain(error)
    second = parse_instant(found.captured_at).replace(microsecond=0)
    headers = {"memento-datetime": format_http_date(second), "x-robots-tag": "noindex"}
    target = None
    try:
        url = parse_url(found.url)
        links = await find_links(datasette, request, opened.database, url, second)
        headers["link"] = format_link_header(links)
        target = find_memento_path(datasette, format_stamp(second), found.url)
    except InputError:
        pass  # an address that was refused when it was captured has no mementos
    return await render(
        datasette,
        request,
        opened.database,
        "archive_replay.html",
        {
            "found": found,
            "holder": opened.holder,
            "page": page,
            "problem": problem,
            "memento": target,
            "location": location,
            "has_payload": holds_payload(opened.holder),
            "led_to": find_memento_path(datasette, format_stamp(second), location),
            "frames": [
                (address, find_memento_path(datasette, format_stamp(second), address))
                for address in (page.frames if page else ())
            ],
            "sandbox": "allow-top-navigation-by-user-activation",
        },
        headers=headers,
    )


async def send_frame(datasette: Any, request: Any) -> Response:
    """The static page itself, in its sandbox."""
    opened = await open_held(datasette, request)
    if isinstance(opened, Response):
        return opened
    try:
        if not is_page(opened.found):
            raise InputError(
                f"capture {opened.found.id} is no page that is shown", remedy="download the payload"
            )
        page = await _make(datasette, opened)
    except ArchiveError as error:
        return await render_unreadable(
            datasette, request, opened.database, title="Nothing to show", error=error
        )
    return Response.html(page.html.encode("utf-8", "replace"), headers=_HEADERS)


async def send_resource(datasette: Any, request: Any) -> Response:
    """A picture, sheet or font that a static page shows."""
    opened = await open_held(datasette, request)
    if isinstance(opened, Response):
        return opened
    part = await open_held(datasette, request, name=request.url_vars["resource"])
    if isinstance(part, Response):
        return part
    try:
        resource: Resource = await ask_aside(
            opened.database,
            partial(
                read_resource,
                layout=opened.layout,
                found=part.found,
                holder=part.holder,
                moment=parse_instant(opened.found.captured_at),
                paths=_make_paths(datasette, opened),
            ),
        )
    except ArchiveError:
        return Response(
            body=b"", status=404, headers=_HEADERS, content_type="application/octet-stream"
        )
    headers = dict(_HEADERS)
    if resource.media_type.startswith("font/"):
        headers["access-control-allow-origin"] = "*"
    kind = resource.media_type
    return Response(
        body=resource.data,
        headers=headers,
        content_type=f"{kind}; charset=utf-8" if kind == "text/css" else kind,
    )


async def _find_location(opened: Held) -> str:
    """Return where the answer redirects to; empty where it does not, or that is no address."""
    if opened.found.status not in range(300, 400) or not holds_payload(opened.holder):
        return ""
    payload = await ask_aside(opened.database, lambda _: read_payload(opened.layout, opened.holder))
    location = payload.head.find("location")
    try:
        return str(resolve_location(parse_url(opened.found.url), location)) if location else ""
    except InputError:
        return ""


async def _make(datasette: Any, opened: Held) -> StaticPage:
    """Return the static page of a capture.

    Raises:
        ArchiveError: it cannot be read or decoded.
    """
    return await make_once(
        opened.database,
        (opened.found.id, datasette.setting("base_url")),
        partial(
            make_page,
            layout=opened.layout,
            found=opened.found,
            holder=opened.holder,
            paths=_make_paths(datasette, opened),
        ),
    )


def _make_paths(datasette: Any, opened: Held) -> Paths:
    stamp = format_stamp(parse_instant(opened.found.captured_at))
    folder = str(datasette.urls.path(f"/replay/{opened.found.id}/res/"))
    return Paths(
        link=lambda address: find_memento_path(datasette, stamp, address),
        resource=lambda capture: folder + capture,
    )
