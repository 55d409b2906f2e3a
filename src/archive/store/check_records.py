"""Checking stored records against the leaves that list them.

`check_span` looks at a stretch of one file and depends on nothing else, so that a caller may
spread spans over threads or processes.  Read-only; flat memory, but for framed HTTP bodies.
Not for: the log itself (`archive.store.check_log`).
"""

import io
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Literal

from archive.core.digest import Digest
from archive.core.finding import Finding, Severity
from archive.core.leaf import Placed
from archive.core.record import Record
from archive.errors import DamageError, StoreError
from archive.store.check_swift import is_as_logged
from archive.store.framing import Fields, Scanned, scan_record
from archive.store.gzip_members import Window
from archive.store.layout import Layout
from archive.store.payload import HELD, PayloadDigester
from archive.store.read import digest_member

Depth = Literal["stored", "full"]
_SWIFT = 8 << 20  # a member up to this size is first looked at as a whole
_HELD = 16 << 20  # a span up to this size is read at once
_NOT_DECODED = (
    f"the content's digest was not checked: decoding takes more than {HELD >> 20} MiB, or a coding"
    " that is not known here"
)
_NOT_OVERWRITTEN = "the record is withdrawn, but was not overwritten yet"
_REPEAT = (
    "run `archive withdraw ID --reason TEXT` once more for the withdrawn capture: it overwrites"
    " again whatever withdrawn records are back"
)
_RESTORE = "restore the file from a copy of the archive"


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """A record as its leaf lists it.

    ``filler`` is the digest of what overwrites it, if it is withdrawn; ``is_pending`` says that
    the withdrawal is the newest leaf, so that the next writer may still have to do it.
    """

    placed: Placed
    leaf: int
    filler: Digest | None = None
    is_pending: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """Records that lie one after the other in one file."""

    warc: str
    records: tuple[Listed, ...]

    @property
    def length(self) -> int:
        """How many bytes they take."""
        return sum(listed.placed.length for listed in self.records)


def check_span(root: Path, span: Span, depth: Depth) -> tuple[Finding, ...]:
    """Check the records of a span: their members, and where ``full`` what is inside."""
    try:
        opened = Layout(root=root).open_warc(span.warc)
    except StoreError:
        opened = None
    if opened is None:
        return ()  # told once, by the check of files
    findings: list[Finding] = []
    start = span.records[0].placed.offset
    with opened as file:
        held = _hold(file, start, span.length)
        for listed in span.records:
            try:
                problems = _check_record(held, 0 if held is file else start, listed, depth)
                is_transient = bool(problems) and not _check_record(file, 0, listed, depth)
            except OSError as error:
                problem = f"it cannot be read ({error.strerror or error})"
                findings.append(_report(span.warc, listed, problem, severity="undecidable"))
                continue
            if is_transient:
                problem = f"{problems[0]}, but on a second reading all was well"
                findings.append(_report(span.warc, listed, problem, severity="undecidable"))
            else:
                findings += [_report(span.warc, listed, problem) for problem in problems]
    return tuple(findings)


def _hold(file: BinaryIO, start: int, length: int) -> BinaryIO:
    """Return the bytes of a span in memory, or the file itself: too large, or not readable."""
    if length > _HELD:
        return file
    try:
        file.seek(start)
        return io.BytesIO(file.read(length))
    except OSError:  # perhaps of some records only, which are then tried one by one
        return file


def _check_record(stream: BinaryIO, start: int, listed: Listed, depth: Depth) -> list[str]:
    """Return what is wrong with a record, in words; nothing if all is well.

    ``start`` is the offset in the file at which ``stream`` begins.
    """
    placed = listed.placed
    offset = placed.offset - start
    if depth == "full" and listed.filler is None and placed.length <= _SWIFT:
        stream.seek(offset)
        if is_as_logged(stream.read(placed.length), placed):
            return []
    if depth == "stored" or listed.filler is not None:
        found = digest_member(stream, offset, placed.length)
        if found == (listed.filler or placed.member):
            return []
        if listed.filler is not None and (listed.is_pending or found == placed.member):
            return [_NOT_OVERWRITTEN]
        return ["the stored bytes are not those that were logged"]
    window = Window(stream, offset, offset + placed.length)
    digesters: list[PayloadDigester] = []

    def listen(fields: Fields) -> Callable[[bytes], object] | None:
        header = Record(fields=fields, block=b"")
        if header.kind == "revisit" or (placed.payload is None and placed.content is None):
            return None
        digesters.append(PayloadDigester(header))
        return digesters[0].feed

    try:
        scanned = scan_record(window, is_gzip=True, listen=listen)
    except DamageError as error:
        if digest_member(stream, offset, placed.length) == placed.member:
            return [f"{error}, and so it was logged"]
        return [f"the stored bytes are not those that were logged: {error}"]
    if scanned.member != placed.member or window.left:
        return ["the stored bytes are not those that were logged"]
    problems = [*scanned.problems, *_compare(scanned, placed)]
    return problems + (_compare_payload(placed, *digesters[0].finish()) if digesters else [])


def _compare(scanned: Scanned, placed: Placed) -> list[str]:
    header = {name.lower(): value for name, value in reversed(scanned.fields)}
    kind, record_id = header.get("warc-type"), header.get("warc-record-id")
    problems: list[str] = []
    if scanned.record != placed.record:
        problems.append("the record's digest is not the logged one")
    if scanned.block != placed.block:
        problems.append("the block's digest is not the logged one")
    if record_id != f"<{placed.record_id}>" or kind != placed.kind:
        problems.append(f"the header names another record ({kind} {record_id})")
    if "warc-block-digest" not in header and scanned.block_length:  # fillers have none
        problems.append("the header has no WARC-Block-Digest")
    stated = header.get("warc-payload-digest")
    if stated is not None and placed.payload is not None and stated != str(placed.payload):
        problems.append("WARC-Payload-Digest is not the logged one")
    return problems


def _compare_payload(placed: Placed, payload: Digest, content: Digest | None) -> list[str]:
    problems: list[str] = []
    if placed.payload is not None and payload != placed.payload:
        problems.append("the payload's digest is not the logged one")
    if placed.content is not None and content is None:
        problems.append(_NOT_DECODED)
    elif placed.content is not None and content != placed.content:
        problems.append("the content's digest is not the logged one")
    return problems


def _report(warc: str, listed: Listed, problem: str, *, severity: Severity = "damage") -> Finding:
    remedy = _RESTORE
    if severity == "undecidable":
        remedy = "look at the health of the disk and the memory"
    elif problem == _NOT_DECODED:
        severity, remedy = "note", "none is needed: the payload's digest was checked"
    elif problem == _NOT_OVERWRITTEN and listed.is_pending:
        severity, remedy = "note", "none is needed: the next command that writes does it"
    elif problem == _NOT_OVERWRITTEN:
        remedy = _REPEAT
    return Finding(
        severity=severity,
        what=f"{listed.placed.kind} record: {problem}",
        file=f"warcs/{warc}",
        offset=listed.placed.offset,
        record_id=listed.placed.record_id,
        holds=f"entry {listed.leaf} of the capture log, which says what it was,"
        " and the records that are not named",
        remedy=remedy,
    )
