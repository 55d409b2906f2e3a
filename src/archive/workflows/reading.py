"""Reading a stored page: what a worker process does with one capture.

The task names the record; the worker opens the WARC file itself, so that nothing large
passes between processes.  Not for: starting workers (`archive.workflows.workers`), nor to be
imported by a process that captures: it loads trafilatura.
"""

import gzip
import zlib
from pathlib import Path

from archive.core.claim import Claim
from archive.core.extraction import Extraction
from archive.core.http import decode_body, parse_head
from archive.errors import ArchiveError, InputError
from archive.extract.claims import read_claims
from archive.extract.main_text import EXTRACTOR
from archive.extract.statement import read_extraction
from archive.store.layout import Layout
from archive.store.read import read_record
from archive.workflows.workers import FileTask, Task

_READ_LIMIT = 32 << 20  # of a stored block
_CONTENT_LIMIT = 16 << 20  # of decoded content
_HTML = (("Content-Type", "text/html"),)
_GZIP = b"\x1f\x8b"


def read_task(task: Task) -> Extraction:
    """Return text and claims of the response, or claims of the file, that ``task`` names.

    Content that cannot be decoded gives outcome ``none``, damage gives ``failed``.
    """
    if isinstance(task, FileTask):
        return _read_file(task)
    try:
        record = read_record(
            Layout(root=Path(task.root)), task.warc, task.offset, task.length, limit=_READ_LIMIT
        )
    except ArchiveError as error:
        return Extraction(
            outcome="failed", extractor=EXTRACTOR, text="", claims=(), detail=str(error)
        )
    head = parse_head(record.block)
    content = decode_body(head, record.block[head.length :], _CONTENT_LIMIT)
    if task.claims_only:
        claims = read_claims(content, head.fields, task.url)
        return Extraction(outcome="none", extractor=EXTRACTOR, text="", claims=claims)
    return read_extraction(content, head.fields, task.url)


def read_page_file(file: Path) -> bytes:
    """Return the HTML of a page in a file, inflated if it is a gzip file; no more than a page has.

    Raises:
        InputError: the file cannot be read.
    """
    try:
        with file.open("rb") as plain:
            start = plain.read(len(_GZIP))
            plain.seek(0)
            if start != _GZIP:
                return plain.read(_CONTENT_LIMIT)
            with gzip.open(plain) as stream:
                return stream.read(_CONTENT_LIMIT)
    except (OSError, EOFError, zlib.error) as error:
        raise InputError(f"{file} cannot be read: {error}", remedy="check the file") from error


def read_file_claims(file: Path, url: str) -> tuple[Claim, ...]:
    """Return the claims of a page in a file.

    Raises:
        InputError: the file cannot be read.
    """
    return read_claims(read_page_file(file), _HTML, url)


def _read_file(task: FileTask) -> Extraction:
    try:
        claims = read_file_claims(Path(task.file), task.url)
    except InputError as error:
        return Extraction(
            outcome="failed", extractor=EXTRACTOR, text="", claims=(), detail=str(error)
        )
    return Extraction(outcome="none", extractor=EXTRACTOR, text="", claims=claims)
