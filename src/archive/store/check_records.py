"""Checking stored records against the leaves that list them.

`check_span` looks at a stretch of one file and depends on nothing else, so that a caller may
spread spans over threads or processes.  Read-only; flat memory, but for framed HTTP bodies.
Not for: the log itself (`archive.store.check_log`).
"""

import hashlib
import io
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Literal

from archive.core.digest import Digest
from archive.core.finding import Finding, Severity
from archive.core.leaf import Placed
from archive.core.record import Record
from archive.errors import DamageError
from archive.store.framing import Fields, Scanned, scan_record
from archive.store.gzip_members import Window
from archive.store.layout import Layout
from archive.store.payload import PayloadDigester

Depth = Literal["stored", "full"]
_PIECE = 1 << 20
_HELD = 16 << 20  # a span up to this size is read at once
_NOT_OVERWRITTEN = "the record is withdrawn, but was not overwritten yet"
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
    opened = Layout(root=root).open_warc(span.warc)
    if opened is None:
        return ()  # told once, by the check of files
    findings: list[Finding] = []
    start = span.records[0].placed.offset
    with opened as file:
        held: BinaryIO = file
        if span.length <= _HELD:
            file.seek(start)
            held = io.BytesIO(file.read(span.length))
        for listed in span.records:
            problems = _check_record(held, 0 if held is file else start, listed, depth)
            if problems and not _check_record(file, 0, listed, depth):
                findings.append(_report(span.warc, listed, problems[0], is_transient=True))
            else:
                findings += [_report(span.warc, listed, problem) for problem in problems]
    return tuple(findings)


def _check_record(stream: BinaryIO, start: int, listed: Listed, depth: Depth) -> list[str]:
    """Return what is wrong with a record, in words; nothing if all is well.

    ``start`` is the offset in the file at which ``stream`` begins.
    """
    placed = listed.placed
    offset = placed.offset - start
    if depth == "stored" or listed.filler is not None:
        found = _digest_member(stream, offset, placed.length)
        if found == (listed.filler or placed.member):
            return []
        if listed.filler is not None and (listed.is_pending or found == placed.member):
            return [_NOT_OVERWRITTEN]
        return ["the stored bytes are not those that were logged"]
    window = Window(stream, offset, offset + placed.length)
    digesters: list[PayloadDigester] = []

    def listen(fields: Fields) -> Callable[[bytes], object] | None:
        header = Record(fields=fields, block=b"")
        if placed.payload is None or header.kind == "revisit":
            return None
        digesters.append(PayloadDigester(header))
        return digesters[0].feed

    try:
        scanned = scan_record(window, is_gzip=True, listen=listen)
    except DamageError as error:
        if _digest_member(stream, offset, placed.length) == placed.member:
            return [f"{error}, and so it was logged"]
        return [f"the stored bytes are not those that were logged: {error}"]
    if scanned.member != placed.member or window.left:
        return ["the stored bytes are not those that were logged"]
    payload = digesters[0].finish() if digesters else None
    return [*scanned.problems, *_compare(scanned, placed, payload)]


def _compare(scanned: Scanned, placed: Placed, payload: Digest | None) -> list[str]:
    header = {name.lower(): value for name, value in reversed(scanned.fields)}
    kind, record_id = header.get("warc-type"), header.get("warc-record-id")
    problems: list[str] = []
    if scanned.record != placed.record:
        problems.append("the record's digest is not the logged one")
    if scanned.block != placed.block:
        problems.append("the block's digest is not the logged one")
    if record_id != f"<{placed.record_id}>" or kind != placed.kind:
        problems.append(f"the header names another record ({kind} {record_id})")
    if "warc-block-digest" not in header:
        problems.append("the header has no WARC-Block-Digest")
    if payload is not None and payload != placed.payload:
        problems.append("the payload's digest is not the logged one")
    stated = header.get("warc-payload-digest")
    if stated is not None and placed.payload is not None and stated != str(placed.payload):
        problems.append("WARC-Payload-Digest is not the logged one")
    return problems


def _digest_member(stream: BinaryIO, offset: int, length: int) -> Digest:
    hasher = hashlib.sha256()
    stream.seek(offset)
    left = length
    while left and (data := stream.read(min(left, _PIECE))):
        hasher.update(data)
        left -= len(data)
    return Digest(algorithm="sha256", value=hasher.hexdigest())


def _report(warc: str, listed: Listed, problem: str, *, is_transient: bool = False) -> Finding:
    severity: Severity = "damage"
    what, remedy = problem, _RESTORE
    if is_transient:
        severity = "undecidable"
        what = f"{problem}, but on a second reading all was well"
        remedy = "look at the health of the disk and the memory"
    elif problem == _NOT_OVERWRITTEN:
        severity = "note" if listed.is_pending else "damage"
        remedy = "withdraw it again; the next command that writes finishes the newest withdrawal"
    return Finding(
        severity=severity,
        what=f"{listed.placed.kind} record: {what}",
        file=f"warcs/{warc}",
        offset=listed.placed.offset,
        record_id=listed.placed.record_id,
        holds=f"entry {listed.leaf} of the capture log, which says what it was,"
        " and the records that are not named",
        remedy=remedy,
    )
