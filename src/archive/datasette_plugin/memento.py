"""Memento (RFC 7089): TimeGate, TimeMap and mementos by address; and a CDX server beside them.

Addresses stand at the end of paths as they are, with escapes and queries of their own; proxies
that merge the slashes behind ``http:`` do no harm.  Not for: choosing captures
(`archive.index.mementos`), or the forms of lists (`archive.interchange.timemap`).
"""

import re
from datetime import datetime
from functools import partial
from typing import Any

from datasette import Response

from archive.core.instant import parse_instant
from archive.core.memento import (
    format_stamp,
    parse_http_date,
    parse_original,
    parse_stamp,
)
from archive.core.uri import Url
from archive.datasette_plugin.captures import open_held
from archive.datasette_plugin.links import (
    find_links,
    find_memento_path,
    find_memento_uri,
    find_origin,
    find_timegate_uri,
    find_timemap_uri,
)
from archive.datasette_plugin.making import ask_in_time
from archive.datasette_plugin.replay import render_replay
from archive.datasette_plugin.serving import (
    explain,
    open_database,
    open_to_sites,
    render_problem,
)
from archive.errors import InputError
from archive.index.mementos import (
    CdxRow,
    Memento,
    find_latest,
    find_memento,
    select_cdx,
    select_mementos,
)
from archive.interchange.cdxj import CdxLine, format_cdx_json, format_cdxj
from archive.interchange.timemap import (
    FORMS,
    MEDIA_TYPES,
    Place,
    TimeMap,
    format_link_header,
    format_timemap,
)

PAGE = 10_000  # mementos on one page of a TimeMap
_MOST_LINES = 100_000
_LINES = 10_000
_MATCHES = ("exact", "prefix", "host", "domain")
_NUMBER = re.compile(r"[0-9]{1,7}", re.ASCII)


async def lead_to_memento(datasette: Any, request: Any) -> Response:
    """The TimeGate: leads to the memento that is nearest to ``Accept-Datetime``, or the latest."""
    database = await open_database(datasette, request, "captures")
    wanted = request.headers.get("accept-datetime")
    try:
        url = _read_address(request)
        moment = None if wanted is None else parse_http_date(wanted)
    except InputError as error:
        return await _refuse(datasette, request, database, error)
    find = find_latest if moment is None else partial(find_memento, moment=moment)
    found: Memento | None = await ask_in_time(
        datasette, database, lambda connection: find(connection, url)
    )
    if found is None:
        return await _say_none(datasette, request, database, url)
    links = await find_links(datasette, request, database, url, found.second)
    headers = {
        "location": find_memento_uri(datasette, request, found, str(url)),
        "vary": "accept-datetime",
        "link": format_link_header([link for link in links if link[1] != "timegate"]),
    }
    return Response(body="", status=302, headers=headers)


async def show_memento(datasette: Any, request: Any) -> Response:
    """A memento: the page as it looked; a moment without a capture leads to the nearest one."""
    database = await open_database(datasette, request, "captures")
    try:
        url = _read_address(request)
        moment = parse_stamp(request.url_vars["stamp"])
    except InputError as error:
        return await _refuse(datasette, request, database, error)
    found = await ask_in_time(datasette, database, partial(find_memento, url=url, moment=moment))
    if found is None:
        return await _say_none(datasette, request, database, url)
    if format_stamp(found.second) != request.url_vars["stamp"]:
        path = find_memento_path(datasette, format_stamp(found.second), str(url))
        return Response.redirect(find_origin(request) + path)
    opened = await open_held(datasette, request, name=found.id)
    if isinstance(opened, Response):
        return opened
    return await render_replay(datasette, request, opened)


async def list_mementos(datasette: Any, request: Any) -> Response:
    """A TimeMap: the mementos of an address, the first ones first."""
    database = await open_database(datasette, request, "captures")
    form = request.url_vars["form"]
    page = int(request.url_vars["page"] or 1)
    try:
        url = _read_address(request)
        if form not in FORMS:
            raise InputError(f"no form of a TimeMap: {form}", remedy=f"ask for {', '.join(FORMS)}")
    except InputError as error:
        return await _refuse(datasette, request, database, error)
    after = (max(page, 1) - 1) * PAGE
    found = await ask_in_time(
        datasette, database, partial(select_mementos, url=url, after=after, limit=PAGE + 1)
    )
    if not found:
        return await _say_none(datasette, request, database, url)
    address = str(url)
    value = TimeMap(
        original=address,
        timegate=find_timegate_uri(datasette, request, address),
        find_uri=partial(find_timemap_uri, datasette, request, address),
        page=max(page, 1),
        mementos=[
            Place(uri=find_memento_uri(datasette, request, one, address), time=one.second)
            for one in found[:PAGE]
        ],
        is_first=page <= 1,
        is_last=len(found) <= PAGE,
    )
    return Response(
        body=format_timemap(value, form),
        content_type=f"{MEDIA_TYPES[form]}; charset=utf-8",
        headers=open_to_sites(datasette),
    )


async def list_cdx(datasette: Any, request: Any) -> Response:
    """A CDX server: the captures under an address, one a line, as pywb answers."""
    database = await open_database(datasette, request, "captures")
    try:
        address, match = _read_match(request.args)
        ask = partial(
            select_cdx,
            url=parse_original(address),
            match=match,
            start=_read_bound(request.args, "from", latest=False),
            end=_read_bound(request.args, "to", latest=True),
            limit=_read_limit(request.args.get("limit") or ""),
        )
    except InputError as error:
        return await _refuse(datasette, request, database, error)
    rows = await ask_in_time(datasette, database, ask)
    is_json = request.args.get("output") == "json"
    write = format_cdx_json if is_json else format_cdxj
    return Response(
        body="".join(write(_make_line(row)) for row in rows),
        content_type="text/x-ndjson" if is_json else "text/x-cdxj; charset=utf-8",
        headers=open_to_sites(datasette),
    )


def _read_address(request: Any) -> Url:
    """Return the address at the end of a path, with the query that belongs to it.

    Raises:
        InputError: it is none.
    """
    query = request.query_string
    return parse_original(request.url_vars["address"] + (f"?{query}" if query else ""))


def _read_match(args: Any) -> tuple[str, str]:
    """Return the address that is asked for, and how widely; a star says so too.

    Raises:
        InputError: there is no address, or no such way.
    """
    address, match = args.get("url") or "", args.get("matchType") or "exact"
    if address.startswith("*."):
        address, match = address[2:], "domain"
    elif address.endswith("*"):
        address, match = address[:-1], "prefix"
    if not address:
        raise InputError("no address is asked for", remedy="add ?url=https://…")
    if match not in _MATCHES:
        raise InputError(f"no matchType {match[:40]!r}", remedy=f"ask for {', '.join(_MATCHES)}")
    return address, match


def _read_bound(args: Any, name: str, *, latest: bool) -> datetime | None:
    text = args.get(name) or ""
    return parse_stamp(text, latest=latest) if text else None


def _read_limit(text: str) -> int:
    if not text:
        return _LINES
    if not _NUMBER.fullmatch(text):
        raise InputError(f"no limit {text[:40]!r}", remedy="give a number")
    return min(int(text), _MOST_LINES)


def _make_line(row: CdxRow) -> CdxLine:
    is_revisit = row.outcome == "revisit"
    return CdxLine(
        key=row.surt,
        stamp=format_stamp(parse_instant(row.captured_at)),
        url=row.url,
        media_type="warc/revisit" if is_revisit else row.media_type or "unk",
        status=row.status,
        digest=row.payload,
        length=row.length,
        offset=row.offset,
        file=row.warc,
    )


async def _refuse(datasette: Any, request: Any, database: Any, error: InputError) -> Response:
    return await render_problem(
        datasette,
        request,
        database,
        status=400,
        title="This cannot be answered",
        said=explain(error),
    )


async def _say_none(datasette: Any, request: Any, database: Any, url: Url) -> Response:
    return await render_problem(
        datasette,
        request,
        database,
        status=404,
        title="Not in this archive",
        said=f"There is no capture of {url} here.",
    )
