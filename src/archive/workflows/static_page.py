"""A captured page as a static one: its links and pictures answered from this archive alone.

Rules:

1. Of what a page shows, the capture of exactly that address counts that is nearest in time to
   the page's own; redirects are followed, within the archive.
2. Links are looked up, at most `MOST_LOOKUPS` of a page; those beyond lead to where it will be
   said whether they were captured.
3. What is shown as a picture, sheet or font was sent as one, or begins as one.

Not for: rewriting (`archive.replay.page`), or serving what comes out.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from archive.core.http import Head
from archive.core.instant import parse_instant
from archive.core.uri import parse_url, resolve_location
from archive.errors import InputError
from archive.extract.charset import decode_page
from archive.extract.visible import strip_tags
from archive.index.database import Index
from archive.index.lookup import Found
from archive.index.mementos import find_shown, is_held
from archive.replay.addresses import Find, make_finder
from archive.replay.css import LONGEST_SHEET, rewrite_css
from archive.replay.page import StaticPage, make_plain_page, make_static_page
from archive.replay.requisites import Requisites, find_page_requisites, find_sheet_requisites
from archive.store.layout import Layout
from archive.workflows.payload import Payload, read_own_head, read_payload

MOST_LOOKUPS = 5_000
_MOST_SOURCE = 5_000_000  # bytes of a page that are rewritten; of a longer one the text is shown
_MOST_PLAIN = 16 << 20
_HOPS = 5
_PAGES = frozenset({"text/html", "application/xhtml+xml"})
_PLAIN = frozenset({"text/plain", "text/markdown", "text/csv"})
_UNSAID = frozenset({"", "application/octet-stream", "application/unknown", "unknown/unknown"})
_PICTURES = {
    "image/png": b"\x89PNG",
    "image/gif": b"GIF8",
    "image/jpeg": b"\xff\xd8\xff",
    "image/webp": b"RIFF",
    "image/bmp": b"BM",
    "image/x-icon": b"\0\0\1\0",
}
_FONTS = {"font/woff2": b"wOF2", "font/woff": b"wOFF", "font/otf": b"OTTO", "font/ttf": b"\0\1\0\0"}
_SHOWN_AS_SENT = frozenset(
    {"image/avif", "image/svg+xml", "image/vnd.microsoft.icon", "image/apng"}
)
_SHEET = "text/css"


@dataclass(frozen=True, slots=True, kw_only=True)
class Paths:
    """Where readers find things: ``link`` of an address, ``resource`` of a capture's id."""

    link: Callable[[str], str]
    resource: Callable[[str], str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Resource:
    """A picture, sheet or font as it can be shown."""

    media_type: str
    data: bytes


def is_page(found: Found) -> bool:
    """Tell whether a capture was answered with what can be shown as a page."""
    return (found.media_type or "") in _PAGES | _PLAIN | _UNSAID - {"application/octet-stream"}


def make_page(
    connection: Index, layout: Layout, found: Found, holder: Found, paths: Paths
) -> StaticPage:
    """Return the page that was captured as ``found``, and whose payload ``holder`` holds.

    Raises:
        InputError: it is no page, or cannot be decoded.
        DamageError: the record is not there.
    """
    payload = read_payload(layout, holder)
    if payload.content is None:
        raise InputError(
            f"the page of capture {found.id} cannot be decoded", remedy="download the payload"
        )
    head = read_own_head(layout, found, holder, payload)
    kind = _find_type(head)
    text = decode_page(payload.content[:_MOST_PLAIN], head.find("content-type"))
    if kind in _PLAIN:
        return make_plain_page(text)
    find_link, find_resource = _make_finders(connection, parse_instant(found.captured_at), paths)
    page = None
    if len(payload.content) <= _MOST_SOURCE:
        page = make_static_page(
            text,
            url=found.url,
            find_link=find_link,
            find_resource=find_resource,
            is_xml=kind == "application/xhtml+xml",
        )
    return page or make_plain_page(strip_tags(text))


def read_resource(
    connection: Index,
    layout: Layout,
    found: Found,
    holder: Found,
    *,
    moment: datetime,
    paths: Paths,
) -> Resource:
    """Return what was captured as ``found``, for a page of ``moment``; a sheet is rewritten.

    Raises:
        InputError: it is no picture, sheet or font that can be shown.
        DamageError: the record is not there.
    """
    payload = read_payload(layout, holder)
    content = payload.content or b""
    head = _read_head(layout, found, holder, payload)
    media_type = _find_type(head)
    if media_type == _SHEET:
        _, find_resource = _make_finders(connection, moment, paths)
        text = decode_page(content[:LONGEST_SHEET], head.find("content-type"))
        sheet = rewrite_css(text, make_finder(found.url, find_resource))
        return Resource(media_type=_SHEET, data=sheet.encode("utf-8", "replace"))
    shown = _choose_type(media_type, content)
    if shown is None:
        raise InputError(
            f"capture {found.id} is no picture, sheet or font", remedy="download the payload"
        )
    return Resource(media_type=shown, data=content)


def read_requisites(layout: Layout, found: Found, holder: Found) -> Requisites:
    """Return what the page or sheet that was captured as ``found`` shows beside itself.

    Anything else shows nothing.

    Raises:
        InputError: it cannot be decoded.
        DamageError: the record is not there.
    """
    payload = read_payload(layout, holder)
    content = payload.content or b""
    head = _read_head(layout, found, holder, payload)
    kind = _find_type(head)
    if kind == _SHEET:
        text = decode_page(content[:LONGEST_SHEET], head.find("content-type"))
        return find_sheet_requisites(text, url=found.url)
    if kind not in _PAGES | _UNSAID or len(content) > _MOST_SOURCE:
        return Requisites()
    text = decode_page(content, head.find("content-type"))
    return find_page_requisites(text, url=found.url, is_xml=kind == "application/xhtml+xml")


def _read_head(layout: Layout, found: Found, holder: Found, payload: Payload) -> Head:
    """Return the head that says what the content is: a 304 does not, what it refers to does."""
    if found.unmodified_of is not None:
        return payload.head
    return read_own_head(layout, found, holder, payload)


def _find_type(head: Head) -> str:
    return (head.find("content-type") or "").partition(";")[0].strip().lower()


def _choose_type(stated: str, content: bytes) -> str | None:
    """Return the type to show this as: as it begins, else as it was sent, if that is harmless."""
    for known in (_PICTURES, _FONTS):
        for media_type, start in known.items():
            if content.startswith(start):
                return media_type
    return stated if stated in _SHOWN_AS_SENT else None


def _make_finders(connection: Index, moment: datetime, paths: Paths) -> tuple[Find, Find]:
    """Return what finds links, and what finds the things that a page shows."""
    left = [MOST_LOOKUPS]

    def find_link(address: str) -> str | None:
        if left[0] <= 0:
            return paths.link(address)
        left[0] -= 1
        return paths.link(address) if is_held(connection, parse_url(address)) else None

    def find_resource(address: str) -> str | None:
        for _ in range(_HOPS):
            if left[0] <= 0:
                return None
            left[0] -= 1
            found = find_shown(connection, address, moment)
            if found is None:
                return None
            if not (found.location and (found.status or 0) // 100 == 3):
                return paths.resource(found.id) if _may_show(found.media_type) else None
            try:
                address = str(resolve_location(parse_url(address), found.location))
            except InputError:
                return None
        return None

    return find_link, find_resource


def _may_show(media_type: str | None) -> bool:
    """Tell whether this could be a picture, sheet or font, as far as its sender said."""
    stated = media_type or ""
    is_one = stated.startswith(("image/", "font/", "application/font", "application/x-font"))
    return is_one or stated == _SHEET or stated in _UNSAID
