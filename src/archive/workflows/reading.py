"""Reading a stored page: what a worker process does with one capture.

The task names the record; the worker opens the WARC file itself, so that nothing large
passes between processes.  Not for: starting workers (`archive.workflows.workers`), nor to be
imported by a process that captures: it loads trafilatura.
"""

from dataclasses import replace
from functools import lru_cache
from pathlib import Path

from archive.core.claim import Claim
from archive.core.extraction import Extraction
from archive.core.http import decode_body, parse_head
from archive.errors import ArchiveError, InputError
from archive.extract.claims import read_claims
from archive.extract.companions import Companion, list_companion_claims, read_companion
from archive.extract.locator import resolve_locator
from archive.extract.main_text import EXTRACTOR
from archive.extract.page import parse_page
from archive.extract.statement import read_extraction
from archive.index.rows import HEAD_BYTES
from archive.store.layout import Layout
from archive.store.read import read_record
from archive.workflows.page_files import HTML, read_page_file
from archive.workflows.workers import CompanionTask, FileTask, HeadTask, PlaceTask, Task

_READ_LIMIT = 32 << 20  # of a stored block
_CONTENT_LIMIT = 16 << 20  # of decoded content
_COMPANION_LIMIT = 4 << 20  # likewise, of a companion: a second and a half of work


def read_task(task: Task) -> Extraction:
    """Return text, claims and page facts of the response, or of the file, that ``task`` names.

    Content that cannot be decoded gives outcome ``none``, damage gives ``failed``.
    """
    if isinstance(task, FileTask):
        return _read_file(task)
    layout = Layout(root=Path(task.root))
    if isinstance(task, PlaceTask):
        return _read_place(layout, task)
    added = [
        claim
        for companion in task.companions
        for claim in list_companion_claims(
            _read_companion(task.root, companion), url=task.url, record=companion.capture_id
        )
    ]
    if task.known is not None and task.known.issuperset(map(_read_beside, added)):
        return Extraction(outcome="nothing new", extractor=EXTRACTOR, text="", claims=())
    try:
        record = read_record(layout, task.warc, task.offset, task.length, limit=_READ_LIMIT)
        told = parse_head(record.block if task.head is None else _read_head(layout, task.head))
    except ArchiveError as error:
        return Extraction(
            outcome="failed", extractor=EXTRACTOR, text="", claims=(), detail=str(error)
        )
    head = parse_head(record.block)
    content = decode_body(head, record.block[head.length :], _CONTENT_LIMIT)
    read = read_extraction(
        content, told.fields, task.url, status=told.status, claims_only=task.claims_only
    )
    return replace(read, claims=(*read.claims, *added)) if added else read


def _read_beside(claim: Claim) -> tuple[str, str, str | None]:
    return claim.source, claim.field, claim.value


def _read_head(layout: Layout, task: HeadTask) -> bytes:
    """Return the start of the block of a repeat, which is a head."""
    return read_record(layout, task.warc, task.offset, task.length, limit=HEAD_BYTES).block


def _read_place(layout: Layout, task: PlaceTask) -> Extraction:
    try:
        record = read_record(layout, task.warc, task.offset, task.length, limit=_READ_LIMIT)
        head = parse_head(record.block)
        content = decode_body(head, record.block[head.length :], _CONTENT_LIMIT)
        found = resolve_locator(task.locator, parse_page(content, head.fields, task.url))
    except ArchiveError as error:
        return Extraction(
            outcome="failed", extractor=EXTRACTOR, text="", claims=(), detail=str(error)
        )
    except ValueError:  # numbers that are none, or too large to count to
        found = None
    return Extraction(
        outcome="text" if found else "none",
        extractor=EXTRACTOR,
        text=found or "",
        claims=(),
        detail="" if found else "nothing stands there",
    )


def read_file_claims(file: Path, url: str) -> tuple[Claim, ...]:
    """Return the claims of a page in a file.

    Raises:
        InputError: the file cannot be read.
    """
    return read_claims(read_page_file(file), HTML, url)


def _read_file(task: FileTask) -> Extraction:
    try:
        content = read_page_file(Path(task.file))
    except InputError as error:
        return Extraction(
            outcome="failed", extractor=EXTRACTOR, text="", claims=(), detail=str(error)
        )
    fields = (("Content-Type", task.media_type),) if task.media_type else ()
    return read_extraction(content, fields, task.url, claims_only=task.claims_only)


@lru_cache(maxsize=4)  # a feed is read with many pages
def _read_companion(root: str, task: CompanionTask) -> Companion:
    """Return what a companion says; nothing where its record is damaged."""
    try:
        record = read_record(
            Layout(root=Path(root)), task.warc, task.offset, task.length, limit=_READ_LIMIT
        )
    except ArchiveError:
        return Companion(pages={})
    head = parse_head(record.block)
    content = decode_body(head, record.block[head.length :], _COMPANION_LIMIT)
    return read_companion(content or b"", task.url, task.purpose)
