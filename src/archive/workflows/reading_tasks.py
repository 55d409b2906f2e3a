"""From a capture to the task of reading it: which records hold its head, and its bytes.

The one path of it, whether a page is read for the first time or the index is made again.  Not for:
choosing companions (`archive.workflows.companion_tasks`), or reading (`archive.workflows.reading`).
"""

from collections.abc import Callable

from archive.index.lookup import Found
from archive.index.rows import CaptureRow
from archive.store.layout import Layout
from archive.workflows.workers import CompanionTask, HeadTask, ReadingTask

FindCapture = Callable[[str], CaptureRow | Found | None]


def find_shown(capture: CaptureRow | Found, find: FindCapture) -> CaptureRow | Found | None:
    """Return the capture whose head the page has: another one where the server answered 304."""
    return capture if capture.unmodified_of is None else find(capture.unmodified_of)


def find_held(capture: CaptureRow | Found, find: FindCapture) -> CaptureRow | Found | None:
    """Return the capture whose record holds the bytes; ``find`` gives one by its id."""
    shown = find_shown(capture, find)
    if shown is None or shown.revisit_of is None:
        return shown
    return find(shown.revisit_of)


def make_reading_task(
    layout: Layout,
    capture: CaptureRow | Found,
    find: FindCapture,
    *,
    companions: tuple[CompanionTask, ...],
    claims_only: bool = False,
) -> ReadingTask:
    """Return the task of reading the page of a capture; what is not found will fail to be read."""
    shown = find_shown(capture, find) or capture
    held = find_held(capture, find) or capture
    return ReadingTask(
        root=str(layout.root),
        warc=held.warc,
        offset=held.offset,
        length=held.length,
        url=capture.url,
        head=None
        if shown.id == held.id
        else HeadTask(warc=shown.warc, offset=shown.offset, length=shown.length),
        claims_only=claims_only,
        companions=companions,
    )
