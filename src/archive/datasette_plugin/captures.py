"""The page of a capture, and its bytes to download.

Captured bytes are only ever sent as attachments, sandboxed, and never as a type that a browser
shows.  Where they lie is told by the index, and by nobody else.  Not for: pages as they looked
(`archive.datasette_plugin.replay`).
"""

import re
from dataclasses import dataclass
from functools import partial
from typing import Any

from datasette import Response

from archive.core.event import Event
from archive.core.identity import normalise_capture_id
from archive.core.instant import format_instant
from archive.datasette_plugin.attachment import Attachment
from archive.datasette_plugin.citations import (
    FORMS,
    OTHERS,
    STYLES,
    Box,
    Form,
    cite_for_page,
    read_wish,
    write_form,
)
from archive.datasette_plugin.citations import TABLES as CITED
from archive.datasette_plugin.guard import read_nonce
from archive.datasette_plugin.making import ask_aside
from archive.datasette_plugin.ours import find_layout, is_copy
from archive.datasette_plugin.serving import (
    ROOT,
    explain,
    open_database,
    render,
    render_problem,
    render_unreadable,
)
from archive.errors import ArchiveError, InputError
from archive.index.database import Index
from archive.index.events import find_check
from archive.index.lookup import Found, find_capture, find_holder
from archive.index.rows import BARE
from archive.store.layout import Layout
from archive.store.log import read_log
from archive.store.read import open_member
from archive.workflows.payload import Heads, holds_payload, read_heads, read_payload
from archive.workflows.show import Card, read_facts, select_card
from archive.workflows.static_page import is_page

_TABLES = ("captures", "statements", "texts", "claims", "assertions", "annotations", "events")
_ATTACHED = "sandbox; default-src 'none'; frame-ancestors 'none'"
_EXTENSION = re.compile(r"\.[A-Za-z0-9]{1,8}")
_LONGEST_TEXT = 200_000
_PUBLISHED = ("statement", "requisite")  # purposes of captures whose bytes a public copy shows


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """A capture that somebody may see: where it lies, and which capture holds its payload."""

    database: Any
    layout: Layout | None
    found: Found
    holder: Found


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """A capture whose bytes may be shown, and lie here."""

    database: Any
    layout: Layout
    found: Found
    holder: Found


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What the page of a capture tells."""

    card: Card
    check: Event | None
    heads: Heads
    damage: str


async def open_capture(
    datasette: Any, request: Any, *tables: str, name: str = ""
) -> Opened | Response:
    """Return the capture that the path names, or the page that says why there is none."""
    database = await open_database(datasette, request, "captures", *tables)
    asked = name or request.url_vars["capture"]
    known = normalise_capture_id(asked)
    problem = partial(render_problem, datasette, request, database)
    if known is None:
        return await problem(
            status=404,
            title="No such capture",
            said="This is no capture id; one has 16 letters and digits.",
        )
    try:
        found, holder = await database.execute_fn(partial(_find, name=known))
    except InputError as error:
        return await render_unreadable(
            datasette, request, database, title="No such capture", error=error
        )
    if found.id != asked:
        path = str(request.scope["path"]).removeprefix(ROOT)
        target = datasette.urls.path(path.replace(asked, found.id, 1))
        return Response.redirect(str(target))
    layout = find_layout(database)
    return Opened(database=database, layout=layout, found=found, holder=holder)


async def open_held(datasette: Any, request: Any, *, name: str = "") -> Held | Response:
    """Return the capture that the path names, if bytes of it can be shown, or why they cannot."""
    opened = await open_capture(datasette, request, "texts", name=name)
    if isinstance(opened, Response):
        return opened
    problem = partial(render_problem, datasette, request, opened.database)
    outcome = opened.found.outcome
    is_withdrawn = "withdrawn" in (outcome, opened.holder.outcome)
    if is_withdrawn:
        said = "Its bytes were overwritten; the capture log, and who withdrew it and why, remain."
        if outcome != "withdrawn":
            said = f"It repeats the payload of capture {opened.holder.id}, which was withdrawn."
        return await problem(status=410, title="This capture was withdrawn", said=said)
    if "damaged" in (outcome, opened.holder.outcome):
        return await problem(
            status=404,
            title="This capture is damaged",
            said="Its records cannot be read. Whoever keeps the archive runs archive verify.",
        )
    if opened.layout is None:
        return await problem(
            status=404,
            title="The WARC files are elsewhere",
            said="This is a copy of the index alone; what was captured does not lie beside it.",
        )
    if is_copy(opened.database) and opened.found.purpose not in _PUBLISHED:
        return await problem(
            status=404,
            title="Not part of the public copy",
            said="Lists and interfaces of a site name other pages too, which may not be public.",
        )
    return Held(
        database=opened.database,
        layout=opened.layout,
        found=opened.found,
        holder=opened.holder,
    )


async def show_capture(datasette: Any, request: Any) -> Response:
    """The page of a capture: when, what, how, where it lies, and how that can be checked."""
    opened = await open_capture(datasette, request, *_TABLES[1:])
    if isinstance(opened, Response):
        return opened
    told = await ask_aside(opened.database, partial(_tell, opened=opened))
    found, holder = opened.found, opened.holder
    held = not {found.outcome, holder.outcome} & BARE and opened.layout is not None
    held = held and (not is_copy(opened.database) or found.purpose in _PUBLISHED)
    text = told.card["text"]
    shown = text["text"][:_LONGEST_TEXT] if text else ""
    wish = read_wish(request)
    box = await cite_for_page(datasette, request, opened.database, found.id, wish)
    return await render(
        datasette,
        request,
        opened.database,
        "archive_capture.html",
        {
            "found": found,
            "holder": holder,
            "card": told.card,
            "capture": told.card["capture"],
            "principal": _find_principal(told.card, found),
            "check": told.check,
            "checked_at": format_instant(told.check.time) if told.check else None,
            "heads": told.heads,
            "damage": told.damage,
            "text": shown,
            "citation": box,
            "can_quote": bool(text) and bool(box.citation or wish.quote),
            "numbers": [],
            **list_choices(),
            "passage": cut_passage(shown, box),
            "is_cut": bool(text) and len(shown) < len(text["text"]),
            "has_payload": held and holds_payload(holder),
            "has_record": held and not _names_closed(opened),
            "has_page": held and holds_payload(holder) and is_page(found),
        },
        nonce=read_nonce(),
    )


async def send_citation(datasette: Any, request: Any) -> Response:
    """A citation to download, in one of its forms."""
    opened = await open_capture(datasette, request, *CITED)
    if isinstance(opened, Response):
        return opened
    name = request.url_vars["form"]
    form = next((one for one in FORMS if one.name == name), None)
    wish = read_wish(request)
    box = await cite_for_page(datasette, request, opened.database, opened.found.id, wish)
    text = write_form(box.citation, form, wish) if form and box.citation else ""
    if form is None or not text:
        return await render_problem(
            datasette,
            request,
            opened.database,
            status=404,
            title="No such citation",
            said=_word_problem(box),
        )
    return Response(
        body=text,
        content_type="text/plain; charset=utf-8",
        headers=_make_headers(f"{opened.found.id}-{form.name}.{form.extension}"),
    )


async def send_payload(datasette: Any, request: Any) -> Response:
    """The payload of a capture, as it was sent but for its transfer coding."""
    opened = await open_held(datasette, request)
    if isinstance(opened, Response):
        return opened
    layout = opened.layout
    try:
        payload = await ask_aside(opened.database, lambda _: read_payload(layout, opened.holder))
    except ArchiveError as error:
        return await render_unreadable(
            datasette, request, opened.database, title="No payload to download", error=error
        )
    headers = _make_headers(f"{opened.found.id}{_find_extension(opened)}")
    if opened.holder is not opened.found:
        headers["archive-payload-of"] = opened.holder.id
    return Response(body=payload.data, headers=headers, content_type="application/octet-stream")


async def send_record(datasette: Any, request: Any) -> Any:
    """The stored gzip member of a capture's principal record: a WARC file of one record."""
    opened = await open_held(datasette, request)
    if isinstance(opened, Response):
        return opened
    found, layout = opened.found, opened.layout
    if _names_closed(opened):
        return await render_problem(
            datasette,
            request,
            opened.database,
            status=404,
            title="Not part of the public copy",
            said="This record repeats the payload of another, which is not public, and names it.",
        )
    try:
        member = await ask_aside(
            opened.database,
            lambda _: open_member(layout, found.warc, found.offset, found.length),
        )
    except ArchiveError as error:
        return await render_unreadable(
            datasette, request, opened.database, title="This record cannot be read", error=error
        )
    headers = _make_headers(f"{found.id}.warc.gz") | {"content-length": str(found.length)}
    return Attachment(member, headers | {"content-type": "application/warc"})


def _find(connection: Index, name: str) -> tuple[Found, Found]:
    found = find_capture(connection, name)
    return found, find_holder(connection, found.id) or found


def _tell(connection: Index, opened: Opened) -> Told:
    """Return what index, log and records say of a capture; what is damaged is said, not raised."""
    found, layout = opened.found, opened.layout
    card = select_card(connection, found)
    heads, check, damage = Heads(request="", answer=""), None, ""
    try:
        check = find_check(connection, found.leaf)
        if layout is not None:
            log = read_log(layout.log)
            facts = read_facts(layout, log.read_leaf(found.leaf), found.outcome)
            card["capture"] |= facts
            card["log"] = {"origin": log.origin, "size": log.size}
            if found.outcome not in BARE:
                heads = read_heads(layout, log, found)
    except ArchiveError as error:
        damage = explain(error)
    return Told(card=card, check=check, heads=heads, damage=damage)


def list_choices() -> dict[str, tuple[Form, ...]]:
    """Return the styles and forms that the citation box lets a reader choose from."""
    return {"citation_styles": STYLES, "citation_forms": OTHERS}


def cut_passage(text: str, box: Box) -> tuple[str, str, str] | None:
    """Return the text before, of and behind the passage that was found, None without one."""
    quotation = box.citation.quotation if box.citation else None
    if quotation is None or quotation.start >= len(text):
        return None
    start, end = quotation.start, quotation.end
    return text[:start], text[start:end], text[end:]


def _word_problem(box: Box) -> str:
    """Return why there is no such citation."""
    if box.problem:
        nearest = f" The nearest passage: “{box.nearest[:300]}”" if box.nearest else ""
        return f"{box.problem}{nearest}"
    return f"There are {', '.join(one.name for one in FORMS)}; annotation is of a passage."


def _find_principal(card: Card, found: Found) -> dict[str, Any] | None:
    """Return the place and digests of the record that names the capture, as the log lists them."""
    records: list[dict[str, Any]] = card["capture"].get("records", [])
    return next((one for one in records if one["id"] == found.record_id), None)


def _names_closed(opened: Opened | Held) -> bool:
    """Tell whether the record of a capture names another one that its public copy leaves out."""
    found = opened.found
    return is_copy(opened.database) and found.outcome == "revisit" and found.revisit_of is None


def _make_headers(name: str) -> dict[str, str]:
    return {
        "content-security-policy": _ATTACHED,
        "content-disposition": f'attachment; filename="{name}"',
        "x-content-type-options": "nosniff",
        "x-robots-tag": "noindex",
    }


def _find_extension(opened: Held) -> str:
    """Return how the name of a downloaded payload ends: as its address, if that is harmless."""
    path = opened.found.url.partition("?")[0].rpartition("/")[2]
    match = _EXTENSION.search(path, max(0, path.rfind(".")))
    return match[0].lower() if match and match.end() == len(path) else ".bin"
