"""Which companions a page is read with, and where their bytes lie.

Rules:

1. They are those that the page's bytes, and its site's robots.txt, name: of each the newest visit
   that was answered (`archive.workflows.companions`) within `_NEAR` of the page's capture, if it
   ended on the page's site with a whole answer 200.
2. The conversion record names them, so that the page's claims follow from records alone.

3. A repeat that shares a reading is read anew where one of its companions has other bytes than
   those which that reading knew.

Not for: fetching them (`archive.workflows.companions`).
"""

from datetime import timedelta

from archive.core.instant import format_instant, parse_instant
from archive.core.uri import parse_url
from archive.errors import ArchiveError
from archive.extract.companion_links import (
    find_companion_links,
    find_sitemap_link,
    is_same_site,
)
from archive.index.database import Index
from archive.index.lookup import Found, find_by_id, has_companions
from archive.index.rows import CaptureRow
from archive.index.sightings import find_companion_ids
from archive.store.layout import Layout
from archive.store.read import read_record
from archive.workflows.companions import (
    BLOCK,
    RULES,
    find_answered,
    read_page_start,
    read_start,
)
from archive.workflows.workers import CompanionTask

_NEAR = timedelta(days=1)


def find_companions(
    index: Index, layout: Layout, capture: CaptureRow | Found
) -> tuple[CompanionTask, ...]:
    """Return the companions that the page of ``capture`` is to be read with (rule 1)."""
    if not has_companions(index):
        return ()
    moment = parse_instant(capture.captured_at)
    since, until = format_instant(moment - _NEAR), format_instant(moment + _NEAR)
    try:
        url = parse_url(capture.url)
        start, fields = read_page_start(index, layout, capture)
        links = list(find_companion_links(start, fields, capture.url))
        robots = find_answered(
            index, f"{url.origin}/robots.txt", "robots", since=since, until=until
        )
        if robots is not None and (holder := _find_holder(index, robots)) is not None:
            content, _ = _read_stored(layout, holder, RULES)
            sitemap = find_sitemap_link(content, robots.url)
            links += [sitemap] if sitemap is not None else []
    except ArchiveError:  # the reading will say what is wrong with the record
        return ()
    found = [
        (link, visited)
        for link in links
        if (visited := find_answered(index, link.address, link.purpose, since=since, until=until))
        and is_same_site(_find_host(visited.url), url.host)
    ]
    return tuple(
        task
        for link, visited in found
        if (task := make_companion_task(visited, _find_holder(index, visited)))
    )


def has_newer_companions(
    index: Index, capture: Found, companions: tuple[CompanionTask, ...]
) -> bool:
    """Tell whether ``companions`` have bytes that the reading which ``capture`` shares knew not.

    False, too, where that reading is still waited for, or the capture was tried already.
    """
    before = None if capture.reading_of is None else find_companion_ids(index, capture.reading_of)
    if before is None or find_companion_ids(index, capture.id) is not None:
        return False
    known = {
        (task.url, task.warc, task.offset)
        for companion in before
        if (visited := find_by_id(index, companion))
        and (task := make_companion_task(visited, _find_holder(index, visited)))
    }
    return any((task.url, task.warc, task.offset) not in known for task in companions)


def make_companion_task(
    visited: CaptureRow | Found, holder: CaptureRow | Found | None
) -> CompanionTask | None:
    """Return the task of reading a companion; ``holder`` is the capture with its bytes.

    None where these are not there, or not whole.
    """
    if holder is None or holder.outcome != "response" or visited.status != 200:
        return None
    return CompanionTask(
        capture_id=visited.id,
        record_id=visited.record_id,
        purpose=visited.purpose,
        url=visited.url,
        warc=holder.warc,
        offset=holder.offset,
        length=holder.length,
    )


def _find_holder(index: Index, visited: Found) -> Found | None:
    """Return the capture whose record holds the payload."""
    return visited if visited.revisit_of is None else find_by_id(index, visited.revisit_of)


def _find_host(url: str) -> str:
    try:
        return parse_url(url).host
    except ArchiveError:
        return ""


def _read_stored(
    layout: Layout, capture: CaptureRow | Found, limit: int
) -> tuple[bytes, tuple[tuple[str, str], ...]]:
    record = read_record(layout, capture.warc, capture.offset, capture.length, limit=BLOCK)
    return read_start(record.block, limit)
